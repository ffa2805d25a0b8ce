-- Two lists of texts side by side, as a terminal shows them: what both have
-- stands on one line, what only one has beside an empty place.
local diff = {}

local WIDTH = 46 -- characters of a column

-- Pieces of at most WIDTH characters, cut at blanks where there are some.
local function wrap(text)
  local pieces = {}
  for line in (text .. "\n"):gmatch "(.-)\n" do
    while (utf8.len(line) or #line) > WIDTH do
      local stop = (utf8.offset(line, WIDTH + 1) or WIDTH + 1) - 1
      local blank = line:sub(1, stop):match "^.*() "
      if blank and blank > stop // 3 then stop = blank end
      pieces[#pieces + 1] = (line:sub(1, stop):gsub(" $", ""))
      line = line:sub(stop + 1)
    end
    pieces[#pieces + 1] = line
  end
  return pieces
end

local function pad(text) return text .. (" "):rep(WIDTH - (utf8.len(text) or #text)) end

-- The longest common subsequence's lengths from every pair of places on.
local function table_of(a, b)
  local t = {}
  for i = #a + 1, 1, -1 do
    t[i] = {}
    for j = #b + 1, 1, -1 do
      if i > #a or j > #b then
        t[i][j] = 0
      elseif a[i] == b[j] then
        t[i][j] = t[i + 1][j + 1] + 1
      else
        t[i][j] = math.max(t[i + 1][j], t[i][j + 1])
      end
    end
  end
  return t
end

-- Pairs of texts, "" where a side has none.
local function align(a, b)
  local t, pairs_of, i, j = table_of(a, b), {}, 1, 1
  while i <= #a or j <= #b do
    if i <= #a and j <= #b and a[i] == b[j] then
      pairs_of[#pairs_of + 1] = { a[i], b[j] }
      i, j = i + 1, j + 1
    elseif i <= #a and j <= #b and t[i + 1][j + 1] == t[i][j] then -- one stands for the other
      pairs_of[#pairs_of + 1] = { a[i], b[j] }
      i, j = i + 1, j + 1
    elseif j > #b or (i <= #a and t[i + 1][j] >= t[i][j + 1]) then
      pairs_of[#pairs_of + 1] = { a[i], nil }
      i = i + 1
    else
      pairs_of[#pairs_of + 1] = { nil, b[j] }
      j = j + 1
    end
  end
  return pairs_of
end

-- Lines "  same | same", "! old | new", "- gone |", "+ | added".
function diff.columns(was, now)
  local out = {}
  for _, pair in ipairs(align(was, now)) do
    local left, right = wrap(pair[1] or ""), wrap(pair[2] or "")
    local mark = pair[1] == pair[2] and " " or not pair[1] and "+" or not pair[2] and "-" or "!"
    for i = 1, math.max(#left, #right) do
      local line = ("%s %s | %s"):format(i == 1 and mark or " ", pad(left[i] or ""), right[i] or "")
      out[#out + 1] = (line:gsub(" +$", ""))
    end
  end
  return out
end

diff.pad = pad

return diff
