-- Numbering plans: country -> calling code, and the digits that stand before a
-- number at home and fall away abroad. A small table of our own, made from the
-- plans that the ITU publishes; it knows codes and prefixes, not which numbers
-- exist. A country that is not in it: numbers are taken only with their "+".
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

for code, country in pairs(ZERO) do
  plans[country] = { code = tostring(code), home = "0" }
end
for code, country in pairs(NONE) do
  plans[country] = { code = tostring(code), home = "" }
end
for country, plan in pairs(OTHER) do
  plans[country] = { code = tostring(plan[1]), home = plan[2] }
end

return plans
