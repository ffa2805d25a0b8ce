-- The language of a conversation: the browser's at first; what the visitor
-- types may change it, while nobody has chosen one (self.lx).
local business = require "prelude.business"
local languages = require "lib.languages"
local phrases = require "lib.phrases"
local text = require "lib.text"

local language = {}

local MESSAGES_MAX <const> = 8 -- seq up to which typing counts: after that it is settled
local LENGTH_MIN <const>, LENGTH_MAX <const> = 8, 500 -- bytes; longer ones are pasted

-- "de-AT" -> "de", when the bot has words in it: the platform's or the business's own.
function language.of(bot, tag)
  local entry = business.known(bot)
  return text.language(tag, phrases.languages) or text.language(tag, entry and entry.settings.locales or {})
end

local function go_on_in(self, tag)
  self.l, self.z = tag, true
  require("prelude.palette").stale(self)
end

-- Somebody has chosen it: the visitor, or a script for them. false: not spoken here.
function language.choose(self, tag)
  local chosen = language.of(self.b, tag)
  if not chosen then return false end
  self.lx, self.z = true, true
  if chosen ~= self.l then go_on_in(self, chosen) end
  return true
end

-- The visitor types something.
function language.hear(self, said)
  if self.lx or self.n > MESSAGES_MAX or #said < LENGTH_MIN or #said > LENGTH_MAX then return end
  local guess = languages.guess(text.fold(said))
  if guess and guess ~= self.l and language.of(self.b, guess) then go_on_in(self, guess) end
end

return language
