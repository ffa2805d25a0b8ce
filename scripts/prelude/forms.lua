-- The forms that a business has: those of its dataset (kind "form"), and stock
-- ones for leads, callbacks and tickets where it has none of its own. A page
-- may show them without a dialog: then the form arrives as a frame.
local business = require "prelude.business"
local form = require "prelude.form"
local phrases = require "lib.phrases"
local stock = require "lib.stock_forms"
local text = require "lib.text"
local transcript = require "prelude.transcript"

local forms = {}

-- The form's declaration as prelude/form takes it; nil when there is none.
function forms.of(bot, name)
  local entry = business.of(bot)
  for _, declared in ipairs(entry and entry.data.form or {}) do
    if declared.id == name then
      return {
        name = name,
        title = declared.title,
        fields = declared.fields,
        consent = declared.consent,
        submit = declared.submit,
        thanks = declared.thanks,
      }
    end
  end
  return stock[name]
end

-- What the visitor hears once it is kept.
local function thank(self, spec, row)
  local said = text.pick(spec.thanks, self.l)
  if row and row.number then
    local number = phrases.say(self.l, "ticket_kept", row.number, row.number)
    return transcript.say(self, said and said .. " " .. number or number)
  end
  return transcript.say(self, said or phrases.say(self.l, "form_kept"))
end

-- The same for a dialog, where the visitor is thanked once it is kept.
function forms.for_dialog(self, name)
  local spec = forms.of(self.b, name)
  if not spec then return nil end
  return setmetatable({ after = function(own, row) thank(own, spec, row) end }, { __index = spec })
end

-- A form that came without a dialog: false when there is no such form; true
-- once it is kept; true, faults when it may not be.
function forms.take(self, input)
  local spec = forms.of(self.b, input.form)
  if not spec then return false end
  local compiled = form.compile(self.l, spec)
  local values, faults = form.read(compiled, input)
  if not values then return true, faults end
  transcript.accept(self, input)
  local _, row = form.keep(self, compiled, values)
  thank(self, spec, row)
  return true
end

return forms
