-- Finds the stored question that a visitor's question means. Words are
-- weighted by how rare they are among the stored ones, so "the" and "you" say
-- nothing and "gluten" says a lot; a question is only taken when what both
-- share outweighs what they do not, and when they share a word that names a
-- subject. Pure; an index is built once.
local text = require "lib.text"
local words = require "lib.words"

local faq = {}

faq.SURE, faq.ENOUGH = 0.8, 0.46

local ASKED, STORED = 0.6, 0.4 -- weight of what only the visitor said, and of what only the stored question says
local STRANGE = 0.6 -- of the greatest weight: a word that no stored question has

-- Every wording of a question, in all languages, as texts.
local function wordings(entry, add)
  local function each(value)
    if type(value) == "string" then return add(value) end
    for _, one in pairs(value or {}) do
      each(one)
    end
  end
  each(entry.question)
  each(entry.also)
end

-- Stems are kept by their first byte: the host allows a table 8,192 names, and
-- a long list of questions has more stems than that.
local function shelf_of(shelves, stem)
  local first = string.byte(stem)
  local shelf = shelves[first]
  if not shelf then
    shelf = {}
    shelves[first] = shelf
  end
  return shelf
end

-- entries: list of { question, also?, ... }; question and also are texts, or
-- tables of texts. Returns the index for faq.find.
function faq.index(entries)
  local index = { entries = entries, docs = {}, shelves = {} }
  local docs, shelves = index.docs, index.shelves
  for i, entry in ipairs(entries) do
    wordings(entry, function(wording)
      local stems = words.content(text.fold(wording))
      if #stems == 0 then return end
      docs[#docs + 1] = { entry = i, stems = stems }
      for _, stem in ipairs(stems) do
        local shelf = shelf_of(shelves, stem)
        local posted = shelf[stem] or { docs = {} }
        shelf[stem] = posted
        table.insert(posted.docs, #docs)
      end
    end)
  end
  local log = math.log
  for _, shelf in pairs(shelves) do
    for _, posted in pairs(shelf) do
      posted.weight = 1 + log(#docs / #posted.docs, 2)
    end
  end
  index.strange = STRANGE * (1 + log(math.max(#docs, 1), 2))
  for _, doc in ipairs(docs) do
    local sum = 0
    for _, stem in ipairs(doc.stems) do
      sum = sum + shelf_of(shelves, stem)[stem].weight
    end
    doc.sum = sum
  end
  return index
end

-- What a question shares with the stored wordings: doc -> weight, the docs
-- that share a subject with it in the order in which they were met, the
-- question's weight.
local function overlap(index, folded)
  local asked, shared, met, named = 0, {}, {}, {}
  for _, stem in ipairs(words.content(folded)) do
    local posted, vague = shelf_of(index.shelves, stem)[stem], words.is_vague(stem)
    local weight = posted and posted.weight
    asked = asked + (weight or index.strange)
    for _, d in ipairs(posted and posted.docs or {}) do
      shared[d] = (shared[d] or 0) + weight
      if not vague and not named[d] then
        named[d] = true
        met[#met + 1] = d
      end
    end
  end
  return shared, met, asked
end

-- The best entry for a folded question and its score from 0 to 1; nil when
-- no stored question shares a subject. Of equal ones the first in the file.
function faq.find(index, folded)
  local shared, met, asked = overlap(index, folded)
  local best, best_score = nil, 0
  for _, d in ipairs(met) do
    local common = shared[d]
    local score = common / (common + ASKED * (asked - common) + STORED * (index.docs[d].sum - common))
    if score > best_score or (score == best_score and d < best) then
      best, best_score = d, score
    end
  end
  return best and index.entries[index.docs[best].entry], best_score
end

return faq
