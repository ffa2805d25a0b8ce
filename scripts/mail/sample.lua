-- Made-up data for each template: previews, and the check that every template
-- works in every language before a reload takes it.
local sample = {}

local AT = 1795618800000 -- 25 November 2026, 15:00 UTC

local function followup(more)
  local d = {
    id = "x",
    number = 12,
    name = "Ada Lovelace",
    email = "ada@example.org",
    phone = "+493023125199",
    subject = "The front light flickers",
    status = "new",
    fields = {
      name = "Ada Lovelace",
      email = "ada@example.org",
      phone = "+493023125199",
      message = "Hello,\nmy front light flickers <b>and</b> the brake squeals.\nCould somebody have a look?",
      bike_size = "54 cm",
    },
  }
  for name, value in pairs(more or {}) do
    d[name] = value
  end
  return d
end

function sample.data(kind, language, render)
  local about = { language = language, business = "Velo Nord", bot = "Velo Nord" }
  if kind == "callback" then
    return followup { wanted_at = "2026-11-26T09:00:00Z", wanted_until = "2026-11-26T10:00:00Z" }
  elseif kind == "ticket_message" then
    return followup { message = { from = "visitor", text = "It still flickers.\nEven with a new battery." } }
  elseif kind == "handover" then
    return { conversation = "conv_x", reason = "asked", at = AT }
  elseif kind == "webhook" then
    return {
      what = "webhook",
      url = "https://crm.example.org/in",
      reason = "nothing but failures for five days",
    }
  elseif kind == "script" then
    return { error = "commands/order.lua:14: attempt to index a nil value (local 'order')" }
  elseif kind == "digest" then
    return {
      count = 4,
      groups = {
        { kind = "lead", items = { render.line("lead", followup(), about) }, more = 0 },
        { kind = "ticket", items = { render.line("ticket", followup(), about) }, more = 2 },
      },
    }
  elseif kind == "confirm" then
    return { url = "https://chat.example.org/v1/mail/transcript?t=example" }
  elseif kind == "transcript" then
    return {
      left_out = true,
      messages = {
        { from = "visitor", text = "When do you open on Saturday?", at = AT },
        { from = "bot", text = "On Saturday we are open 10:00–16:00.", at = AT + 1000 },
        { from = "human", text = "Hello, this is Jo. You can bring the bike at 11.", at = AT + 60000 },
      },
    }
  end
  return followup()
end

sample.kinds = {
  "lead",
  "callback",
  "ticket",
  "ticket_message",
  "handover",
  "webhook",
  "script",
  "digest",
  "confirm",
  "transcript",
  "test",
}

function sample.about(language)
  return {
    language = language,
    business = "Velo Nord",
    bot = "Velo Nord",
    why = function(c) return c.say("footer_why", "Velo Nord", c.say "kind_lead") end,
    stop_url = "https://chat.example.org/v1/mail/stop?t=example",
  }
end

return sample
