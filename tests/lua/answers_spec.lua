-- Visitors' own wordings find the right stored question; talk that is not
-- about the business finds none.
local demo = require "tests.lua.demo"
local files = require "tests.lua.files"
local json = require "tests.lua.fake_json"

local WORDINGS = {
  { "can i get a table for tonight", "reserve-table" },
  { "I'd like to book a table for four", "reserve-table" },
  { "Do we have to reserve?", "need-reservation" },
  { "is it ok to just walk in without reservation", "need-reservation" },
  { "i need to cancel our booking", "cancel-reservation" },
  { "we'll be late, do you hold the table?", "late" },
  { "we are a big group, is that possible?", "large-groups" },
  { "could we have a birthday party there?", "parties" },
  { "how late can we order food", "kitchen-hours" },
  { "can I see the menu", "menu-card" },
  { "what's on the menu today", "menu-card" },
  { "how do I get there by train", "public-transport" },
  { "parking?", "parking" },
  { "where do I leave my car, is there a car park", "parking" },
  { "is there a rack for my bike", "bicycles" },
  { "can I charge an electric car near you", "ev-charging" },
  { "my father uses a wheelchair, can he get in?", "wheelchair" },
  { "may I come with my dog", "dogs" },
  { "dogs ok?", "dogs" },
  { "are kids welcome", "children" },
  { "do you have a high chair", "children" },
  { "anything vegetarian on the menu?", "vegetarian" },
  { "vegan food?", "vegan" },
  { "is there gluten free food", "gluten-free" },
  { "I have a nut allergy", "allergies" },
  { "is your meat halal", "halal-kosher" },
  { "how often do you change the menu", "menu-changes" },
  { "tap water free?", "tap-water" },
  { "what's the corkage fee", "own-wine" },
  { "can we bring our own cake", "own-cake" },
  { "do you do takeaway", "takeaway" },
  { "do you deliver to my home", "delivery" },
  { "can I pay with card", "payment" },
  { "do you take amex", "amex" },
  { "how much should I tip", "tips" },
  { "we want to pay separately", "split-bill" },
  { "can i have a receipt for business expenses", "invoice" },
  { "how can i use my voucher", "voucher-redeem" },
  { "gift card", "voucher-buy" },
  { "i want to buy a voucher as a present", "voucher-buy" },
  { "are there tables outside", "courtyard" },
  { "is it allowed to smoke", "smoking" },
  { "what is the wifi password", "wifi" },
  { "can i work there on my laptop", "laptop" },
  { "what should we wear, any dress code?", "dress-code" },
  { "do you have jazz or live music", "music" },
  { "do you show the football", "football" },
  { "i lost my umbrella", "lost-property" },
  { "are you hiring waiters", "jobs" },
  { "i would like to complain about the service", "complaint" },
  { "how do you use my data", "privacy" },
  { "is the food organic", "sustainability" },
  { "do you have rooms to sleep, like a hotel", "hotel" },
  { "Gibt es bei Ihnen Parkplätze?", "parking" },
  { "Kann ich meinen Hund mitbringen?", "dogs" },
  { "Darf man bei euch rauchen?", "smoking" },
  { "Kann man mit Kreditkarte bezahlen?", "payment" },
  { "Habt ihr veganes Essen?", "vegan" },
  { "Ich möchte einen Tisch reservieren", "reserve-table" },
  { "Wie ist das WLAN Passwort?", "wifi" },
  { "Speisekarte", "menu-card" },
  { "Habt ihr einen Kinderstuhl oder Hochstuhl?", "children" },
}

local OFF_TOPIC = {
  "What is the capital of France?",
  "Who won the world cup in 1990?",
  "Tell me a joke",
  "What is 17 times 23?",
  "How is the weather on the moon?",
  "Write a poem about autumn",
  "asdf qwer zxcv",
  "Can you fix my computer?",
  "What is the meaning of life?",
  "Do you like football players from Brazil more than from Spain?",
  "Wie hoch ist der Mount Everest?",
  "Erzähl mir einen Witz",
  "Translate cat into Japanese",
  "My washing machine is broken",
  "How do I install Linux?",
  "How much is the moon?",
  "How much is a beer?",
  "How old is the queen?",
  "How long is the river?",
  "Do you take drugs?",
  "Can I bring my elephant?",
  "What is the usual temperature?",
  "How often does the bus run to Paris?",
}

-- What people say besides questions. said -> a pattern of the answer
local SMALL_TALK = {
  { "thanks", "^You are welcome" },
  { "Thank you very much!", "^You are welcome" },
  { "bye", "^You are welcome" },
  { "hi there", "^How can I help you" },
  { "are you a bot?", "a program, not a person" },
  { "Are you human?", "a program, not a person" },
  { "human please", "^I have told the team" },
  { "can I speak to a real person", "^I have told the team" },
  { "what is your name", "^I am the assistant of Gasthaus Lindenhof" },
  { "how do I get there", "Lindenstraße 112" },
  { "how much is it?", "^We offer:" },
  { "thanks, and where can I park?", "car park at Lindenstraße" },
}

describe("answers from the demo business", function()
  local world = demo.world()
  local require_platform = demo.platform(world)
  local faq, text = require_platform "lib.faq", require_platform "lib.text"
  local value = json.decode(files.read "scripts/demo/demo.json")
  local index = faq.index(value.faqs)

  it("has at least 45 questions", function() assert.is_true(#value.faqs >= 45) end)

  for _, case in ipairs(WORDINGS) do
    it("finds: " .. case[1], function()
      local found, score = faq.find(index, text.fold(case[1]))
      assert.equal(case[2], found and found.id)
      assert.is_true(score >= faq.ENOUGH, ("score %.2f"):format(score))
    end)
  end

  local visitor = demo.visitor(world)
  for _, case in ipairs(SMALL_TALK) do
    it("says to: " .. case[1], function()
      visitor:say "/restart"
      local answer = visitor:say(case[1])[1]
      assert.is_truthy(answer:find(case[2]), answer)
    end)
  end

  for _, said in ipairs(OFF_TOPIC) do
    it("has no answer to: " .. said, function()
      visitor:say "/restart"
      local answer = visitor:say(said)
      assert.equal("Sorry, I did not understand that. Could you say it another way?", answer[1])
    end)
  end
end)
