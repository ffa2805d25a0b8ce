-- A form with consent, and an event that goes to a webhook.
local bot = require "bot"

bot.webhook "crm" { url = bot.secret "CRM_URL" }

bot.command "newsletter-signup" {
  title = "Get our newsletter",
  words = { "sign me up", "sign up" },
  run = function(chat)
    local fields = chat:form {
      name = "lead",
      title = "Get our newsletter",
      fields = {
        { name = "name", label = "Name", required = true },
        { name = "email", label = "E-mail", type = "email", required = true },
        { name = "consent", label = "You may write to me", type = "consent", required = true },
      },
      submit = "Sign up",
    }
    chat:say("Thank you, %s. The next one comes in spring.", fields.name)
  end,
}

bot.on(
  "lead.created",
  function(_, event) bot.webhook "crm":enqueue { type = event.name, email = event.data.fields.email } end
)
