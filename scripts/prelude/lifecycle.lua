-- The life of a bot's scripts: draft, check, test, rehearse, publish, compare,
-- roll back. The command line (actors/scripts) and the HTTP API
-- (api/client/scripts) call these functions in the tenant's state. What takes
-- long is a study on a thread of its own (host.study). Each gives a table, or
-- nil, message, code; what was written commits with the turn.
local host = require "host"
local json = require "json"
local bundle = require "prelude.bundle"
local identity_secret = require "prelude.identity_secret"
local outbox = require "prelude.outbox"
local secrets = require "prelude.secrets"
local versions = require "prelude.versions"

local lifecycle = {}

local NEWEST <const> = 1 << 52
local HISTORY_MAX <const> = 200
local NOTE_MAX, AUTHOR_MAX = 500, 100

-- The files of a request: its own, those of a version, or the draft's.
local function files_of(bot, request)
  if request.files then return request.files end
  if request.version == 0 then return {} end
  if request.version then
    local rows, message, code = host.query("script.version_files", bot, request.version)
    if not rows then return nil, message, code end
    if not rows[1] then return nil, "there is no version " .. request.version, "not_found" end
    return json.decode(rows[1].files)
  end
  local rows, message, code = host.query("script.draft_get", bot)
  if not rows then return nil, message, code end
  if not rows[1] then return nil, "there is no draft", "not_found" end
  return json.decode(rows[1].files)
end

local function study(bot, op, files, more)
  local request = more or {}
  local known, failure, failure_code = secrets.list(bot)
  if not known then return nil, failure, failure_code end
  request.secrets = json.array {}
  for i, secret in ipairs(known.secrets) do
    request.secrets[i] = secret.name
  end
  request.op, request.bot, request.files, request.stored = op, bot, files, true
  local text, message, code = host.study(json.encode(request))
  if not text then return nil, message, code == "limit" and "busy" or code end
  return json.decode(text)
end

local function studied(op)
  return function(bot, request)
    local files, message, code = files_of(bot, request)
    if not files then return nil, message, code end
    return study(bot, op, files)
  end
end

lifecycle.check = studied "check"
lifecycle.test = studied "test"

-- request: last, and files, version or the draft. own: every recording against
-- the version on which it was made.
function lifecycle.rehearse(bot, request)
  local files, message, code
  if not request.own then
    files, message, code = files_of(bot, request)
    if not files then return nil, message, code end
  end
  return study(bot, "rehearse", files, { last = request.last, own = request.own })
end

function lifecycle.draft_get(bot)
  local rows, message, code = host.query("script.draft_get", bot)
  if not rows then return nil, message, code end
  local row = rows[1]
  if not row then return { files = {}, revision = 0 } end
  return {
    files = json.decode(row.files),
    revision = row.revision,
    author = row.author,
    updated_at = host.rfc3339(row.updated_at),
  }
end

-- revision: the one that was read; another's change in between is a conflict.
function lifecycle.draft_put(bot, request)
  local revision = (request.revision or 0) + 1
  host.write("script.draft_put", bot, json.encode(request.files), revision, request.author, host.now())
  return { revision = revision }
end

local function newest_release(bot)
  local rows, message, code = host.query("script.release_list", bot, NEWEST, 1)
  if not rows then return nil, message, code end
  return rows[1] or { number = 0, main = 0, trial = 0, share = 0, arm = 0 }
end

-- A release is written; the tenant's state follows when it is committed.
local function release(bot, kind, now, request)
  host.write(
    "script.release_put",
    bot,
    now.number,
    kind,
    now.main,
    now.trial,
    now.share,
    now.arm,
    string.sub(request.author or "", 1, AUTHOR_MAX),
    string.sub(request.note or "", 1, NOTE_MAX),
    host.now()
  )
  outbox.event({}, "script.published", {
    bot = bot,
    release = now.number,
    kind = kind,
    version = now.main,
    trial = now.trial ~= 0 and now.trial or nil,
    share = now.trial ~= 0 and now.share or nil,
    author = request.author,
  })
  host.send("tenant", "tenant", "scripts " .. bot)
  return { release = now.number, kind = kind, version = now.main, trial = now.trial, share = now.share }
