-- The files of scripts/ as a table path -> source, for the fake host.
local files = {}

local function read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read "a"
  file:close()
  return text
end

-- extra: path -> source, added to or replacing what is on the disk
function files.scripts(extra)
  local result = {}
  local pipe = assert(io.popen "find scripts -name '*.lua' -type f | sort")
  for path in pipe:lines() do
    result[path:sub(9)] = read(path)
  end
  pipe:close()
  for path, source in pairs(extra or {}) do
    result[path] = source
  end
  return result
end

files.read = read

return files
