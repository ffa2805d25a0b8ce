---@meta
-- The script API for the Lua language server: put this file's folder into
-- workspace.library. Written by `azentiko script stubs`.

---@alias azentiko.text string|table<string, string>

---A text for each language.
---A visitor gets the own language, else English, else any. A plain table does the same; `t` finds a slip at once, with its line.
---```lua
---local soup = t { en = "soup", de = "Suppe" }
---chat:say("We have %s.", soup)
---chat:say(t { en = "Enjoy!", de = "Guten Appetit!" })
---```
---@param texts table a text for each language, by two letters
---@return azentiko.text # the same table, for every place that takes a text
function t(texts) end

---@class azentiko.Command
---@field title azentiko.text in the menu of commands
---@field words any? texts that call it: a list, or a list for each language
---@field run function? `function(chat, args)`
---@field say azentiko.text? what it answers
---@field show string? the menu that it shows
---@field go string? the command or menu that it goes on with
---@field help azentiko.text? a line below the title
---@field group azentiko.text? the heading under which the menu shows it
---@field hidden boolean? not in menus and help
---@field when (string|azentiko.When)? where and when it is there; without: always

---@class azentiko.Event
---@field name string `lead.created`, …
---@field data table what is known of it
---@field type string? of what came in by a hook: what its sender calls it
---@field id string? of what came in by a hook: its sender's id
---@field at string? of what came in by a hook: when, RFC 3339

---@class azentiko.Menu
---@field text azentiko.text above the items
---@field items azentiko.MenuItem[] what there is to choose

---@class azentiko.MenuItem
---@field label azentiko.text what the button says
---@field go string? a command or menu, or `bot.HANDOVER`
---@field say azentiko.text? what it answers
---@field show string? the menu that it shows
---@field when (string|azentiko.When)? where and when it is there; it is not there without its command either

---@class azentiko.Rule
---@field after integer misses in a row; of the rules that apply the greatest is taken
---@field say azentiko.text? what it answers
---@field show string? the menu that it shows
---@field go string? a command or menu, or `bot.HANDOVER`
---@field when (string|azentiko.When)? where and when it applies

---@class azentiko.Secret
---@field secret string its name

---@class azentiko.Webhook
---@field url string|azentiko.Secret an address with https://
---@field sign (string|azentiko.Secret)? what it is signed with
---@field timeout string? how long an answer is waited for: `"5s"`; 15 s when left out, 20 s at most
---@field idempotent boolean? true: the receiver does nothing twice for one `webhook-id`, so a `:post` that a crash cut short is sent again

---@class azentiko.When
---@field pages (string|string[])? where the visitor is: `/shop/*`, or with the site's name `www.example.com/*`; `*` is anything
---@field hours (string|string[])? `"open"`, `"closed"` or times such as `"09:00-17:30"`, at the business
---@field languages (string|string[])? the visitor's language: `en`
---@field lead (string|string[])? the visitor's newest lead: `none`, `any` or a status such as `qualified`
---@field visitor string? `known` once they have left a lead, a callback request or a ticket, else `new`
---@field status (string|string[])? who answers: `bot`, `waiting`, `human`, `closed`

---@class azentiko.WebhookHandle

---@type azentiko.WebhookHandle
local webhook = {}

---@class azentiko.bot
---@field HANDOVER string a person, as the target of `go`

---@type azentiko.bot
local bot = {}

---Declares a command.
---One whose conditions do not hold is in no menu and is refused politely when it is called all the same.
---Limits: a name of at most 40 characters
---```lua
---local bot = require "bot"
---
---bot.command "parking" {
---  title = "Parking",
---  words = { "parking", "car park" },
---  say = "You can park behind the house.",
---}
---```
---@param name string lower-case letters, digits, `_` and `-`
---@return fun(body: azentiko.Command)
function bot.command(name) end

---Declares a menu.
---```lua
---local bot = require "bot"
---
---bot.menu "arrival" {
---  text = "How do you get here?",
---  items = {
---    { label = "By train", say = "The station is 300 m away." },
---    { label = "I want to talk to somebody", go = bot.HANDOVER },
---  },
---}
---
---bot.command "arrival-help" { title = "Getting here", show = "arrival" }
---```
---@param name string lower-case letters, digits, `_` and `-`
---@return fun(body: azentiko.Menu)
function bot.menu(name) end

---Says what happens when nothing fits.
---Misses in a row are counted; of the rules that apply the one with the greatest `after` that is reached is taken.
---```lua
---local bot = require "bot"
---
---bot.fallback {
---  { after = 1, say = "Sorry, could you say it another way?" },
---  { after = 2, show = "main" },
---  { after = 3, go = bot.HANDOVER },
---}
---```
---@param rules azentiko.Rule[]
function bot.fallback(rules) end

