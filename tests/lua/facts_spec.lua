-- Questions that are answered by computing: hours, address, prices, people.
local demo = require "tests.lua.demo"

-- said -> a pattern of the answer; at: local time in Berlin
local SUNDAY = "2026-11-22T15:00:00+01:00"
local CASES = {
  { SUNDAY, "are you open now?", "^Today, Sunday: 12:00–21:00%. We are open now, until 21:00%.$" },
  { SUNDAY, "open tomorrow?", "^On Monday, 23 November we are closed%.$" },
  {
    SUNDAY,
    "Are you open on 25 December?",
    "^On Friday, 25 December %(Christmas Day%) we are open 12:00–16:00 and 18:00–22:00%.$",
  },
  { SUNDAY, "what about christmas eve", "^On Thursday, 24 December %(Christmas Eve%) we are closed%.$" },
  { SUNDAY, "and friday?", "^On Friday, 27 November we are open 11:30–14:30 and 17:30–01:00%.$" },
  { SUNDAY, "Sunday?", "^Today, Sunday:" },
  { SUNDAY, "are you open at 9 pm on saturday", "^Yes, on Saturday, 28 November at 21:00 we are open" },
  { SUNDAY, "are you open on tuesday at 16:00", "^No, on Tuesday, 24 November at 16:00 we are closed" },
  { SUNDAY, "are you open in January, say 12.01.2027", "%(winter break%) we are closed" },
  { "2026-11-28T00:30:00+01:00", "are you open now", "We are open now, until 01:00%." },
  { "2026-11-28T01:30:00+01:00", "are you open now", "closed now and open again today at 12:00%." },
  {
    "2026-11-23T10:00:00+01:00",
    "are you open today",
    "^We are closed today, Monday, and open again tomorrow at 11:30%.$",
  },
  { "2026-12-31T23:50:00+01:00", "open now?", "New Year's Eve.*until 02:00" },
  { "2027-01-01T01:30:00+01:00", "open now?", "until 02:00" },
  { "2027-01-09T12:30:00+01:00", "when do you open on 25.1.", "^On Monday, 25 January we are closed%." },
  { SUNDAY, "where are you", "^Lindenstraße 112, 10969 Berlin" },
  { SUNDAY, "what is your address?", "^Lindenstraße 112, 10969 Berlin" },
  { SUNDAY, "what is your phone number", "^%+49 30 23125 140$" },
  { SUNDAY, "can I phone you?", "^%+49 30 23125 140$" },
  { SUNDAY, "what's your email?", "^hallo@lindenhof%.example$" },
  { SUNDAY, "who owns the restaurant?", "run by Katharina Brandt" },
  { SUNDAY, "who is the owner", "run by Katharina Brandt" },
  { SUNDAY, "are you on instagram?", "^https://social%.example/instagram" },
  { SUNDAY, "how much is the wine tasting", "Wine tasting: €42 per person, 150 min" },
  { SUNDAY, "what does the cooking class cost?", "Cooking class: €95 per person" },
  { SUNDAY, "do you sell honey", "Linden honey: €8.50" },
  { SUNDAY, "sunday brunch price", "Sunday brunch: €24.90 per person" },
  { SUNDAY, "what do you sell", "From our shop:" },
  { SUNDAY, "how many seats do you have?", "64 inside" },
}
local GERMAN = {
  {
    SUNDAY,
    "habt ihr jetzt offen?",
    "^Heute, Sonntag: 12:00–21:00 Uhr%. Wir haben jetzt geöffnet, bis 21:00 Uhr%.$",
  },
  { SUNDAY, "Habt ihr morgen geöffnet?", "^Am Montag, 23%. November haben wir geschlossen%.$" },
  { SUNDAY, "Sonntag?", "^Heute, Sonntag" },
  {
    "2026-11-23T10:00:00+01:00",
    "habt ihr heute offen?",
    "^Heute, Montag, haben wir geschlossen und öffnen wieder morgen um 11:30 Uhr%.$",
  },
  { SUNDAY, "am Dienstag?", "haben wir 11:30–14:30 und 17:30–23:00 Uhr geöffnet%.$" },
  { SUNDAY, "Wo seid ihr?", "^Lindenstraße 112" },
  { SUNDAY, "Was kostet die Weinprobe?", "Weinprobe: 42 € pro Person" },
  { SUNDAY, "Wie ist eure Telefonnummer?", "^%+49 30 23125 140$" },
  { SUNDAY, "Wem gehört das Restaurant?", "Katharina Brandt" },
}

local function run(cases, locale)
  local time = demo.platform(demo.world()) "lib.time"
  for _, case in ipairs(cases) do
    it(("says at %s: %s"):format(case[1]:sub(1, 16), case[2]), function()
      local world = demo.world { clock = time.parse_rfc3339(case[1]) }
      local answer = demo.visitor(world, { locale = locale }):say(case[2])
      assert.is_truthy((answer[1] or "nothing"):find(case[3]), answer[1] or world.last_error or "nothing")
    end)
  end
end

describe("facts in English", function() run(CASES, "en") end)
describe("facts in German", function() run(GERMAN, "de-DE") end)
