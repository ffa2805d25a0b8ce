-- What the platform itself says to visitors, by language. Scripts bring their
-- own texts; these are for the moments between them.
local phrases = {
  en = {
    cancelled = "All right, I have cancelled that. What else can I do for you?",
    failed = "Sorry, something went wrong on our side. Please try again.",
    changed = "Sorry, this form has changed in the meantime. Please start again.",
    stale_form = "That form is no longer open. Please start again.",
    no_command = "I do not know the command “/%s”. Type “help” to see what I can do.",
    no_answer = "Sorry, I do not have an answer to that.",
    handover_open = "I have told the team. Somebody will answer you here.",
    handover_closed = "I have told the team. Nobody is here at the moment; we are back %s.",
    handover_unknown = "I have told the team. Somebody will answer you as soon as possible.",
    handover_often = "The team has your request. Please wait for their answer here.",
    handover_joined = "%s has joined the chat.",
    handover_back = "You are talking to the assistant again.",
    handover_queue = "Your chat is waiting for the next free person.",
    ask_text = "Please write a short answer, or “cancel”.",
    ask_text_long = "That is too long. Please keep it under %d characters.",
    ask_choice = "Please choose one of these: %s.",
    ask_number = "Please give me a number.",
    ask_number_range = "Please give me a number from %s to %s.",
    ask_number_min = "Please give me a number of at least %s.",
    ask_number_max = "Please give me a number of at most %s.",
    ask_date = "I did not understand the date. Try “tomorrow”, “Friday” or “24.12.2026”.",
    ask_date_past = "That day is in the past. Which day would you like?",
    ask_date_range = "Please choose a day from %s to %s.",
    ask_time = "I did not understand the time. Try “19:30” or “7 pm”.",
    ask_time_range = "Please choose a time from %s to %s.",
    gave_up = "I am afraid we do not get any further here. What else can I do for you?",
    timed_out = "I have not heard from you, so I have ended this. Just begin again whenever you like.",
    ask_email = "That does not look like an e-mail address. Please check it.",
    ask_phone = "That does not look like a phone number. Please check it.",
    ask_form = "Please fill in the form above, or write “cancel”.",
    form_field = "Please check “%s”.",
    form_faults = "Please check the form.",
    form_sent = "Form sent",
    your_time = "%s (your time: %s)",
    ticket_answer = "An answer to your ticket %s:",
    ticket_answer_by = "%s has answered your ticket %s:",
    form_kept = "Thank you. I have passed it on.",
    ticket_kept = "Your ticket has the number %d. Write “/ticket %d” to see how it is going.",
    file_sent = "Thank you, I have passed the file on to the team.",
    help = "Ask me anything about us, or use one of these:",
    ["and"] = "and",
    ["or"] = "or",
    send = "Send",
    page_full = "Menu",
  },
  de = {
    cancelled = "Alles klar, ich habe das abgebrochen. Was kann ich sonst für Sie tun?",
    failed = "Entschuldigung, bei uns ist etwas schiefgegangen. Bitte versuchen Sie es noch einmal.",
    changed = "Entschuldigung, dieser Ablauf hat sich inzwischen geändert. Bitte beginnen Sie noch einmal.",
    stale_form = "Dieses Formular ist nicht mehr offen. Bitte beginnen Sie noch einmal.",
    no_command = "Den Befehl „/%s“ kenne ich nicht. Mit „Hilfe“ sehen Sie, was ich kann.",
    no_answer = "Darauf habe ich leider keine Antwort.",
    handover_open = "Ich habe dem Team Bescheid gegeben. Gleich antwortet Ihnen hier jemand.",
    handover_closed = "Ich habe dem Team Bescheid gegeben. Gerade ist niemand da; wir sind %s wieder für Sie da.",
    handover_unknown = "Ich habe dem Team Bescheid gegeben. Jemand antwortet Ihnen so bald wie möglich.",
    handover_often = "Das Team hat Ihre Anfrage. Bitte warten Sie hier auf die Antwort.",
    handover_joined = "%s ist jetzt im Chat.",
    handover_back = "Sie sprechen jetzt wieder mit dem Assistenten.",
    handover_queue = "Ihr Chat wartet auf die nächste freie Person.",
    ask_text = "Bitte schreiben Sie eine kurze Antwort oder „abbrechen“.",
    ask_text_long = "Das ist zu lang. Bitte höchstens %d Zeichen.",
    ask_choice = "Bitte wählen Sie: %s.",
    ask_number = "Bitte nennen Sie mir eine Zahl.",
    ask_number_range = "Bitte nennen Sie mir eine Zahl von %s bis %s.",
    ask_number_min = "Bitte nennen Sie mir eine Zahl ab %s.",
    ask_number_max = "Bitte nennen Sie mir eine Zahl bis %s.",
    ask_date = "Das Datum habe ich nicht verstanden. Zum Beispiel: „morgen“, „Freitag“ oder „24.12.2026“.",
    ask_date_past = "Dieser Tag liegt in der Vergangenheit. Welcher Tag soll es sein?",
    ask_date_range = "Bitte wählen Sie einen Tag von %s bis %s.",
    ask_time = "Die Uhrzeit habe ich nicht verstanden. Zum Beispiel: „19:30“ oder „7 Uhr abends“.",
    ask_time_range = "Bitte wählen Sie eine Uhrzeit von %s bis %s.",
    gave_up = "So kommen wir hier leider nicht weiter. Was kann ich sonst für Sie tun?",
    timed_out = "Ich habe nichts mehr von Ihnen gehört und das hier beendet. Sie können jederzeit neu beginnen.",
    ask_email = "Das sieht nicht wie eine E-Mail-Adresse aus. Bitte prüfen Sie sie.",
    ask_phone = "Das sieht nicht wie eine Telefonnummer aus. Bitte prüfen Sie sie.",
    ask_form = "Bitte füllen Sie das Formular oben aus oder schreiben Sie „abbrechen“.",
    form_field = "Bitte prüfen Sie „%s“.",
    form_faults = "Bitte prüfen Sie das Formular.",
    form_sent = "Formular gesendet",
    your_time = "%s (bei Ihnen: %s)",
    ticket_answer = "Eine Antwort auf Ihr Ticket %s:",
    ticket_answer_by = "%s hat auf Ihr Ticket %s geantwortet:",
    form_kept = "Vielen Dank. Ich habe es weitergegeben.",
    ticket_kept = "Ihr Ticket hat die Nummer %d. Mit „/ticket %d“ sehen Sie, wie es darum steht.",
    file_sent = "Danke, ich habe die Datei an das Team weitergegeben.",
    help = "Fragen Sie mich einfach etwas, oder nutzen Sie:",
    ["and"] = "und",
    ["or"] = "oder",
    send = "Senden",
    page_full = "Menü",
  },
}

phrases.languages = { "en", "de" }

-- What ends a dialog when it is all that a visitor writes, folded; of each
-- language, and understood in all of them.
phrases.cancel_words = {
  en = { "cancel", "abort", "stop", "quit", "never mind", "nevermind" },
  de = { "abbrechen", "abbruch", "stopp", "beenden", "vergiss es" },
}

-- The phrase in the visitor's language, filled in.
function phrases.say(locale, name, ...)
  local text = (phrases[locale] or phrases.en)[name]
  if select("#", ...) > 0 then return string.format(text, ...) end
  return text
end

return phrases