---Declares a webhook, or names a declared one.
---With a table behind it, it is declared; `:post` sends and waits for the answer, `:enqueue` sends later, for days if need be.
---```lua
---local bot = require "bot"
---
---bot.webhook "kitchen" {
---  url = bot.secret "KITCHEN_URL",
---  sign = bot.secret "KITCHEN_KEY",
---  timeout = "5s",
---}
---
---bot.command "soup" {
---  title = "Order soup",
---  run = function(chat)
---    bot.webhook "kitchen":enqueue { type = "order", dish = "soup" }
---    chat:say "Your soup is on its way."
---  end,
---}
---```
---@param name string lower-case letters, digits, `_` and `-`
---@return azentiko.WebhookHandle # also a function that declares it
---@return fun(body: azentiko.Webhook)
function bot.webhook(name) end

---Hears an event of the conversation.
---```lua
---local bot = require "bot"
---
---bot.on("handover.requested", function(chat)
---  chat:say "You can also call us: +49 30 23125 0."
---end)
---```
---@param event string `conversation.created`, `lead.created`, …, or `hook.NAME`: what comes in by a hook
---@param handler function `function(chat, event)`; it may say and send, but not ask. `chat` is nil where a hook's event names no conversation
function bot.on(event, handler) end

---Names a secret of the bot.
---```lua
---local bot = require "bot"
---
---bot.webhook "crm" { url = bot.secret "CRM_URL" }
---```
---@param name string as it was stored with the bot
---@return azentiko.Secret # for `url` and `sign`; a script cannot read it
function bot.secret(name) end

---Sends to a webhook and waits for the answer.
---A step of the dialog: what was said and stored so far is durable before the request leaves, it is signed and made once, although the code may run again, and its answer is kept. If the server ends in the middle of it, it is not made again and the code is `"unknown"`, unless the webhook is declared `idempotent`. A failure is a line in the bot's script log. In an event's handler use `:enqueue`.
---Limits: 10 calls a turn (with those of `http`), 20 s, 64 KiB; 32 KiB of an answer
---```lua
---local ok, status, answer = bot.webhook "example":post { type = "booking", people = 4 }
---if ok then
---  chat:say("Done! Your table is %s.", answer.place)
---elseif status == 409 then
---  chat:say "We are full on that day."
---else
---  chat:handover "booking failed"
---end
---```
---@param body table what is sent; `type` names the kind of event
---@return boolean # true: it was answered with a status from 200 to 299
---@return integer? # the status; nil when there was no answer
---@return any # the answer's body, decoded where it is JSON; why, when there was no answer
---@return string? # a code when there was no answer: `timeout`, `unavailable`, `unknown`, …
function webhook:post(body) end

---Sends to a webhook later.
---The call commits with the turn and is delivered afterwards, signed and retried for days. A dialog that runs again sends nothing again.
---Limits: 64 KiB
---```lua
---bot.webhook "example":enqueue { type = "visit" }
---chat:say "Noted."
---```
---@param body table what is sent; `type` names the kind of event
---@return boolean # true: it is part of the turn
function webhook:enqueue(body) end

---@class azentiko.CallTimes
---@field day string the day that they are on
---@field times azentiko.Choice[] for `chat:ask_choice`

---@class azentiko.CallbackFields
---@field phone string the number to call
---@field name string? who it is
---@field day string? on which day
---@field time string? `19:30`, a value of `chat:call_times`, or a part of the day
---@field about string? what it is about

---@class azentiko.LeadFields
---@field name string? who it is
---@field email string? an e-mail address
---@field phone string? a phone number
---@field company string? where they work
---@field message string? what it is about
---@field consent boolean? they agreed to be contacted
---@field extra table? anything else, text by name

---@class azentiko.TicketFields
---@field subject string one line
---@field text string? the details
---@field name string? who asks
---@field email string? where to answer
---@field priority string? `low`, `normal` or `high`

---@class azentiko.TicketStatus
---@field number integer what the visitor knows it by
---@field status string `open`, `pending`, `solved` or `closed`
---@field subject string? one line
---@field messages table[] the newest ten, oldest first, each with `from` (`team` or `visitor`), `text` and `at`

---@class azentiko.Chat
---@field id string the conversation, `conv_…`
---@field locale string the visitor's language, `en`
---@field command string the command that runs
---@field args table what came with the command

---@type azentiko.Chat
local chat = {}

---Says a text.
---Without further values `{placeholders}` of the business are filled in (`{hours.today}`). With values the text is a pattern as for `string.format`; a value may itself be a text for each language.
---Limits: a turn puts out at most 1 MiB
---```lua
---chat:say "Welcome!"
---chat:say("%d tables are free on %s.", 3, "Friday")
---```
---@param text azentiko.text what to say
---@param ... any fill `%s`, `%d` and the like
function chat:say(text, ...) end

---Shows a menu.
---```lua
---chat:show "main"
---```
---@param menu string its name
function chat:show(menu) end

---Shows one block: a card, an image, a link to a source.
---A client that does not know the kind shows the block's `text`, so give one.
---```lua
---chat:block {
---  kind = "card",
---  title = "Wine tasting",
---  text = "Every Thursday at 18:00",
---}
---```
---@param block table a block of the visitor channel, with its `kind`
function chat:block(block) end

