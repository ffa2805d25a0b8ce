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

-- What a file says, once it is fine; nil when what is wrong with it was told.
local function read(text, fault)
  local found, errors = dataset.import(text)
  if found then
    found, errors = check_zones(found)
  end
  if fault then
    found, errors = nil, { fault }
  end
  for _, line in ipairs(errors or {}) do
    host.emit(line)
  end
  return found
end

local function make_bot(found, public_key)
  local now, bot, key = host.now(), host.new_id "bot", public_key or new_key()
  local about = found.bot
  host.write("bot.create", bot, key, about.slug, about.name, about.settings, about.domains, now)
  for _, row in ipairs(found.rows) do
    host.write("dataset.put", bot, row.kind, row.id, row.position, row.body)
  end
  require("prelude.recordings").arm(bot)
  host.emit("bot " .. bot)
  host.emit("key " .. key)
end

-- options: { name?, plan?, public_key? }
function provision.run(text, options)
  local found = read(text, options.plan and plan.fault(options.plan))
  if not found then return end
  local now, tenant = host.now(), host.new_id "tnt"
  host.write("tenant.create", tenant, options.name or found.tenant.name, "active", found.tenant.settings, now)
  if options.plan then host.write("tenant.set_plan", options.plan) end
  host.emit("tenant " .. tenant)
  make_bot(found, options.public_key)
  require("actors.janitor").arm()
end

-- Another bot of the tenant whose turn this is, with a business of its own.
function provision.add_bot(text)
  local found = read(text)
  if found then make_bot(found) end
end

return provision
