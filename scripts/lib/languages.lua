-- Which language somebody types, told by the small words that every sentence
-- has. Works on folded text (lib/text); says nothing rather than guess. Pure.
local languages = {}

local HITS_MIN <const> = 2

local SMALL = {
  en = [[the is are was what when where who how why do does did you your have has can could would i im my we
    our it this that of and or to for with please not in on at from there any want need hello thanks]],
  de = [[der die das den dem ist sind war was wann wo wer wie warum haben habt hat ihr ihre kann kannst
    koennen ich mein meine wir unser und oder zu zum fuer mit bitte nicht ein eine einen auf im am
    von es gibt moechte will hallo danke]],
  fr = [[le la les est sont etait quoi quand ou qui comment pourquoi vous votre avez puis peux je mon ma nous
    notre et pour avec pas un une des du de que quel quelle quels dans sur il y a voudrais bonjour
    merci sil plait]],
  es = [[el la los las es son era que cuando donde quien como por porque tiene tienen puedo mi nosotros
    nuestro y o para con favor no un una unos del de hay en su usted quiero quisiera hola gracias
    cual]],
}

local meaning = {} -- word -> list of languages
for language, text in pairs(SMALL) do
  for word in string.gmatch(text, "%S+") do
    local list = meaning[word] or {}
    list[#list + 1] = language
    meaning[word] = list
  end
end

-- The language of a text, or nil when it is not sure.
function languages.guess(folded)
  local hits = {}
  folded = string.gsub(folded, "\194[\160-\191]", " ") -- signs that folding leaves, such as ¿
  for word in string.gmatch(folded, "%S+") do
    for _, language in ipairs(meaning[word] or {}) do
      hits[language] = (hits[language] or 0) + 1
    end
  end
  local best, most, next_most = nil, 0, 0
  for language, count in pairs(hits) do
    if count > most then
      best, most, next_most = language, count, most
    elseif count > next_most then
      next_most = count
    end
  end
  return most >= HITS_MIN and most > next_most and best or nil
end

return languages
