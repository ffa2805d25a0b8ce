-- Numbering plans: country -> calling code, the digits that stand before a
-- number at home and fall away abroad, those with which one calls abroad, and
-- how long a number is. A small table of our own, made from the plans that the
-- ITU publishes; it knows codes, prefixes and lengths, not which numbers exist.
-- A country that is not in it: numbers are taken only with their "+".
local plans = {}

-- code = countries; an entry of its own where the home prefix is not "0".
local ZERO = {
  [20] = "EG",
  [27] = "ZA",
  [31] = "NL",
  [32] = "BE",
  [33] = "FR",
  [40] = "RO",
  [41] = "CH",
  [43] = "AT",
  [44] = "GB",
  [46] = "SE",
  [49] = "DE",
  [51] = "PE",
  [54] = "AR",
  [55] = "BR",
  [60] = "MY",
  [61] = "AU",
  [62] = "ID",
  [63] = "PH",
  [64] = "NZ",
  [66] = "TH",
  [81] = "JP",
  [82] = "KR",
  [84] = "VN",
  [86] = "CN",
  [90] = "TR",
  [91] = "IN",
  [92] = "PK",
  [94] = "LK",
  [98] = "IR",
  [212] = "MA",
  [213] = "DZ",
  [233] = "GH",
  [234] = "NG",
  [254] = "KE",
  [255] = "TZ",
  [256] = "UG",
  [353] = "IE",
  [355] = "AL",
  [358] = "FI",
  [359] = "BG",
  [370] = "LT",
  [373] = "MD",
  [374] = "AM",
  [380] = "UA",
  [381] = "RS",
  [382] = "ME",
  [383] = "XK",
  [385] = "HR",
  [386] = "SI",
  [387] = "BA",
  [389] = "MK",
  [421] = "SK",
  [593] = "EC",
  [595] = "PY",
  [598] = "UY",
  [855] = "KH",
  [880] = "BD",
  [886] = "TW",
  [961] = "LB",
  [962] = "JO",
  [963] = "SY",
  [964] = "IQ",
  [966] = "SA",
  [967] = "YE",
  [971] = "AE",
  [972] = "IL",
  [994] = "AZ",
  [995] = "GE",
  [996] = "KG",
}
-- Numbers are written in full at home, too (Italy and others keep their 0).
local NONE = {
  [30] = "GR",
  [34] = "ES",
  [39] = "IT",
  [45] = "DK",
  [47] = "NO",
  [48] = "PL",
  [52] = "MX",
  [53] = "CU",
  [56] = "CL",
  [57] = "CO",
  [58] = "VE",
  [65] = "SG",
  [216] = "TN",
  [351] = "PT",
  [352] = "LU",
  [354] = "IS",
  [356] = "MT",
  [357] = "CY",
  [371] = "LV",
  [372] = "EE",
  [376] = "AD",
  [377] = "MC",
  [378] = "SM",
  [420] = "CZ",
  [423] = "LI",
  [502] = "GT",
  [503] = "SV",
  [504] = "HN",
  [505] = "NI",
  [506] = "CR",
  [507] = "PA",
  [591] = "BO",
  [852] = "HK",
  [853] = "MO",
  [965] = "KW",
  [968] = "OM",
  [973] = "BH",
  [974] = "QA",
}
local OTHER =
  { RU = { 7, "8" }, KZ = { 7, "8" }, BY = { 375, "8" }, HU = { 36, "06" }, US = { 1, "1" }, CA = { 1, "1" } }

-- Where one does not call abroad with "00".
local ABROAD = {
  AU = "0011",
  CA = "011",
  HK = "001",
  ID = "001",
  JP = "010",
  KE = "000",
  KH = "001",
  KR = "001",
  KZ = "810",
  NG = "009",
  RU = "810",
  SG = "000",
  TH = "001",
  TW = "002",
  TZ = "000",
  UG = "000",
  US = "011",
}
-- Least and most digits of a number without home prefix, where that is fixed.
-- Elsewhere (Germany, Austria, Italy, ...) only E.164's own bounds hold.
local DIGITS = {
  AU = { 9, 9 },
  BE = { 8, 9 },
  BR = { 10, 11 },
  CA = { 10, 10 },
  CH = { 9, 9 },
  CL = { 9, 9 },
  CO = { 10, 10 },
  CZ = { 9, 9 },
  DK = { 8, 8 },
  EG = { 8, 10 },
  ES = { 9, 9 },
  FR = { 9, 9 },
  GB = { 9, 10 },
  GR = { 10, 10 },
  HK = { 8, 8 },
  HU = { 8, 9 },
  IL = { 8, 9 },
  IN = { 10, 10 },
  JP = { 9, 10 },
  KR = { 8, 10 },
  MX = { 10, 10 },
  NL = { 9, 9 },
  NO = { 8, 8 },
  PL = { 9, 9 },
  PT = { 9, 9 },
  RU = { 10, 10 },
  SE = { 7, 9 },
  SG = { 8, 8 },
  TR = { 10, 10 },
  UA = { 9, 9 },
  US = { 10, 10 },
  ZA = { 9, 9 },
}

for code, country in pairs(ZERO) do
  plans[country] = { code = tostring(code), home = "0" }
end
for code, country in pairs(NONE) do
  plans[country] = { code = tostring(code), home = "" }
end
for country, plan in pairs(OTHER) do
  plans[country] = { code = tostring(plan[1]), home = plan[2] }
end

for country, plan in pairs(plans) do
  plan.abroad = ABROAD[country] or "00"
  plan.least, plan.most = table.unpack(DIGITS[country] or {})
end

return plans
