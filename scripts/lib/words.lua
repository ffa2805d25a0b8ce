-- Words that carry meaning: stop words and a light stemmer for English and
-- German. Both languages at once, because visitors mix them and a business
-- answers in either. Works on folded text (lib/text). Pure.
local words = {}

local STOP = {}
for word in
  string.gmatch(
    [[
  a about am an and any are as at be been but by can could do does doing for from get got had has have hello
  hey hi how
  i id if im in into is it its ive just know let like me my of on or our please pls shall should so some such
  tell thanks
  that thats the their them then there these they this to too up us want was we were what whats when where
  which who will
  with would you your youre yours also really bit one maybe need looking come use uses used using possible he
  she him her
  his wondering wonder whether ok okay actually somebody someone something anything
  aber als am auch auf aus bei bin bis bitte danke das dass dem den der des die dir du ein eine einem einen
  einer eines er
  es euch euer eure fuer geht gibt gerne habe haben habt hat hallo hi ich ihr ihre ihnen im in ist ja kann
  kannst koennen
  koennt koennte man mein meine mich mir mit mal moechte muss nach noch nur ob oder sein seid sich sie sind so
  ueber um
  und uns unsere von vom vor wann war was welche welcher welches wenn wer werden wie wir wird wo wollen wuerde
  zu zum zur denn eigentlich
]],
    "%S+"
  )
do
  STOP[word] = true
end

words.stop = STOP

-- Words that shape a question but do not say what it is about: a stored one
-- that shares only these is about something else ("how much is the moon?").
local VAGUE = {}
for word in
  string.gmatch(
    [[
  accept around back big bring bringen brauche buy cost day different do eat essen everything far find finden
  fine food get give go good great happy haus house kaufen keep kind komme kommen kosten kostet lange like long
  lot make many much name nearby need new next nehmen nice number old often one open order people person
  place platz put restaurant run see serve show small start stay stop take thing time today tomorrow use usual
  viel viele want way week without ohne
]],
    "%S+"
  )
do
  VAGUE[word] = true
end

-- Endings, longest first; what remains must keep at least `keep` letters.
local ENDINGS = {
  { "ungen", 4 },
  { "ingly", 4 },
  { "ation", 4 },
  { "ungs", 4 },
  { "ings", 3 },
  { "heit", 4 },
  { "keit", 4 },
  { "lich", 4 },
  { "ment", 4 },
  { "ung", 4 },
  { "ing", 3 },
  { "ies", 3, "y" },
  { "ern", 4 },
  { "est", 4 },
  { "ed", 3 },
  { "es", 4 },
  { "en", 4 },
  { "er", 4 },
  { "em", 4 },
  { "ly", 4 },
  { "e", 3 },
  { "s", 3 },
  { "n", 5 },
}

local find, gmatch, gsub, sub = string.find, string.gmatch, string.gsub, string.sub

local STEMS_MAX = 2000
local stems, stems_count = {}, 0 -- cache: word -> stem; emptied when it is full

local function find_stem(word)
  local n = #word
  if n < 4 or find(word, "%d") then return word end
  for i = 1, #ENDINGS do
    local ending = ENDINGS[i]
    local e = ending[1]
    local rest = n - #e
    if rest >= ending[2] and sub(word, rest + 1) == e then
      word = sub(word, 1, rest) .. (ending[3] or "")
      break
    end
  end
  -- "stopp" and "stop", "reservier" and "reserv"
  word = gsub(word, "([bdfglmnprt])%1$", "%1")
  return word
end

-- "bookings", "booking", "booked" -> "book"
function words.stem(word)
  local stem = stems[word]
  if stem then return stem end
  stem = find_stem(word)
  if stems_count >= STEMS_MAX then
    stems, stems_count = {}, 0
  end
  stems[word], stems_count = stem, stems_count + 1
  return stem
end

-- After many words that no visitor may ever say.
function words.forget()
  stems, stems_count = {}, 0
end

local vague_stems -- cache: made at the first question
local function vague_set()
  vague_stems = {}
  for word in pairs(VAGUE) do
    vague_stems[words.stem(word)] = true
  end
  return vague_stems
end

-- Does a stem say nothing of a subject?
function words.is_vague(stem) return (vague_stems or vague_set())[stem] ~= nil end

-- The stems of the words that carry meaning, each once, in order.
function words.content(folded)
  local list, seen, stem_of = {}, {}, words.stem
  for word in gmatch(folded, "[^ ]+") do
    if not STOP[word] then
      local stem = stem_of(word)
      if not seen[stem] then
        seen[stem] = true
        list[#list + 1] = stem
      end
    end
  end
  return list
end

return words
