-- Results of studies and of the life of scripts as a person reads them, on a
-- terminal or pasted into a review.
local json = require "json"
local rehearsal_report = require "runtime.play.rehearsal_report"

local tool = ...

local out

local function add(format, ...) out[#out + 1] = select("#", ...) > 0 and format:format(...) or format end

local function place(finding)
  if finding.file == "" then return "" end
  return ("%s:%d: "):format(finding.file, finding.line)
end

local function count(n, noun) return ("%d %s%s"):format(n, noun, n == 1 and "" or "s") end

local function add_check(result)
  local errors, warnings = 0, 0
  for _, finding in ipairs(result.findings) do
    if finding.level == "error" then
      errors = errors + 1
    else
      warnings = warnings + 1
    end
    local level = finding.level == "error" and "" or "warning: "
    add("%s%s%s", place(finding), level, finding.text)
    if finding.hint then add("    %s", finding.hint) end
  end
  if errors + warnings > 0 then
    add("%s, %s", count(errors, "error"), count(warnings, "warning"))
  else
    add("no faults in %s", count(result.declared or 0, "declaration"))
  end
end

local function add_test(result)
  if result.check then add_check(result.check) end
  for _, play in ipairs(result.plays or {}) do
    add(play.ok and "ok %s" or "FAILED %s %s", play.name, play.error)
  end
  if result.passed then add("%d passed, %d failed", result.passed, result.failed) end
end

local function add_rehearsal(result)
  if result.check then add_check(result.check) end
  if result.conversations then rehearsal_report(result, add, count) end
end

local function add_release(result)
  if result.trial and result.trial ~= 0 then
    add(
      "release %d: version %d for %d %% of new conversations, version %d for the others",
      result.release,
      result.trial,
      result.share,
      result.version
    )
  elseif result.version == 0 then
    add("release %d: the stock scripts alone", result.release)
  else
    add("release %d: version %d is live", result.release, result.version)
  end
end

local function add_publish(result)
  if result.report then add_test(result.report) end
  if not result.ok then return add "nothing was published" end
  add("version %d, %s", result.number, result.hash:sub(1, 12))
  add_release(result)
end

local function add_versions(result)
  for _, v in ipairs(result.versions) do
    add(
      "version %d  %s  %s  %s%s",
      v.version,
      v.hash:sub(1, 12),
      v.created_at:sub(1, 16),
      v.author,
      v.note ~= "" and "  " .. v.note or ""
    )
    add(
      "    %s%s, %s, %s",
      v.live > 0 and ("live for %d %%, "):format(v.live) or "",
      count(v.conversations, "conversation"),
      count(v.open_dialogs, "open dialog"),
      count(v.recorded_dialogs, "recorded dialog")
    )
  end
  if #result.versions == 0 then add "no versions" end
  for _, r in ipairs(result.releases) do
    local what = r.version == 0 and "stock scripts" or "version " .. r.version
    if r.trial then what = ("%s, version %d for %d %%"):format(what, r.trial, r.share) end
    add(
      "release %d  %s  %s  %s  %s%s",
      r.number,
      r.at:sub(1, 16),
      r.kind,
      what,
      r.author,
      r.note ~= "" and "  " .. r.note or ""
    )
  end
end

local function outcome_line(name, use)
  local dialogs = {}
  for outcome, n in pairs(use.dialogs) do
    dialogs[#dialogs + 1] = ("%d %s"):format(n, outcome)
  end
  table.sort(dialogs)
  add(
    "version %s: %s, %d handed over; dialogs: %s",
    name,
    count(use.conversations, "conversation"),
    use.handed_over,
    dialogs[1] and table.concat(dialogs, ", ") or "none"
  )
end

local function add_compare(result)
  for _, file in ipairs(result.files) do
    local lines = file.lines and file.lines ~= 0 and (" (%+d lines)"):format(file.lines) or ""
    add("%s %s%s", file.change, file.path, lines)
  end
  for _, d in ipairs(result.declarations) do
    add("%s %s '%s'", d.change, d.kind, d.name)
  end
  if #result.files + #result.declarations == 0 then add "no difference" end
  outcome_line(result.from, result.outcome.from)
  outcome_line(result.to, result.outcome.to)
end

local function add_secrets(result)
  for _, secret in ipairs(result.secrets or {}) do
    add("%s  %s  %s", secret.name, secret.updated_at:sub(1, 16), secret.author)
  end
  if result.secrets and #result.secrets == 0 then add "no secrets" end
end

local function add_identity(result)
  add(result.enabled and "visitors can be identified" or "visitors cannot be identified: there is no secret")
  if result.secret then add("secret %s", result.secret) end
  if result.old_secret_until then add("the secret before it is good until %s", result.old_secret_until) end
end

local reports = {
  check = add_check,
  test = add_test,
  rehearse = add_rehearsal,
  publish = add_publish,
  versions = add_versions,
  rollback = add_release,
  compare = add_compare,
  secret_list = add_secrets,
  identity_status = add_identity,
  identity_rotate = add_identity,
  identity_off = add_identity,
  secret_set = function(result) add("%s is set", result.name) end,
  secret_remove = function(result) add("%s is removed", result.name) end,
}

return {
  -- input: JSON { op, result }
  print = function(input)
    local request = assert(json.decode(input))
    out = {}
    reports[request.op](request.result)
    tool.print(table.concat(out, "\n") .. "\n")
    return true
  end,
}
