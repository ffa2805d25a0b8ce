-- Languages by their small words.
local languages = require "lib.languages"
local text = require "lib.text"

local SAID = {
  en = {
    "When are you open on Sunday?",
    "do you have a table for two",
    "I would like to book",
    "what is the price",
  },
  de = {
    "Wann habt ihr am Sonntag geöffnet?",
    "Haben Sie einen Tisch für zwei",
    "ich möchte reservieren",
    "Gibt es Parkplätze und wo?",
  },
  fr = {
    "Quand êtes-vous ouverts et à quelle heure ?",
    "Avez-vous une table pour deux",
    "je voudrais réserver",
    "Bonjour, où est le parking",
  },
  es = {
    "¿Cuándo abren los domingos y a qué hora?",
    "¿Tienen una mesa para dos?",
    "quiero reservar una mesa",
    "¿Dónde hay un aparcamiento?",
  },
}

return {
  ["sentences are told apart"] = function(t)
    for language, list in pairs(SAID) do
      for _, said in ipairs(list) do
        t.equal(languages.guess(text.fold(said)), language, said)
      end
    end
  end,

  ["what may be anything is nothing"] = function(t)
    for _, said in ipairs {
      "",
      "menu",
      "WLAN",
      "Müller",
      "pizza margherita",
      "hotel",
      "la",
      "12.12.",
      "ok",
      "/hours",
    } do
      t.equal(languages.guess(text.fold(said)), nil, said)
    end
  end,
}