end

local function hash_of(files)
  local parts = {}
  for path, text in pairs(files) do -- in the order of their names
    parts[#parts + 1] = ("%d:%s%d:%s"):format(#path, path, #text, text)
  end
  return host.sha256(table.concat(parts))
end

-- The same files are the same version.
local function version_of(bot, files, request)
  local hash = hash_of(files)
  local rows, message, code = host.query("script.version_by_hash", bot, hash)
  if not rows then return nil, message, code end
  if rows[1] then return rows[1].number, hash end
  rows, message, code = host.query("script.version_newest", bot)
  if not rows then return nil, message, code end
  local number = rows[1].number + 1
  host.write(
    "script.version_put",
    bot,
    number,
    hash,
    json.encode(files),
    string.sub(request.author or "", 1, AUTHOR_MAX),
    string.sub(request.note or "", 1, NOTE_MAX),
    host.now()
  )
  return number, hash
end

-- request: files or the draft; author, note; share: percent of new
-- conversations, all when left out. Checked and tested first.
function lifecycle.publish(bot, request)
  local files, message, code = files_of(bot, request)
  if not files then return nil, message, code end
  local report
  report, message, code = study(bot, "publish", files)
  if not report then return nil, message, code end
  if not report.ok then return { ok = false, report = report } end
  local now
  now, message, code = newest_release(bot)
  if not now then return nil, message, code end
  local number, hash = version_of(bot, files, request)
  if not number then return nil, hash, "unavailable" end
  local share = request.share
  local next_release = { number = now.number + 1, main = number, trial = 0, share = 0, arm = 0 }
  if share and share < 100 then
    next_release.main, next_release.trial, next_release.share = now.main, number, share
    next_release.arm = now.trial ~= 0 and now.arm or next_release.number
  end
  local result = release(bot, next_release.trial ~= 0 and "trial" or "publish", next_release, request)
  result.ok, result.hash, result.number = true, hash, number
  result.report = report
  return result
end

-- request.to: a version that is to be live for all, 0 for the stock scripts;
-- left out: what was live before the release that is live now. One step.
function lifecycle.rollback(bot, request)
  local rows, message, code = host.query("script.release_list", bot, NEWEST, HISTORY_MAX)
  if not rows then return nil, message, code end
  local now = rows[1]
  if not now then return nil, "nothing was published yet", "not_found" end
  local to = { number = now.number + 1, main = request.to, trial = 0, share = 0, arm = 0 }
  if not request.to then
    local before
    for i = 2, #rows do
      local row = rows[i]
      if not before and (row.main ~= now.main or row.trial ~= now.trial) then before = row end
    end
    before = before or { main = 0, trial = 0, share = 0, arm = 0 }
    to.main = before.main
  elseif request.to ~= 0 then
    rows, message, code = host.query("script.version_files", bot, request.to)
    if not rows then return nil, message, code end
    if not rows[1] then return nil, "there is no version " .. request.to, "not_found" end
  end
  local result = release(bot, "rollback", to, request)
  result.ok = true
  return result
end

lifecycle.versions = versions.list
lifecycle.secret_list = secrets.list
lifecycle.secret_set = secrets.set
lifecycle.secret_remove = secrets.remove
lifecycle.identity_status = identity_secret.status
lifecycle.identity_rotate = identity_secret.rotate
lifecycle.identity_off = identity_secret.remove

-- The changes between two versions and how conversations on them went.
function lifecycle.compare(bot, request)
  if not (request.from and request.to) then return nil, "which two: from and to", "invalid" end
  local from, message, code = files_of(bot, { version = request.from })
  if not from then return nil, message, code end
  local to
  to, message, code = files_of(bot, { version = request.to })
  if not to then return nil, message, code end
  local outcome
  outcome, message, code = versions.outcomes(bot)
  if not outcome then return nil, message, code end
  local stock = bundle.current()
  local result = versions.differences(
    { files = from, registry = bundle.over(stock, from, request.from, bot) },
    { files = to, registry = bundle.over(stock, to, request.to, bot) }
  )
  result.from, result.to = request.from, request.to
  result.outcome = { from = outcome(request.from), to = outcome(request.to) }
  return result
end

return lifecycle