---Answers a question from what the business has told.
---Looks in questions and answers, computed facts (hours, address, offers) and texts, says what it finds and returns true.
---```lua
---if not chat:answer "Are dogs allowed?" then
---  chat:say "I do not know that."
---end
---```
---@param question string as the visitor would ask it
---@return boolean # false when the business has not told
function chat:answer(question) end

---Asks for a person.
---The conversation waits for the team, the visitor hears when somebody will be there, and `handover.requested` is raised. The script goes on; it normally ends here.
---```lua
---chat:handover "wants a table for twenty"
---```
---@param reason? string why; for the team
function chat:handover(reason) end

---Keeps somebody who is interested.
---Stored with the turn, once; raises `lead.created`. Ask for what you need first, or use `chat:form`.
---```lua
---chat:lead {
---  name = "Ada",
---  email = "ada@example.org",
---  message = "A party for twenty",
---}
---chat:say "Thank you, we will write to you."
---```
---@param fields azentiko.LeadFields who it is
---@return string # the lead's id
function chat:lead(fields) end

---Keeps a request to be called.
---Stored with the turn, once; raises `callback.requested`.
---```lua
---chat:callback { phone = "+49 30 23125 199", name = "Ada", day = "2026-11-27" }
---chat:say "We will call you."
---```
---@param fields azentiko.CallbackFields whom to call
---@return string # the request's id
function chat:callback(fields) end

---Opens a ticket.
---Stored with the turn, once; raises `ticket.created`.
---```lua
---chat:ticket { subject = "The card reader is broken", email = "ada@example.org" }
---chat:say "Somebody will look into it."
---```
---@param fields azentiko.TicketFields what it is about
---@return string # the ticket's id
function chat:ticket(fields) end

---How a ticket of this visitor is going.
---```lua
---local ticket = chat:ticket_status(7)
---chat:say(ticket and ticket.status or "You have no such ticket.")
---```
---@param number integer the ticket's
---@return azentiko.TicketStatus? # nil when this visitor has no such ticket
function chat:ticket_status(number) end

---Adds to a ticket of this visitor, and opens it again.
---Once; raises `ticket.updated`.
---```lua
---if not chat:ticket_reply(7, "It is broken again") then chat:say "You have no such ticket." end
---```
---@param number integer the ticket's
---@param message string what the visitor adds
---@return boolean # false when this visitor has no such ticket
function chat:ticket_reply(number, message) end

---Sends the conversation by mail, after its owner has confirmed the address.
---The first mail holds a button and nothing that was said in the chat; the transcript goes to whoever presses it. Three a day for one conversation, two for one address; past that the result is `often`.
---```lua
---local outcome = chat:mail_transcript "ada@example.org"
---chat:say(outcome == "sent" and "Look into your mail." or "I cannot send mail here.")
---```
---@param address string an e-mail address
---@return string # `sent`, `off` (the server sends no mail), `often`, `address` or `unavailable`
function chat:mail_transcript(address) end

---When the business may be asked to call.
---Spans of an hour within its working hours on that day, or on the next one that has any; the labels tell the visitor's own time, too, where that is another. A chosen `value` goes into `time` of `chat:callback`.
---```lua
---local times = chat:call_times "2030-01-02"
---local at = chat:ask_choice("When?", times.times)
---chat:callback { phone = "+49 30 23125 199", day = times.day, time = at }
---```
---@param day string from which day on
---@return azentiko.CallTimes? # nil when the business has given no hours
function chat:call_times(day) end

---Stores what was asked one by one, as a form of that name would.
---Use it for forms of your own; leads, callbacks and tickets have functions of their own.
---```lua
---chat:submit("survey", { colour = "green" })
---chat:say "Noted."
---```
---@param form string its name
---@param fields table what the visitor gave
function chat:submit(form, fields) end

---Keeps a value with the conversation, for later commands.
---Limits: a text of at most 1,000 bytes; 50 names in a conversation
---```lua
---chat:set("table", 7)
---chat:say("Your table is number %d.", chat:get "table")
---```
---@param name string of the value
---@param value? string|number|boolean a text, a number, a boolean; nil forgets it
function chat:set(name, value) end

---Gives a value that was kept with the conversation.
---```lua
---if chat:get "name" == nil then chat:say "We have not met." end
---```
---@param name string of the value
---@return (string|number|boolean)? # what `chat:set` kept, or nil
function chat:get(name) end

---Goes on in another language.
---From here on the platform's own phrases and texts for each language are in it, also in later commands. A language that the platform has no phrases for is an error.
---```lua
---chat:set_locale "de"
---chat:say(t { en = "Hello!", de = "Guten Tag!" })
---```
---@param language string `en`, `de`, …
function chat:set_locale(language) end

