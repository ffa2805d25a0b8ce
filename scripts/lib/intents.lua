-- What a question is about, when the business's own structured facts answer
-- it. Words are stems of folded text; English and German together. Pure.
local words = require "lib.words"

local intents = {}

local function set(list)
  local result = {}
  for word in string.gmatch(list, "%S+") do
    result[words.stem(word)] = true
  end
  return result
end

local sets = {
  hours = set [[open opens opened opening hours close closes closed closing geoeffnet offen oeffnungszeiten
  oeffnet schliesst geschlossen]],
  place = set "where address located location directions wo adresse anschrift standort anfahrt route",
  find_us = set "find get reach come way finden hin hinkommen erreichen",
  phone = set "phone telephone ring telefon telefonnummer rufnummer",
  call = set "call anrufen",
  email = set "email mail emailadresse",
  web = set "website homepage webseite internetseite",
  owner = set [[owner owns runs founder boss inhaber inhaberin besitzer chef chefin gruender betreiber
  gehoert]],
  price = set "price prices cost costs much charge fee preis preise kostet kosten teuer",
  services = set "services offer offers leistungen angebot angebote anbieten",
  products = set "products sell shop buy produkte verkaufen verkauft laden kaufen",
  social = set "instagram facebook tiktok youtube linkedin mastodon twitter social netzwerke",
  many = set "all list which what which alle liste welche",
}

local of_stem = {} -- stem -> list of names
for name, members in pairs(sets) do
  for stem in pairs(members) do
    of_stem[stem] = of_stem[stem] or {}
    table.insert(of_stem[stem], name)
  end
end

-- Words that may stand beside any of these without meaning something else.
local generic = set [[number restaurant place house business company shop store bar exactly please quick wem
  gehoert betrieb haus lokal laden firma genau nummer contact kontakt give send speak leave]]

-- Does every meaningful word belong to one of the named intents?
function intents.only(stems, names)
  for _, stem in ipairs(stems) do
    local known = generic[stem]
    for _, name in ipairs(names) do
      known = known or sets[name][stem]
    end
    if not known then return false end
  end
  return true
end

-- Words that may stand beside a name without meaning something else.
intents.beside =
  set [[many much number viele price prices cost costs much charge fee preis preise kostet kosten
  teuer services service offer offers leistungen angebot angebote anbieten products product
  sell shop buy produkte verkaufen verkauft laden kaufen order book booking reserve available
  availability details detail info information more infos mehr bestellen buchen euro euros
  currently still have long takes take dauert lange]]

intents.when = set [[now jetzt today tonight tomorrow heute morgen abend evening morning noon mittag afternoon
  early late still currently right gerade noch immer again wieder day days tag tage week woche
  weekend wochenende holiday holidays feiertag feiertagen public restaurant shop store until
  bis time times zeiten uhr pm am o clock next this on eve year years new christmas xmas
  weihnachten silvester neujahr heiligabend boxing st nd rd th of]]

-- The intents of a text, as a set. all: stems of every word, stop words too.
function intents.of(folded)
  local found, all = {}, {}
  for word in string.gmatch(folded, "[^ ]+") do
    local stem = words.stem(word)
    all[#all + 1] = stem
    for _, name in ipairs(of_stem[stem] or {}) do
      found[name] = (found[name] or 0) + 1
    end
  end
  return found, all
end

return intents
