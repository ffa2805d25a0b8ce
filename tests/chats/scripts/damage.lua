-- Pictures of a damage, for screenplays about files.
local bot = require "bot"

bot.webhook "damage" { url = bot.secret "DAMAGE_URL" }

bot.command "damage" {
  title = "Report damage",
  words = { "report damage" },
  run = function(chat)
    local photo = chat:ask_file("Can you send a picture of the damage?", {
      types = { "image/*" },
      max_mb = 2,
      timeout = "1d",
    })
    local bill = chat:ask_file("And the bill?", { types = { "image/*", "application/pdf" } })
    bot.webhook("damage"):enqueue { photo = photo.name, bill = bill.name }
    chat:say("Thank you for %s (%d bytes) and %s.", photo.name, photo.size, bill.name)
  end,
}
