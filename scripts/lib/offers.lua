-- Finds the service, product or other named thing that a question means, by
-- its name in any language. Pure; an index is built once.
local intents = require "lib.intents"
local text = require "lib.text"
local words = require "lib.words"

local offers = {}

local HALF = 0.5 -- of a name's words must be said
local KINDS = { "service", "product", "custom" }

local function add(index, kind, thing, name)
  local stems = words.content(text.fold(name))
  if #stems == 0 then return end
  local entry = { kind = kind, thing = thing, stems = stems }
  for _, stem in ipairs(stems) do
    index[stem] = index[stem] or {}
    table.insert(index[stem], entry)
  end
end

-- data: kind -> list of bodies. The index: stem -> list of { kind, thing, stems }
function offers.index(data)
  local index = {}
  for _, kind in ipairs(KINDS) do
    for _, thing in ipairs(data[kind] or {}) do
      if type(thing.name) == "string" then
        add(index, kind, thing, thing.name)
      else
        for _, name in pairs(thing.name) do
          add(index, kind, thing, name)
        end
      end
    end
  end
  return index
end

-- The share of a name's words that were said; 0 when the question also says
-- as much that belongs neither to the name nor beside it.
local function score_of(entry, stems, said)
  local hit, strange, part, named = 0, 0, {}, false
  for _, stem in ipairs(entry.stems) do
    part[stem] = true
    if said[stem] then
      hit = hit + 1
      named = named or not words.is_vague(stem)
    end
  end
  if not named then return 0 end
  for _, stem in ipairs(stems) do
    if not part[stem] and not intents.beside[stem] then strange = strange + 1 end
  end
  if strange > 1 or strange >= hit then return 0 end
  return hit / #entry.stems
end

-- kind, thing of the best match for the stems of a question; nil when none.
function offers.find(index, stems)
  local said, best, best_score = {}, nil, HALF
  for _, stem in ipairs(stems) do
    said[stem] = true
  end
  for _, stem in ipairs(stems) do
    for _, entry in ipairs(index[stem] or {}) do
      local score = score_of(entry, stems, said)
      if score > best_score or (score == best_score and not best) then
        best, best_score = entry, score
      end
    end
  end
  if not best then return nil end
  return best.kind, best.thing
end

return offers
