-- Platform scripts get `host` and `json` from prelude/init.lua; anything else
-- global is an error in the server too.
std = "lua54"
max_line_length = 120
exclude_files = { "**/*.d.lua", "**/node_modules", "tests/attacks" } -- attacks are bad on purpose
files["tests/lua/*_spec.lua"] = { std = "+busted" }
files["scripts/mail/words/*.lua"] = { max_line_length = false }
files["scripts/prelude/api/*.lua"] = { max_line_length = false } -- texts
