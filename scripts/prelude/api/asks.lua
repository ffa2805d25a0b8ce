-- The questions of a chat: see prelude/signature for what an entry holds.
-- Data only.
return {
  area = "asks",
  title = "Questions",
  call = "chat:",
  doc = "Each question shows its text, waits for the visitor (for days, over restarts), checks the answer, asks again in the "
    .. "visitor's language when it will not do, and returns a valid value. “cancel” in any language of the platform, a `/command` "
    .. "and a menu choice end the dialog. In an event's handler nobody can be asked.",
  types = {
    AskOptions = {
      doc = "What every question takes.",
      fields = {
        { "tries", "integer?", "give up after so many answers that will not do (5)" },
        { "default", "any?", "the value when it was given up; without it the dialog ends politely" },
        { "timeout", "period?", 'do not wait longer: `"30m"`, `"2d"`; at most a year' },
        { "on_timeout", "OnTimeout?", "what then; without it the visitor is told and the dialog ends" },
      },
    },
    OnTimeout = {
      doc = "What happens when nobody answered in time: one of these.",
      fields = {
        { "say", "text?", "say this and end the dialog" },
        { "go", "string?", "end the dialog and go on with a command or menu" },
        { "value", "any?", "go on as if this had been answered" },
      },
    },
    TextOptions = {
      extends = "AskOptions",
      fields = { { "max", "integer?", "characters at most (500)" } },
    },
    NumberOptions = {
      extends = "AskOptions",
      fields = {
        { "min", "number?", "the least" },
        { "max", "number?", "the greatest" },
        { "fraction", "boolean?", "true: need not be whole" },
      },
    },
    DateOptions = {
      extends = "AskOptions",
      fields = {
        { "min", "date?", "the first day that will do" },
        { "max", "date?", "the last day that will do" },
        { "past", "boolean?", "true: days before today will do" },
      },
    },
    TimeOptions = {
      extends = "AskOptions",
      fields = {
        { "min", "clock?", "the earliest" },
        { "max", "clock?", "the latest" },
      },
    },
    Choice = {
      doc = "One of the choices. A plain text is its own value and label.",
      fields = { { "value", "value", "what is returned" }, { "label", "text?", "what the button says" } },
    },
    FileOptions = {
      extends = "AskOptions",
      fields = {
        { "types", "string[]?", '`"image/*"`, `"application/pdf"`, …; of those that the bot takes' },
        { "max_mb", "number?", "the largest that will do; at most what the bot takes" },
      },
    },
    File = {
      doc = "A file that the visitor has sent.",
      fields = {
        { "id", "string", "`file_…`" },
        { "name", "string", "as the visitor named it, made safe" },
        { "type", "string", "what it is by its bytes: `image/png`" },
        { "size", "integer", "in bytes" },
        { "width", "integer?", "of a picture" },
        { "height", "integer?", "of a picture" },
        { "url", "string", "where it is fetched from, on this server" },
      },
    },
    RatingOptions = {
      extends = "AskOptions",
      fields = { { "max", "integer?", "the best mark (5), from 2 to 10" } },
    },
    FormField = {
      doc = "One field of a form.",
      fields = {
        { "name", "string", "under which its value is returned" },
        { "label", "text?", "what stands beside it" },
        { "type", "string?", "`text textarea email phone number date time choice consent`" },
        { "required", "boolean?", "it may not be left out" },
        { "placeholder", "text?", "shown while it is empty" },
        { "options", "(text|Choice)[]?", "of a `choice`" },
      },
    },
    Consent = {
      doc = "What the visitor agrees to.",
      fields = {
        { "text", "text", "what stands beside the box" },
        { "version", "string", "of the text, as the business counts" },
        { "required", "boolean?", "false: the form may be sent without; it must be ticked otherwise" },
      },
    },
    Form = {
      doc = "A form.",
      extends = "AskOptions",
      fields = {
        { "name", "string", "`lead`, `callback`, `ticket` or one of your own" },
        { "title", "text?", "above it" },
        { "fields", "FormField[]", "1 to 30" },
        { "consent", "Consent?", "a box to tick; kept with its text and version" },
        { "submit", "text?", "what the button says" },
      },
    },
  },
  functions = {
    {
      name = "ask_text",
      params = { { "question", "text", "the question" }, { "options", "TextOptions?", "" } },
      returns = { { "string", "what was written, trimmed" } },
      short = "Asks for a text.",
      example = [[
local name = chat:ask_text("What is your name?", { max = 100 })
chat:say("Hello, %s!", name)]],
      talk = { "What is your name?", "> Ada", "Hello, Ada!" },
    },
    {
      name = "ask",
      params = { { "question", "text", "the question" }, { "options", "TextOptions?", "" } },
      returns = { { "string", "what was written, trimmed" } },
      short = "The same as `ask_text`.",
      example = [[chat:say("%s it is.", chat:ask "Which colour?")]],
      talk = { "Which colour?", "> Green", "Green it is." },
    },
    {
      name = "ask_choice",
      params = {
        { "question", "text", "the question" },
        { "choices", "(text|Choice)[]", "shown as buttons; may also be written or numbered" },
        { "options", "AskOptions?", "" },
      },
      returns = { { "string", "the value of the choice" } },
      short = "Asks to choose.",
      errors = { "there is no choice in the list" },
      limits = "25 choices",
      example = [[
local where = chat:ask_choice("Inside or outside?", {
  { value = "in", label = "Inside" },
  { value = "out", label = "Outside" },
})
chat:say("You chose %s.", where)]],
      talk = {
        "Inside or outside?",
        "> the moon",
        "Please choose one of these: Inside or Outside.",
        "> outside",
        "You chose out.",
      },
    },
    {
      name = "ask_number",
      params = { { "question", "text", "the question" }, { "options", "NumberOptions?", "" } },
      returns = { { "number", "a whole number unless `fraction`" } },
      short = "Asks for a number; “four” will do.",
      example = [[
local people = chat:ask_number("For how many?", { min = 1, max = 12 })
chat:say("A table for %d.", people)]],
      talk = { "For how many?", "> 20", "Please give me a number from 1 to 12.", "> four", "A table for 4." },
    },
    {
      name = "ask_date",
      params = { { "question", "text", "the question" }, { "options", "DateOptions?", "" } },
      returns = { { "string", "`2026-12-24`" } },
      short = "Asks for a day; “tomorrow”, “next Friday” and “24.12.” will do.",
      example = [[
local day = chat:ask_date "Which day?"
chat:say("See you on %s.", chat:date_text(day))]],
      talk = { "Which day?", "> 25.12.2026", "See you on Friday, 25 December." },
    },
    {
      name = "ask_time",
      params = { { "question", "text", "the question" }, { "options", "TimeOptions?", "" } },
      returns = { { "string", "`19:30`" } },
      short = "Asks for a time of day; “7 pm” will do.",
      example = [[
local at = chat:ask_time("At what time?", { min = "17:00", max = "22:00" })
chat:say("At %s, then.", at)]],
      talk = {
        "At what time?",
        "> 9 am",
        "Please choose a time from 17:00 to 22:00.",
        "> 7 pm",
        "At 19:00, then.",
      },
    },
    {
      name = "ask_email",
      params = { { "question", "text", "the question" }, { "options", "AskOptions?", "" } },
      returns = { { "string", "an address; whether it exists is not known" } },
      short = "Asks for an e-mail address.",
      example = [[chat:say("We write to %s.", chat:ask_email "Your e-mail?")]],
      talk = {
        "Your e-mail?",
        "> ada at home",
        "That does not look like an e-mail address.*",
        "> ada@example.org",
        "We write to ada@example.org.",
      },
    },
    {
      name = "ask_phone",
      params = { { "question", "text", "the question" }, { "options", "AskOptions?", "" } },
      returns = { { "string", "a number of 6 to 16 digits, as it was written" } },
      short = "Asks for a phone number.",
      example = [[chat:say("We call %s.", chat:ask_phone "Your number?")]],
      talk = { "Your number?", "> 030 23125 199", "We call 030 23125 199." },
    },
    {
      name = "ask_file",
      params = { { "question", "text", "the question" }, { "options", "FileOptions?", "" } },
      returns = { { "File", "the file; its bytes stay with the conversation" } },
      short = "Asks for a file.",
      doc = "The visitor attaches a file or takes a picture. Which files a bot takes at all is in its settings (`files`).",
      example = [[
local photo = chat:ask_file("Can you send a picture of the damage?", { types = { "image/*" }, max_mb = 5 })
chat:say("Thank you, I have got “%s”.", photo.name)]],
      talk = {
        "Can you send a picture of the damage?",
        "> it is scratched",
        "Please send a file, or write “cancel”.",
        "> sends offer.pdf application/pdf",
        "A file of this kind will not do. Please send one of these: a picture.",
        "> sends scratch.jpg image/jpeg",
        "Thank you, I have got “scratch.jpg”.",
      },
    },
    {
      name = "rating",
      params = { { "question", "text", "the question" }, { "options", "RatingOptions?", "" } },
      returns = { { "integer", "from 1 to `max`" } },
      short = "Asks for a mark and stores it.",
      doc = "Shown as stars; a number that is written will do. Stored as a submission of the form `rating` with `{ rating, max }`.",
      example = [[
local stars = chat:rating "How was your visit?"
chat:say("Thank you for %d stars.", stars)]],
      talk = { "How was your visit?", "> 4", "Thank you for 4 stars." },
    },
    {
      name = "form",
      params = { { "form", "Form|string", "what to show, or the name of a form of the business" } },
      returns = { { "table", "the fields' values by name" } },
      short = "Shows a form and returns its fields once they are valid.",
      doc = "The visitor is told of each field that will not do. What was sent under the names `lead`, `callback` and `ticket` is followed up "
        .. "and raises `lead.created`, `callback.requested` and `ticket.created`; other forms are stored as submissions. "
        .. "A form of the business (its dataset's `forms`; `lead`, `callback` and `ticket` are always there) also thanks the visitor.",
      errors = { "no fields, or too many", "a field of an unknown type" },
      limits = "30 fields, 2,000 bytes each",
      example = [[
local given = chat:form {
  name = "newsletter",
  title = "Our newsletter",
  fields = {
    { name = "email", label = "E-mail", type = "email", required = true },
  },
}
chat:say("Welcome, %s.", given.email)]],
      talk = { "Our newsletter", "> fills newsletter: email = ada@example.org", "Welcome, ada@example.org." },
    },
  },
}
