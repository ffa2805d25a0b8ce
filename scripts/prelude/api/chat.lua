-- The functions of a chat, without its questions: see prelude/signature for
-- what an entry holds. Data only.
return {
  area = "chat",
  title = "The chat",
  call = "chat:",
  doc = "What a command's `run` and an event's handler are given. Every call is a step of the dialog: it happens once, "
    .. "although the code may run again after a restart.",
  fields = {
    { "id", "string", "the conversation, `conv_…`" },
    { "locale", "string", "the visitor's language, `en`" },
    { "command", "string", "the command that runs" },
    { "args", "table", "what came with the command" },
  },
  types = {
    LeadFields = {
      doc = "What is known of somebody who is interested; at least one of `email` and `phone`.",
      fields = {
        { "name", "string?", "who it is" },
        { "email", "string?", "an e-mail address" },
        { "phone", "string?", "a phone number" },
        { "company", "string?", "where they work" },
        { "message", "string?", "what it is about" },
        { "consent", "boolean?", "they agreed to be contacted" },
        { "extra", "table?", "anything else, text by name" },
      },
    },
    CallbackFields = {
      doc = "Whom to call, and when.",
      fields = {
        { "phone", "string", "the number to call" },
        { "name", "string?", "who it is" },
        { "day", "date?", "on which day" },
        { "time", "string?", "`19:30`, a value of `chat:call_times`, or a part of the day" },
        { "about", "string?", "what it is about" },
      },
    },
    CallTimes = {
      doc = "Times that the visitor may choose from.",
      fields = {
        { "day", "date", "the day that they are on" },
        { "times", "Choice[]", "for `chat:ask_choice`" },
      },
    },
    TicketStatus = {
      doc = "How a ticket is going.",
      fields = {
        { "number", "integer", "what the visitor knows it by" },
        { "status", "string", "`open`, `pending`, `solved` or `closed`" },
        { "subject", "string?", "one line" },
        {
          "messages",
          "table[]",
          "the newest ten, oldest first, each with `from` (`team` or `visitor`), `text` and `at`",
        },
      },
    },
    TicketFields = {
      doc = "What somebody should look into.",
      fields = {
        { "subject", "string", "one line" },
        { "text", "string?", "the details" },
        { "name", "string?", "who asks" },
        { "email", "string?", "where to answer" },
        { "priority", "string?", "`low`, `normal` or `high`" },
      },
    },
  },
  functions = {
    {
      name = "say",
      params = { { "text", "text", "what to say" }, { "...", "any", "fill `%s`, `%d` and the like" } },
      short = "Says a text.",
      doc = "Without further values `{placeholders}` of the business are filled in (`{hours.today}`). With values the text is a "
        .. "pattern as for `string.format`; a value may itself be a text for each language.",
      errors = { "the pattern and the values do not fit" },
      limits = "a turn puts out at most 1 MiB",
      example = [[
chat:say "Welcome!"
chat:say("%d tables are free on %s.", 3, "Friday")]],
      talk = { "Welcome!", "3 tables are free on Friday." },
    },
    {
      name = "show",
      params = { { "menu", "string", "its name" } },
      short = "Shows a menu.",
      errors = { "there is no such menu" },
      example = [[chat:show "main"]],
      talk = { "How can I help you?" },
    },
    {
      name = "block",
      params = { { "block", "table", "a block of the visitor channel, with its `kind`" } },
      short = "Shows one block: a card, an image, a link to a source.",
      doc = "A client that does not know the kind shows the block's `text`, so give one.",
      errors = { "the block has no kind" },
      example = [[
chat:block {
  kind = "card",
  title = "Wine tasting",
  text = "Every Thursday at 18:00",
}]],
      talk = { "Every Thursday at 18:00" },
    },
    {
      name = "answer",
      params = { { "question", "string", "as the visitor would ask it" } },
      returns = { { "boolean", "false when the business has not told" } },
      short = "Answers a question from what the business has told.",
      doc = "Looks in questions and answers, computed facts (hours, address, offers) and texts, says what it finds and returns true.",
      example = [[
if not chat:answer "Are dogs allowed?" then
  chat:say "I do not know that."
end]],
      talk = { "*Dogs are welcome*" },
    },
    {
      name = "handover",
      params = { { "reason", "string?", "why; for the team" } },
      short = "Asks for a person.",
      doc = "The conversation waits for the team, the visitor hears when somebody will be there, and `handover.requested` is raised. "
        .. "The script goes on; it normally ends here.",
      example = [[chat:handover "wants a table for twenty"]],
      talk = { "I have told the team.*" },
    },
    {
      name = "lead",
      params = { { "fields", "LeadFields", "who it is" } },
      returns = { { "string", "the lead's id" } },
      short = "Keeps somebody who is interested.",
      doc = "Stored with the turn, once; raises `lead.created`. Ask for what you need first, or use `chat:form`.",
      errors = { "neither an address nor a number", "not an e-mail address" },
      example = [[
chat:lead {
  name = "Ada",
  email = "ada@example.org",
  message = "A party for twenty",
}
chat:say "Thank you, we will write to you."]],
      talk = { "Thank you, we will write to you." },
    },
    {
      name = "callback",
      params = { { "fields", "CallbackFields", "whom to call" } },
      returns = { { "string", "the request's id" } },
      short = "Keeps a request to be called.",
      doc = "Stored with the turn, once; raises `callback.requested`.",
      errors = { "not a phone number" },
      example = [[
chat:callback { phone = "+49 30 23125 199", name = "Ada", day = "2026-11-27" }
chat:say "We will call you."]],
      talk = { "We will call you." },
    },
    {
      name = "ticket",
      params = { { "fields", "TicketFields", "what it is about" } },
      returns = { { "string", "the ticket's id" } },
      short = "Opens a ticket.",
      doc = "Stored with the turn, once; raises `ticket.created`.",
      errors = { "not an e-mail address" },
      example = [[
chat:ticket { subject = "The card reader is broken", email = "ada@example.org" }
chat:say "Somebody will look into it."]],
      talk = { "Somebody will look into it." },
    },
    {
      name = "ticket_status",
      params = { { "number", "integer", "the ticket's" } },
      returns = { { "TicketStatus?", "nil when this visitor has no such ticket" } },
      short = "How a ticket of this visitor is going.",
      example = [[
local ticket = chat:ticket_status(7)
chat:say(ticket and ticket.status or "You have no such ticket.")]],
      talk = { "You have no such ticket." },
    },
    {
      name = "ticket_reply",
      params = { { "number", "integer", "the ticket's" }, { "message", "string", "what the visitor adds" } },
      returns = { { "boolean", "false when this visitor has no such ticket" } },
      short = "Adds to a ticket of this visitor, and opens it again.",
      doc = "Once; raises `ticket.updated`.",
      example = [[
if not chat:ticket_reply(7, "It is broken again") then chat:say "You have no such ticket." end]],
      talk = { "You have no such ticket." },
    },
    {
      name = "mail_transcript",
      params = { { "address", "string", "an e-mail address" } },
      returns = {
        { "string", "`sent`, `off` (the server sends no mail), `often`, `address` or `unavailable`" },
      },
      short = "Sends the conversation by mail, after its owner has confirmed the address.",
      doc = "The first mail holds a button and nothing that was said in the chat; the transcript goes to whoever presses it. "
        .. "Three a day for one conversation, two for one address; past that the result is `often`.",
      example = [[
local outcome = chat:mail_transcript "ada@example.org"
chat:say(outcome == "sent" and "Look into your mail." or "I cannot send mail here.")]],
      talk = { "I cannot send mail here." },
    },
    {
      name = "call_times",
      params = { { "day", "date", "from which day on" } },
      returns = { { "CallTimes?", "nil when the business has given no hours" } },
      short = "When the business may be asked to call.",
      doc = "Spans of an hour within its working hours on that day, or on the next one that has any; the labels tell the visitor's own time, too, "
        .. "where that is another. A chosen `value` goes into `time` of `chat:callback`.",
      example = [[
local times = chat:call_times "2030-01-02"
local at = chat:ask_choice("When?", times.times)
chat:callback { phone = "+49 30 23125 199", day = times.day, time = at }]],
      talk = { "When?", "> 1" },
    },
    {
      name = "submit",
      params = { { "form", "string", "its name" }, { "fields", "table", "what the visitor gave" } },
      short = "Stores what was asked one by one, as a form of that name would.",
      doc = "Use it for forms of your own; leads, callbacks and tickets have functions of their own.",
      example = [[
chat:submit("survey", { colour = "green" })
chat:say "Noted."]],
      talk = { "Noted." },
    },
    {
      name = "set",
      params = {
        { "name", "string", "of the value" },
        { "value", "value?", "a text, a number, a boolean; nil forgets it" },
      },
      short = "Keeps a value with the conversation, for later commands.",
      limits = "a text of at most 1,000 bytes; 50 names in a conversation",
      errors = { "the text is too long", "too many names" },
      example = [[
chat:set("table", 7)
chat:say("Your table is number %d.", chat:get "table")]],
      talk = { "Your table is number 7." },
    },
    {
      name = "get",
      params = { { "name", "string", "of the value" } },
      returns = { { "value?", "what `chat:set` kept, or nil" } },
      short = "Gives a value that was kept with the conversation.",
      example = [[
if chat:get "name" == nil then chat:say "We have not met." end]],
      talk = { "We have not met." },
    },
    {
      name = "set_locale",
      params = { { "language", "string", "`en`, `de`, …" } },
      short = "Goes on in another language.",
      doc = "From here on the platform's own phrases and texts for each language are in it, also in later commands. A language that the "
        .. "platform has no phrases for is an error.",
      errors = { "the platform does not speak the language" },
      example = [[
chat:set_locale "de"
chat:say(t { en = "Hello!", de = "Guten Tag!" })]],
      talk = { "Guten Tag!" },
    },
    {
      name = "go",
      params = { { "name", "string", "of a command or menu" } },
      short = "Goes on with another command or menu.",
      doc = "Its steps follow this one's, so both are one dialog. Afterwards the script goes on behind the call; write "
        .. '`return chat:go "name"` when it should not.',
      errors = { "there is no such command or menu" },
      example = [[return chat:go "menu"]],
      talk = { "How can I help you?" },
    },
    {
      name = "end_chat",
      params = {},
      short = "Closes the conversation after this turn.",
      doc = "Raises `conversation.closed`. A later message of the visitor opens it again.",
      example = [[
chat:say "Goodbye!"
chat:end_chat()]],
      talk = { "Goodbye!" },
    },
    {
      name = "reset",
      params = {},
      short = "Forgets what `chat:set` kept and gives the conversation back to the bot.",
      example = [[
chat:reset()
chat:say "Let us start again."]],
      talk = { "Let us start again." },
    },
    {
      name = "now",
      params = {},
      returns = { { "integer", "milliseconds since 1970, UTC" } },
      short = "The time of this step.",
      doc = "A script sees the time by this function only, so that a dialog that is run again sees the same time.",
      example = [[
local time = require "time"
chat:say("It is the year %d.", time.civil(chat:now()).year)]],
      talk = { "It is the year 2026." },
    },
    {
      name = "random",
      params = { { "low", "integer", "the least" }, { "high", "integer", "the greatest" } },
      returns = { { "integer", "from low to high" } },
      short = "A whole number by chance.",
      errors = { "high is less than low" },
      example = [[
if chat:random(1, 6) <= 6 then chat:say "The die has fallen." end]],
      talk = { "The die has fallen." },
    },
    {
      name = "is_open",
      params = {},
      returns = { { "boolean?", "nil when the business has given no hours" } },
      short = "Is the business open now?",
      example = [[
if chat:is_open() == nil then chat:say "We have no fixed hours." end
chat:say "Come and see us."]],
      talk = { "Come and see us." },
    },
    {
      name = "commands",
      params = {},
      returns = { { "table[]", "of `{ name, title, hint, group }` in the visitor's language" } },
      short = "The commands that this visitor may see now.",
      example = [[
local first = chat:commands()[1]
chat:say("You could ask for %s.", first.title)]],
      talk = { "You could ask for *." },
    },
    {
      name = "date_text",
      params = { { "date", "date", "a day" } },
      returns = { { "string", "`Friday, 25 December`" } },
      short = "A day in the visitor's words.",
      example = [[chat:say("See you on %s.", chat:date_text "2026-12-25")]],
      talk = { "See you on Friday, 25 December." },
    },
    {
      name = "phrase",
      params = { { "name", "string", "of the phrase" }, { "...", "any", "fill it in" } },
      returns = { { "string", "in the visitor's language" } },
      short = "A phrase of the platform, as it says it itself.",
      errors = { "there is no such phrase" },
      example = [[chat:say(chat:phrase "no_answer")]],
      talk = { "Sorry, I do not have an answer to that." },
    },
  },
}