---Goes on with another command or menu.
---Its steps follow this one's, so both are one dialog. Afterwards the script goes on behind the call; write `return chat:go "name"` when it should not.
---```lua
---return chat:go "menu"
---```
---@param name string of a command or menu
function chat:go(name) end

---Closes the conversation after this turn.
---Raises `conversation.closed`. A later message of the visitor opens it again.
---```lua
---chat:say "Goodbye!"
---chat:end_chat()
---```
function chat:end_chat() end

---Forgets what `chat:set` kept and gives the conversation back to the bot.
---```lua
---chat:reset()
---chat:say "Let us start again."
---```
function chat:reset() end

---The time of this step.
---A script sees the time by this function only, so that a dialog that is run again sees the same time.
---```lua
---local time = require "time"
---chat:say("It is the year %d.", time.civil(chat:now()).year)
---```
---@return integer # milliseconds since 1970, UTC
function chat:now() end

---A whole number by chance.
---```lua
---if chat:random(1, 6) <= 6 then chat:say "The die has fallen." end
---```
---@param low integer the least
---@param high integer the greatest
---@return integer # from low to high
function chat:random(low, high) end

---Is the business open now?
---```lua
---if chat:is_open() == nil then chat:say "We have no fixed hours." end
---chat:say "Come and see us."
---```
---@return boolean? # nil when the business has given no hours
function chat:is_open() end

---The commands that this visitor may see now.
---```lua
---local first = chat:commands()[1]
---chat:say("You could ask for %s.", first.title)
---```
---@return table[] # of `{ name, title, hint, group }` in the visitor's language
function chat:commands() end

---A day in the visitor's words.
---```lua
---chat:say("See you on %s.", chat:date_text "2026-12-25")
---```
---@param date string a day
---@return string # `Friday, 25 December`
function chat:date_text(date) end

---A phrase of the platform, as it says it itself.
---```lua
---chat:say(chat:phrase "no_answer")
---```
---@param name string of the phrase
---@param ... any fill it in
---@return string # in the visitor's language
function chat:phrase(name, ...) end

---@class azentiko.AskOptions
---@field tries integer? give up after so many answers that will not do (5)
---@field default any? the value when it was given up; without it the dialog ends politely
---@field timeout string? do not wait longer: `"30m"`, `"2d"`; at most a year
---@field on_timeout azentiko.OnTimeout? what then; without it the visitor is told and the dialog ends

---@class azentiko.Choice
---@field value string|number|boolean what is returned
---@field label azentiko.text? what the button says

---@class azentiko.Consent
---@field text azentiko.text what stands beside the box
---@field version string of the text, as the business counts
---@field required boolean? false: the form may be sent without; it must be ticked otherwise

---@class azentiko.DateOptions: azentiko.AskOptions
---@field min string? the first day that will do
---@field max string? the last day that will do
---@field past boolean? true: days before today will do

---@class azentiko.File
---@field id string `file_…`
---@field name string as the visitor named it, made safe
---@field type string what it is by its bytes: `image/png`
---@field size integer in bytes
---@field width integer? of a picture
---@field height integer? of a picture
---@field url string where it is fetched from, on this server

---@class azentiko.FileOptions: azentiko.AskOptions
---@field types string[]? `"image/*"`, `"application/pdf"`, …; of those that the bot takes
---@field max_mb number? the largest that will do; at most what the bot takes

---@class azentiko.Form: azentiko.AskOptions
---@field name string `lead`, `callback`, `ticket` or one of your own
---@field title azentiko.text? above it
---@field fields azentiko.FormField[] 1 to 30
---@field consent azentiko.Consent? a box to tick; kept with its text and version
---@field submit azentiko.text? what the button says

---@class azentiko.FormField
---@field name string under which its value is returned
---@field label azentiko.text? what stands beside it
---@field type string? `text textarea email phone number date time choice consent`
---@field required boolean? it may not be left out
---@field placeholder azentiko.text? shown while it is empty
---@field options ((azentiko.text|azentiko.Choice)[])? of a `choice`

---@class azentiko.NumberOptions: azentiko.AskOptions
---@field min number? the least
---@field max number? the greatest
---@field fraction boolean? true: need not be whole

---@class azentiko.OnTimeout
---@field say azentiko.text? say this and end the dialog
---@field go string? end the dialog and go on with a command or menu
---@field value any? go on as if this had been answered

---@class azentiko.RatingOptions: azentiko.AskOptions
---@field max integer? the best mark (5), from 2 to 10

---@class azentiko.TextOptions: azentiko.AskOptions
---@field max integer? characters at most (500)

---@class azentiko.TimeOptions: azentiko.AskOptions
---@field min string? the earliest
---@field max string? the latest

---Asks for a text.
---```lua
---local name = chat:ask_text("What is your name?", { max = 100 })
---chat:say("Hello, %s!", name)
---```
---@param question azentiko.text the question
---@param options? azentiko.TextOptions
---@return string # what was written, trimmed
function chat:ask_text(question, options) end

