-- A new tenant with one bot and its business, from a dataset file: everything
-- in one batch, or the errors and nothing.
local host = require "host"
local dataset = require "lib.dataset"
local plan = require "prelude.plan"

local provision = {}

local LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"

-- A public key: a name that cannot be guessed from another, not a secret.
local function new_key()
  local letters = {}
  for i, byte in ipairs { string.byte(host.random(20), 1, 20) } do
    local at = byte % #LETTERS + 1
    letters[i] = string.sub(LETTERS, at, at)
  end
  return "pk_" .. table.concat(letters)
end

local function check_zones(found)
  local errors = {}
  for path, zone in pairs(found.zones) do
    if not host.zone_offset(zone, host.now()) then
      errors[#errors + 1] = path .. ": there is no such time zone"
    end
  end
  if #errors > 0 then return nil, errors end
  return found
end

-- options: { name?, plan?, public_key? }
function provision.run(text, options)
  local found, errors = dataset.import(text)
  if found then
    found, errors = check_zones(found)
  end
  local fault = options.plan and plan.fault(options.plan)
  if fault then
    found, errors = nil, { fault }
  end
  if not found then
    for _, line in ipairs(errors) do
      host.emit(line)
    end
    return
  end
  local now, tenant, bot = host.now(), host.new_id "tnt", host.new_id "bot"
  local key = options.public_key or new_key()
  host.write("tenant.create", tenant, options.name or found.tenant.name, "active", found.tenant.settings, now)
  if options.plan then host.write("tenant.set_plan", options.plan) end
  host.write(
    "bot.create",
    bot,
    key,
    found.bot.slug,
    found.bot.name,
    found.bot.settings,
    found.bot.domains,
    now
  )
  for _, row in ipairs(found.rows) do
    host.write("dataset.put", bot, row.kind, row.id, row.position, row.body)
  end
  require("prelude.recordings").arm(bot)
  require("actors.janitor").arm()
  host.emit("tenant " .. tenant)
  host.emit("bot " .. bot)
  host.emit("key " .. key)
end

return provision
