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

-- The rarer a stem among the stored wordings, the more it says.
local function weight_of(index, postings)
  local count = type(postings) == "table" and #postings or 1
  return 1 + math.log(#index.entry_of / count, 2)
end

-- entries: list of { question, also?, ... }; question and also are texts, or
-- tables of texts. Returns the index for faq.find: lists by doc (a wording),
-- and by stem its docs, without a table where there is one.
function faq.index(entries)
  local index = { entries = entries, entry_of = {}, sums = {}, shelves = {} }
  local entry_of, shelves, stems_of = index.entry_of, index.shelves, {}
  for i, entry in ipairs(entries) do
    wordings(entry, function(wording)
      local stems = words.content(text.fold(wording))
      if #stems == 0 then return end
      local doc = #entry_of + 1
      entry_of[doc], stems_of[doc] = i, stems
      for _, stem in ipairs(stems) do
        local shelf = shelf_of(shelves, stem)
        local before = shelf[stem]
        if type(before) == "table" then
          before[#before + 1] = doc
        else
          shelf[stem] = before and { before, doc } or doc
        end
      end
    end)
  end
  words.forget()
  index.strange = STRANGE * (1 + math.log(math.max(#entry_of, 1), 2))
  for doc, stems in ipairs(stems_of) do
    local sum = 0
    for _, stem in ipairs(stems) do
      sum = sum + weight_of(index, shelf_of(shelves, stem)[stem])
    end
    index.sums[doc] = sum
  end
  return index
end

-- What a question shares with the stored wordings: doc -> weight, the docs
-- that share a subject with it in the order in which they were met, the
-- question's weight.
local function overlap(index, folded)
  local asked, shared, met, named = 0, {}, {}, {}
  for _, stem in ipairs(words.content(folded)) do
    local docs, vague = shelf_of(index.shelves, stem)[stem], words.is_vague(stem)
    local weight = docs and weight_of(index, docs) or index.strange
    asked = asked + weight
    for _, d in ipairs(type(docs) == "table" and docs or { docs }) do
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
    local score = common / (common + ASKED * (asked - common) + STORED * (index.sums[d] - common))
    if score > best_score or (score == best_score and d < best) then
      best, best_score = d, score
    end
  end
  return best and index.entries[index.entry_of[best]], best_score
end

return faq
