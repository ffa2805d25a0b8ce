-- What an operator may want to say of themselves in every mail. With --scripts
-- DIR this file, the words (mail/words) and the templates (mail/templates) are
-- read from there, and read again by a reload.
return {
  name = "aZentiKo", -- before the sender's address, unless --mail-from has a name
  colour = "#1f5fd0", -- of buttons and links: on white at least 4.5:1
  colour_dark = "#8ab4ff", -- of links on dark
  footer = nil, -- a last line under every mail, such as who runs this server
}