---The same as `ask_text`.
---```lua
---chat:say("%s it is.", chat:ask "Which colour?")
---```
---@param question azentiko.text the question
---@param options? azentiko.TextOptions
---@return string # what was written, trimmed
function chat:ask(question, options) end

---Asks to choose.
---Limits: 25 choices
---```lua
---local where = chat:ask_choice("Inside or outside?", {
---  { value = "in", label = "Inside" },
---  { value = "out", label = "Outside" },
---})
---chat:say("You chose %s.", where)
---```
---@param question azentiko.text the question
---@param choices (azentiko.text|azentiko.Choice)[] shown as buttons; may also be written or numbered
---@param options? azentiko.AskOptions
---@return string # the value of the choice
function chat:ask_choice(question, choices, options) end

---Asks for a number; “four” will do.
---```lua
---local people = chat:ask_number("For how many?", { min = 1, max = 12 })
---chat:say("A table for %d.", people)
---```
---@param question azentiko.text the question
---@param options? azentiko.NumberOptions
---@return number # a whole number unless `fraction`
function chat:ask_number(question, options) end

---Asks for a day; “tomorrow”, “next Friday” and “24.12.” will do.
---```lua
---local day = chat:ask_date "Which day?"
---chat:say("See you on %s.", chat:date_text(day))
---```
---@param question azentiko.text the question
---@param options? azentiko.DateOptions
---@return string # `2026-12-24`
function chat:ask_date(question, options) end

---Asks for a time of day; “7 pm” will do.
---```lua
---local at = chat:ask_time("At what time?", { min = "17:00", max = "22:00" })
---chat:say("At %s, then.", at)
---```
---@param question azentiko.text the question
---@param options? azentiko.TimeOptions
---@return string # `19:30`
function chat:ask_time(question, options) end

---Asks for an e-mail address.
---```lua
---chat:say("We write to %s.", chat:ask_email "Your e-mail?")
---```
---@param question azentiko.text the question
---@param options? azentiko.AskOptions
---@return string # an address; whether it exists is not known
function chat:ask_email(question, options) end

---Asks for a phone number.
---```lua
---chat:say("We call %s.", chat:ask_phone "Your number?")
---```
---@param question azentiko.text the question
---@param options? azentiko.AskOptions
---@return string # a number of 6 to 16 digits, as it was written
function chat:ask_phone(question, options) end

---Asks for a file.
---The visitor attaches a file or takes a picture. Which files a bot takes at all is in its settings (`files`).
---```lua
---local photo = chat:ask_file("Can you send a picture of the damage?", { types = { "image/*" }, max_mb = 5 })
---chat:say("Thank you, I have got “%s”.", photo.name)
---```
---@param question azentiko.text the question
---@param options? azentiko.FileOptions
---@return azentiko.File # the file; its bytes stay with the conversation
function chat:ask_file(question, options) end

---Asks for a mark and stores it.
---Shown as stars; a number that is written will do. Stored as a submission of the form `rating` with `{ rating, max }`.
---```lua
---local stars = chat:rating "How was your visit?"
---chat:say("Thank you for %d stars.", stars)
---```
---@param question azentiko.text the question
---@param options? azentiko.RatingOptions
---@return integer # from 1 to `max`
function chat:rating(question, options) end

