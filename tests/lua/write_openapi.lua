-- Writes schema/openapi.yaml anew: lua5.4 tests/lua/write_openapi.lua, in the
-- root of the project.
local file = assert(io.open("schema/openapi.yaml", "w"))
file:write(require("tests.lua.openapi").text())
file:close()
