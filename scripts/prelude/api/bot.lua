-- The `bot` module: declarations. See prelude/signature for what an entry
-- holds; `file` marks examples that are a whole file. Data only.
return {
  area = "bot",
  title = "Declarations",
  call = "bot.",
  module = "bot",
  doc = "A file declares what it holds: menus, commands, rules, webhooks. Declarations are data, checked before a version is "
    .. "published; only `run` and handlers are code.",
  fields = {
    { "HANDOVER", "string", "a person, as the target of `go`" },
  },
  types = {
    Command = {
      doc = "A command: a title and one of `run`, `say`, `show`, `go`.",
      fields = {
        { "title", "text", "in the menu of commands" },
        { "words", "any?", "texts that call it: a list, or a list for each language" },
        { "run", "function?", "`function(chat, args)`" },
        { "say", "text?", "what it answers" },
        { "show", "string?", "the menu that it shows" },
        { "go", "string?", "the command or menu that it goes on with" },
        { "help", "text?", "a line below the title" },
        { "group", "text?", "the heading under which the menu shows it" },
        { "hidden", "boolean?", "not in menus and help" },
        { "when", "string|When?", "where and when it is there; without: always" },
      },
    },
    MenuItem = {
      doc = "An item: a label and one of `go`, `say`, `show`.",
      fields = {
        { "label", "text", "what the button says" },
        { "go", "string?", "a command or menu, or `bot.HANDOVER`" },
        { "say", "text?", "what it answers" },
        { "show", "string?", "the menu that it shows" },
        { "when", "string|When?", "where and when it is there; it is not there without its command either" },
      },
    },
    When = {
      doc = 'Conditions; all of them must hold, and of a list one entry. `when = "open"` is short for `{ hours = "open" }`.',
      fields = {
        {
          "pages",
          "string|string[]?",
          "where the visitor is: `/shop/*`, or with the site's name `www.example.com/*`; `*` is anything",
        },
        {
          "hours",
          "string|string[]?",
          '`"open"`, `"closed"` or times such as `"09:00-17:30"`, at the business',
        },
        { "languages", "string|string[]?", "the visitor's language: `en`" },
        {
          "lead",
          "string|string[]?",
          "the visitor's newest lead: `none`, `any` or a status such as `qualified`",
        },
        {
          "visitor",
          "string?",
          "`known` once they have left a lead, a callback request or a ticket, else `new`",
        },
        { "status", "string|string[]?", "who answers: `bot`, `waiting`, `human`, `closed`" },
      },
    },
    Menu = {
      doc = "A menu.",
      fields = { { "text", "text", "above the items" }, { "items", "MenuItem[]", "what there is to choose" } },
    },
    Rule = {
      doc = "A fallback rule: `after` and one of `say`, `show`, `go`.",
      fields = {
        { "after", "integer", "misses in a row; of the rules that apply the greatest is taken" },
        { "say", "text?", "what it answers" },
        { "show", "string?", "the menu that it shows" },
        { "go", "string?", "a command or menu, or `bot.HANDOVER`" },
        { "when", "string|When?", "where and when it applies" },
      },
    },
    Webhook = {
      doc = "Where a webhook is sent.",
      fields = {
        { "url", "string|Secret", "an address with https://" },
        { "sign", "string|Secret?", "what it is signed with" },
        {
          "timeout",
          "string?",
          'how long an answer is waited for: `"5s"`; 15 s when left out, 20 s at most',
        },
        {
          "idempotent",
          "boolean?",
          "true: the receiver does nothing twice for one `webhook-id`, so a `:post` that a crash cut short is sent again",
        },
      },
    },
    Secret = {
      doc = "A secret of the bot; scripts never see its value.",
      fields = { { "secret", "string", "its name" } },
    },
    Event = {
      doc = "What happened.",
      fields = {
        { "name", "string", "`lead.created`, …" },
        { "data", "table", "what is known of it" },
        { "type", "string?", "of what came in by a hook: what its sender calls it" },
        { "id", "string?", "of what came in by a hook: its sender's id" },
        { "at", "string?", "of what came in by a hook: when, RFC 3339" },
      },
    },
    Chat = { doc = "The chat of a dialog or of an event's handler.", fields = {} },
    WebhookHandle = { doc = "A webhook by its name.", fields = {} },
  },
  functions = {
    {
      name = "command",
      file = true,
      declares = "Command",
      params = { { "name", "string", "lower-case letters, digits, `_` and `-`" } },
      short = "Declares a command.",
      doc = "One whose conditions do not hold is in no menu and is refused politely when it is called all the same.",
      errors = { "an unknown field, a missing title, not exactly one action", "the name is already declared" },
      limits = "a name of at most 40 characters",
      example = [[
local bot = require "bot"

bot.command "parking" {
  title = "Parking",
  words = { "parking", "car park" },
  say = "You can park behind the house.",
}]],
      talk = { "> where is your car park", "You can park behind the house." },
      begin = false,
    },
    {
      name = "menu",
      file = true,
      declares = "Menu",
      params = { { "name", "string", "lower-case letters, digits, `_` and `-`" } },
      short = "Declares a menu.",
      errors = { "an item without a label or with two actions", "an item goes to what does not exist" },
      example = [[
local bot = require "bot"

bot.menu "arrival" {
  text = "How do you get here?",
  items = {
    { label = "By train", say = "The station is 300 m away." },
    { label = "I want to talk to somebody", go = bot.HANDOVER },
  },
}

bot.command "arrival-help" { title = "Getting here", show = "arrival" }]],
      talk = { "> getting here", "How do you get here?", "> by train", "The station is 300 m away." },
      begin = false,
    },
    {
      name = "fallback",
      file = true,
      replaces = "rules/fallback.lua",
      params = { { "rules", "Rule[]", "" } },
      short = "Says what happens when nothing fits.",
      doc = "Misses in a row are counted; of the rules that apply the one with the greatest `after` that is reached is taken.",
      errors = { "there are rules already" },
      example = [[
local bot = require "bot"

bot.fallback {
  { after = 1, say = "Sorry, could you say it another way?" },
  { after = 2, show = "main" },
  { after = 3, go = bot.HANDOVER },
}]],
      talk = { "> xyzzy", "Sorry, could you say it another way?", "> xyzzy", "How can I help you?" },
      begin = false,
    },
    {
      name = "webhook",
      file = true,
      declares = "Webhook",
      params = { { "name", "string", "lower-case letters, digits, `_` and `-`" } },
      returns = { { "WebhookHandle", "also a function that declares it" } },
      short = "Declares a webhook, or names a declared one.",
      doc = "With a table behind it, it is declared; `:post` sends and waits for the answer, `:enqueue` sends later, for days if need be.",
      errors = { "the address is none", "it is sent but not declared" },
      example = [[
local bot = require "bot"

bot.webhook "kitchen" {
  url = bot.secret "KITCHEN_URL",
  sign = bot.secret "KITCHEN_KEY",
  timeout = "5s",
}

bot.command "soup" {
  title = "Order soup",
  run = function(chat)
    bot.webhook "kitchen":enqueue { type = "order", dish = "soup" }
    chat:say "Your soup is on its way."
  end,
}]],
      talk = { "> order soup", "Your soup is on its way." },
      begin = false,
    },
    {
      name = "on",
      file = true,
      params = {
        {
          "event",
          "string",
          "`conversation.created`, `lead.created`, …, or `hook.NAME`: what comes in by a hook",
        },
        {
          "handler",
          "function",
          "`function(chat, event)`; it may say and send, but not ask. `chat` is nil where a hook's event names no conversation",
        },
      },
      short = "Hears an event of the conversation.",
      errors = { "there is no such event" },
      example = [[
local bot = require "bot"

bot.on("handover.requested", function(chat)
  chat:say "You can also call us: +49 30 23125 0."
end)]],
      talk = { "> I want to talk to a human", "*team*", "You can also call us: +49 30 23125 0.", "*" },
      begin = false,
    },
    {
      name = "secret",
      file = true,
      params = { { "name", "string", "as it was stored with the bot" } },
      returns = { { "Secret", "for `url` and `sign`; a script cannot read it" } },
      short = "Names a secret of the bot.",
      example = [[
local bot = require "bot"

bot.webhook "crm" { url = bot.secret "CRM_URL" }]],
      talk = {},
      begin = false,
    },
    {
      name = "webhook:post",
      params = { { "body", "table", "what is sent; `type` names the kind of event" } },
      returns = {
        { "boolean", "true: it was answered with a status from 200 to 299" },
        { "integer?", "the status; nil when there was no answer" },
        { "any", "the answer's body, decoded where it is JSON; why, when there was no answer" },
        { "string?", "a code when there was no answer: `timeout`, `unavailable`, `unknown`, …" },
      },
      short = "Sends to a webhook and waits for the answer.",
      doc = "A step of the dialog: what was said and stored so far is durable before the request leaves, it is signed and made once, "
        .. "although the code may run again, and its answer is kept. If the server ends in the middle of it, it is not made again and the "
        .. 'code is `"unknown"`, unless the webhook is declared `idempotent`. A failure is a line in the bot\'s script log. '
        .. "In an event's handler use `:enqueue`.",
      errors = { "the webhook is not declared", "the table cannot be written as JSON" },
      limits = "10 calls a turn (with those of `http`), 20 s, 64 KiB; 32 KiB of an answer",
      example = [[
local ok, status, answer = bot.webhook "example":post { type = "booking", people = 4 }
if ok then
  chat:say("Done! Your table is %s.", answer.place)
elseif status == 409 then
  chat:say "We are full on that day."
else
  chat:handover "booking failed"
end]],
      web = { status = 200, body = '{"place":"by the window"}' },
      talk = { "Done! Your table is by the window." },
    },
    {
      name = "webhook:enqueue",
      params = { { "body", "table", "what is sent; `type` names the kind of event" } },
      returns = { { "boolean", "true: it is part of the turn" } },
      short = "Sends to a webhook later.",
      doc = "The call commits with the turn and is delivered afterwards, signed and retried for days. A dialog that runs again sends nothing again.",
      errors = { "the webhook is not declared", "the table cannot be written as JSON" },
      limits = "64 KiB",
      example = [[
bot.webhook "example":enqueue { type = "visit" }
chat:say "Noted."]],
      talk = { "Noted." },
    },
  },
}