---Shows a form and returns its fields once they are valid.
---The visitor is told of each field that will not do. What was sent under the names `lead`, `callback` and `ticket` is followed up and raises `lead.created`, `callback.requested` and `ticket.created`; other forms are stored as submissions. A form of the business (its dataset's `forms`; `lead`, `callback` and `ticket` are always there) also thanks the visitor.
---Limits: 30 fields, 2,000 bytes each
---```lua
---local given = chat:form {
---  name = "newsletter",
---  title = "Our newsletter",
---  fields = {
---    { name = "email", label = "E-mail", type = "email", required = true },
---  },
---}
---chat:say("Welcome, %s.", given.email)
---```
---@param form azentiko.Form|string what to show, or the name of a form of the business
---@return table # the fields' values by name
function chat:form(form) end

---@class azentiko.DayHours
---@field date string the day
---@field open azentiko.Shift[] empty when closed; a shift may end after midnight
---@field name string? of the holiday or exception

---@class azentiko.ListOptions
---@field limit integer? entries at most (100)
---@field offset integer? leave out so many first (0)

---@class azentiko.Shift
---@field from string `09:00`
---@field to string `17:30`

---@class azentiko.business

---@type azentiko.business
local business = {}

---The entries of one kind.
---Limits: 32 KiB as JSON a call
---```lua
---local business = require "business"
---chat:say("We offer %d services.", #business.list "service")
---```
---@param kind string `service product faq text custom location …`
---@param options? azentiko.ListOptions
---@return table[] # as in the dataset; empty when there are none
function business.list(kind, options) end

---Fills in a text's placeholders.
---```lua
---local business = require "business"
---chat:say("We are at %s.", business.fill "{contact.address}")
---```
---@param text string with `{placeholders}`
---@return string # with what the business has told
function business.fill(text) end

---The bot's name.
---```lua
---local business = require "business"
---chat:say("I am %s.", business.name())
---```
---@return string
function business.name() end

---Is it open at a time?
---```lua
---local business = require "business"
---chat:say("Open: %s.", tostring(business.open_at()))
---```
---@param ms? integer a time; left out: now
---@return boolean? # nil when the business has given no hours
function business.open_at(ms) end

---When does it open next?
---```lua
---local business = require "business"
---local at, words = business.next_opening()
---if at then chat:say("We open %s.", words) end
---```
---@param ms? integer after this time; left out: now
---@return integer? # a time; nil when none is known
---@return string? # `tomorrow at 09:00`, in the visitor's language
function business.next_opening(ms) end

---The hours of a day, exceptions included.
---```lua
---local business = require "business"
---local day = business.hours_on "2026-12-24"
---if #day.open == 0 then chat:say("Closed: %s.", day.name or day.date) end
---```
---@param date? string a day; left out: today
---@return azentiko.DayHours? # nil when the business has given no hours
function business.hours_on(date) end

---The coming days that are not as usual.
---```lua
---local business = require "business"
---local holidays = business.holidays(60)
---chat:say("The next one is %s.", holidays[1].date)
---```
---@param days? integer look so many days ahead (90), at most 400
---@return azentiko.DayHours[] # days with hours of their own, the nearest first
function business.holidays(days) end

---Today, at the business.
---```lua
---local business = require "business"
---chat:say("Today is %s.", chat:date_text(business.today()))
---```
---@return string # a day, `2026-12-24`
function business.today() end

---@class azentiko.store

---@type azentiko.store
local store = {}

store.bot = {}

---Gives a value that is kept with the bot, for all of its visitors.
---```lua
---local store = require "store"
---chat:say("Visits: %s", tostring(store.bot.get "visits"))
---```
---@param key string 1 to 64 letters, digits and `_ . : -`
---@return any # what was kept, nil when nothing was
function store.bot.get(key) end

---Keeps a value with the bot, for all of its visitors.
---Part of the turn: it is stored with the messages of the turn, or not at all.
---Limits: 1,000 keys, 4,096 bytes each as JSON
---```lua
---local store = require "store"
---store.bot.set("favourite", { dish = "soup" })
---chat:say("You like %s.", store.bot.get("favourite").dish)
---```
---@param key string 1 to 64 letters, digits and `_ . : -`
---@param value any a text, number, boolean or a table of them; nil forgets it
function store.bot.set(key, value) end

---Counts a number of the bot, for all of its visitors up, once.
---Two chats that count at the same time get two different numbers. The step is stored at once, before the script goes on. In an event's handler it counts, but returns nothing.
---```lua
---local store = require "store"
---chat:say("You are number %d.", store.bot.incr "visits")
---```
---@param key string 1 to 64 letters, digits and `_ . : -`
---@param by? integer how much (1); may be negative
---@return integer # the new value
function store.bot.incr(key, by) end

---Forgets a value that is kept with the bot, for all of its visitors.
---```lua
---local store = require "store"
---store.bot.delete "favourite"
---chat:say(store.bot.get "favourite" == nil and "Forgotten." or "Still there.")
---```
---@param key string 1 to 64 letters, digits and `_ . : -`
function store.bot.delete(key) end

store.visitor = {}

---Gives a value that is kept with the visitor, over all conversations with the bot.
---```lua
---local store = require "store"
---chat:say("Visits: %s", tostring(store.visitor.get "visits"))
---```
---@param key string 1 to 64 letters, digits and `_ . : -`
---@return any # what was kept, nil when nothing was
function store.visitor.get(key) end

---Keeps a value with the visitor, over all conversations with the bot.
---Part of the turn: it is stored with the messages of the turn, or not at all.
---Limits: 50 keys, 4,096 bytes each as JSON
---```lua
---local store = require "store"
---store.visitor.set("favourite", { dish = "soup" })
---chat:say("You like %s.", store.visitor.get("favourite").dish)
---```
---@param key string 1 to 64 letters, digits and `_ . : -`
---@param value any a text, number, boolean or a table of them; nil forgets it
function store.visitor.set(key, value) end

---Counts a number of the visitor, over all conversations with the bot up, once.
---Two chats that count at the same time get two different numbers. The step is stored at once, before the script goes on. In an event's handler it counts, but returns nothing.
---```lua
---local store = require "store"
---chat:say("You are number %d.", store.visitor.incr "visits")
---```
---@param key string 1 to 64 letters, digits and `_ . : -`
---@param by? integer how much (1); may be negative
---@return integer # the new value
function store.visitor.incr(key, by) end

---Forgets a value that is kept with the visitor, over all conversations with the bot.
---```lua
---local store = require "store"
---store.visitor.delete "favourite"
---chat:say(store.visitor.get "favourite" == nil and "Forgotten." or "Still there.")
---```
---@param key string 1 to 64 letters, digits and `_ . : -`
function store.visitor.delete(key) end

---@class azentiko.GetOptions
---@field headers table? texts by name, 20 at most
---@field timeout string? `"10s"`, at most `"30s"`

---@class azentiko.PostOptions: azentiko.GetOptions
---@field json any? sent as JSON
---@field body string? sent as it is
---@field idempotent boolean? true: the other side does nothing twice, so the request may be repeated

---@class azentiko.Response
---@field status integer `200`
---@field ok boolean the status is 200 to 299
---@field body string at most 32 KiB
---@field headers table by lower-case name
---@field data any the body when it is JSON, else nil

---@class azentiko.http

---@type azentiko.http
local http = {}

---Gets what is at an address.
---Limits: 10 requests a turn, 30 s, 32 KiB
---```lua
---local http = require "http"
---local answer, why = http.get "https://shop.example/orders/7"
---if answer and answer.ok then
---  chat:say("Your order is %s.", answer.data.status)
---else
---  chat:say "I cannot look that up right now."
---  require("log").warn("orders: %s", why or answer.status)
---end
---```
---@param url string an address with https://
---@param options? azentiko.GetOptions
---@return azentiko.Response? # nil when there was no answer
---@return string? # why
---@return string? # a code: `timeout`, `unavailable`, …
function http.get(url, options) end

---Sends to an address and waits for the answer.
---For what need not be answered at once use a webhook: it is signed and retried for days.
---Limits: 10 requests a turn, 30 s, 32 KiB each way
---```lua
---local http = require "http"
---local answer, _, code = http.post("https://shop.example/orders", { json = { dish = "soup" } })
---if answer and answer.ok then
---  chat:say("Your order has number %d.", answer.data.number)
---elseif code == "unknown" then
---  chat:say "I am not sure whether that worked. Somebody will look into it."
---else
---  chat:say "That did not work."
---end
---```
---@param url string an address with https://
---@param options? azentiko.PostOptions
---@return azentiko.Response? # nil when there was no answer
---@return string? # why
---@return string? # a code: `timeout`, `unknown`, …
function http.post(url, options) end

---@class azentiko.json

---@type azentiko.json
local json = {}

---Writes a value as JSON.
---```lua
---local json = require "json"
---chat:say(json.encode { dish = "soup", count = 2 })
---```
---@param value any texts, numbers, booleans and tables of them
---@return string? # nil when it cannot be written
---@return string? # why
function json.encode(value) end

---Reads JSON of at most 128 KiB.
---```lua
---local json = require "json"
---chat:say("%d portions", json.decode('{"count":2}').count)
---```
---@param text string JSON
---@return any # nil when it is not JSON
---@return string? # why
function json.decode(text) end

---Makes an empty table a list when it is written.
---```lua
---local json = require "json"
---chat:say(json.encode { dishes = json.array {} })
---```
---@param list table
---@return table # the same table
function json.array(list) end

---@class azentiko.text

---@type azentiko.text
local text = {}

---Makes texts comparable.
---```lua
---local text = require "text"
---chat:say(text.fold "Crème  Brûlée!")
---```
---@param text string
---@return string # lower case, without accents and signs
function text.fold(text) end

---The words of a folded text.
---```lua
---local text = require "text"
---chat:say("%d words", #text.words(text.fold "A table, please!"))
---```
---@param folded string from `text.fold`
---@return string[]
function text.words(folded) end

---Without blanks at both ends.
---```lua
---local text = require "text"
---chat:say("[%s]", text.trim "  soup ")
---```
---@param text string
---@return string
function text.trim(text) end

---One language of a text.
---```lua
---local text = require "text"
---chat:say(text.pick({ en = "soup", de = "Suppe" }, "de"))
---```
---@param value azentiko.text
---@param language string `en`, `de`, …
---@return string # in the language, else in English, else any
function text.pick(value, language) end

---The language of a tag.
---```lua
---local text = require "text"
---chat:say(text.language("de-AT", { "en", "de" }))
---```
---@param tag string `de-AT`
---@param languages string[]
---@return string? # `de`, when it is one of the languages
function text.language(tag, languages) end

---How many characters.
---```lua
---local text = require "text"
---chat:say("%d", text.length "Brûlée")
---```
---@param text string
---@return integer? # characters; nil when it is no UTF-8
function text.length(text) end

---At most so many characters.
---```lua
---local text = require "text"
---chat:say(text.cut("Brûlée", 3))
---```
---@param text string
---@param max integer characters
---@return string
function text.cut(text, max) end

---A list in words.
---```lua
---local text = require "text"
---chat:say(text.list({ "soup", "bread", "wine" }, "and"))
---```
---@param items string[]
---@param word string before the last
---@return string # `a, b and c`
function text.list(items, word) end

---@class azentiko.Civil
---@field year integer
---@field month integer
---@field day integer
---@field weekday integer 1 is Monday
---@field days integer since 1970-01-01
---@field hour integer
---@field minute integer
---@field second integer

---@class azentiko.time
---@field SECOND integer in milliseconds
---@field MINUTE integer in milliseconds
---@field HOUR integer in milliseconds
---@field DAY integer in milliseconds

---@type azentiko.time
local time = {}

---The date so many days later.
---```lua
---local time = require "time"
---chat:say(time.add_days("2026-12-30", 3))
---```
---@param date string
---@param days integer may be negative
---@return string # a date
function time.add_days(date, days) end

---How many days lie between two dates.
---```lua
---local time = require "time"
---chat:say("%d days", time.days_between("2026-12-24", "2026-12-31"))
---```
---@param from string
---@param to string
---@return integer # negative when `to` is earlier
function time.days_between(from, to) end

---The number of a date.
---```lua
---local time = require "time"
---chat:say("%s", tostring(time.parse_date "2026-02-30"))
---```
---@param date string `2026-12-24`
---@return integer? # days; nil when it is no date
function time.parse_date(date) end

---The date of a number.
---```lua
---local time = require "time"
---chat:say(time.format_date(time.days(2026, 12, 24)))
---```
---@param days integer
---@return string # `2026-12-24`
function time.format_date(days) end

---The number of a day.
---```lua
---local time = require "time"
---chat:say("%d", time.days(1970, 1, 2))
---```
---@param year integer
---@param month integer
---@param day integer
---@return integer # days
function time.days(year, month, day) end

---The day of the week.
---```lua
---local time = require "time"
---chat:say("%d", time.weekday(time.parse_date "2026-12-24"))
---```
---@param days integer
---@return integer # 1 is Monday
function time.weekday(days) end

---A time in its parts, UTC.
---```lua
---local time = require "time"
---chat:say("%d", time.civil(chat:now()).month)
---```
---@param ms integer since 1970, UTC
---@return azentiko.Civil
function time.civil(ms) end

---A time as computers write it.
---```lua
---local time = require "time"
---chat:say(time.rfc3339(0))
---```
---@param ms integer since 1970, UTC
---@return string # `2026-11-22T14:00:00.000Z`
function time.rfc3339(ms) end

---Reads such a time.
---```lua
---local time = require "time"
---chat:say("%d", time.parse_rfc3339 "1970-01-01T00:00:01Z")
---```
---@param text string with `Z` or an offset
---@return integer? # ms; nil when malformed
function time.parse_rfc3339(text) end

---The minutes of a time of day.
---```lua
---local time = require "time"
---chat:say("%d", time.parse_clock "09:30")
---```
---@param clock string `09:30`
---@return integer? # minutes of the day; nil when malformed
function time.parse_clock(clock) end

---The time of day of minutes.
---```lua
---local time = require "time"
---chat:say(time.format_clock(570))
---```
---@param minutes integer
---@return string # `09:30`
function time.format_clock(minutes) end

---Reads a length of time.
---```lua
---local time = require "time"
---chat:say("%d", time.parse_period "2d" // time.HOUR)
---```
---@param period string `5s`, `2h`, `3d`
---@return integer? # ms; nil when malformed
function time.parse_period(period) end

---@class azentiko.log

---@type azentiko.log
local log = {}

---Writes a line.
---Appears in the bot's script log with its file and line (`azentiko script log`). In a dialog it is written once.
---Limits: 500 characters; 20 lines a turn and 120 a minute for each bot, then a line says how many were left out
---```lua
---local log = require "log"
---log.info("asked for %d tables", 3)
---chat:say "Noted."
---```
---@param message any a text, or a pattern as for `string.format`
---@param ... any fill it in
function log.info(message, ...) end

---Writes a line that somebody should look at.
---Appears in the bot's script log with its file and line (`azentiko script log`). In a dialog it is written once.
---Limits: 500 characters; 20 lines a turn and 120 a minute for each bot, then a line says how many were left out
---```lua
---local log = require "log"
---log.warn("asked for %d tables", 3)
---chat:say "Noted."
---```
---@param message any a text, or a pattern as for `string.format`
---@param ... any fill it in
function log.warn(message, ...) end

---Writes a line about a fault.
---Appears in the bot's script log with its file and line (`azentiko script log`). In a dialog it is written once.
---Limits: 500 characters; 20 lines a turn and 120 a minute for each bot, then a line says how many were left out
---```lua
---local log = require "log"
---log.error("asked for %d tables", 3)
---chat:say "Noted."
---```
---@param message any a text, or a pattern as for `string.format`
---@param ... any fill it in
function log.error(message, ...) end

---@overload fun(name: "bot"): azentiko.bot
---@overload fun(name: "business"): azentiko.business
---@overload fun(name: "store"): azentiko.store
---@overload fun(name: "http"): azentiko.http
---@overload fun(name: "json"): azentiko.json
---@overload fun(name: "text"): azentiko.text
---@overload fun(name: "time"): azentiko.time
---@overload fun(name: "log"): azentiko.log
---@param name string
---@return any
function require(name) end
