-- What comes from providers that speak like OpenAI's chat completions, read
-- leniently, for each of them differs somewhere. Pure: text in, tables out.
local json = require "json"
local retry_after = require "lib.retry_after"

local chunks = {}

local DONE <const> = "[DONE]"

local function is_table(value) return type(value) == "table" and value ~= json.null end

-- "text", { { type = "text", text = "..." } }, null: the text.
local function text_of(content)
  if type(content) == "string" then return content end
  if not is_table(content) then return "" end
  local parts = {}
  for _, part in ipairs(content) do
    if is_table(part) and type(part.text) == "string" then parts[#parts + 1] = part.text end
  end
  return table.concat(parts)
end

-- { message, code } of an error in whatever form: an object, a text, a list of one, { detail = ... }.
local function error_of(decoded)
  if not is_table(decoded) then return nil end
  local found = decoded.error or (is_table(decoded[1]) and decoded[1].error) or decoded.detail
  if found == nil or found == json.null then return nil end
  if type(found) == "string" then return { message = found } end
  if not is_table(found) then return { message = "an error without a text" } end
  local code = found.code or found.type
  return {
    message = type(found.message) == "string" and found.message or "an error without a text",
    code = code ~= json.null and code ~= nil and tostring(code) or nil,
  }
end

local function usage_of(decoded)
  local usage = decoded.usage
  if not is_table(usage) then return nil end
  return { input = math.tointeger(usage.prompt_tokens), output = math.tointeger(usage.completion_tokens) }
end

-- One event's data: { text, finish, usage, error, done }; nil when it is no JSON object.
-- What a model thinks aloud (reasoning_content) is nobody's business.
function chunks.read(data)
  if string.match(data, "^%s*(.-)%s*$") == DONE then return { text = "", done = true } end
  local decoded = json.decode(data)
  if not is_table(decoded) then return nil end
  local fault = error_of(decoded)
  if fault then return { text = "", error = fault } end
  local choice = is_table(decoded.choices) and decoded.choices[1]
  local said = is_table(choice) and (is_table(choice.delta) and choice.delta or choice.message)
  local finish = is_table(choice) and choice.finish_reason
  return {
    text = is_table(said) and text_of(said.content) or "",
    finish = type(finish) == "string" and finish or nil,
    usage = usage_of(decoded),
  }
end

local NOT_AGAIN = { insufficient_quota = true, billing_hard_limit_reached = true, model_not_found = true }
local AGAIN = { [408] = true, [409] = true, [425] = true, [429] = true }

-- An answer that is no 2xx: { message, code, again, owner }. again: it may be
-- asked once more; owner: whoever set it up has to look at it.
function chunks.fault(status, body)
  local found = error_of(json.decode(body or "") or nil) or {}
  local plain = string.match(body or "", "^%s*([^<{%[%s][^\r\n]*)")
  local code = found.code
  return {
    message = found.message or plain or ("status " .. status),
    code = code,
    again = (AGAIN[status] or status >= 500) and not NOT_AGAIN[code or ""],
    owner = status == 401 or status == 403 or status == 404 or NOT_AGAIN[code or ""] or false,
  }
end

-- How many ms the other side wants us to wait, or nil. headers: "name: value\n" lines; now: ms.
function chunks.retry_after(headers, now)
  local ms = string.match("\n" .. headers, "\nretry%-after%-ms: *(%d+)%f[^%d]")
  if ms then return tonumber(ms) end
  return retry_after.ms(string.match("\n" .. headers, "\nretry%-after: *([^\n]-) *\n"), now)
end

return chunks
