-- The proof of who a visitor is: "vis_....MAC". The signature is made with the
-- tenant's key and covers the bot and the website it was given to (the
-- authority of its origin, as api/bots.site tells it), so a token that was
-- stolen is worth nothing at another bot, nor on another of the bot's domains.
local host = require "host"

local visitor_token = {}

local LENGTH_MAX <const> = 200
local PURPOSE <const> = "visitor"

local function signed(visitor, bot, site) return visitor .. "/" .. bot .. "/" .. (site or "") end

-- site: nil for a program, which has no page around it.
function visitor_token.make(visitor, bot, site)
  return visitor .. "." .. host.sign(PURPOSE, signed(visitor, bot, site))
end

-- The visitor of a token that was made here for this bot and website, or nil.
function visitor_token.read(token, bot, site)
  if type(token) ~= "string" or #token > LENGTH_MAX then return nil end
  local visitor, mac = string.match(token, "^(vis_%w+)%.([%w_%-]+)$")
  if visitor and host.verify(PURPOSE, signed(visitor, bot, site), mac) then return visitor end
  return nil
end

return visitor_token
