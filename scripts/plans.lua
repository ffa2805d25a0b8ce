-- The plans that an account may have: what its scripts and its visitors' files
-- may take. An operator changes them in a folder of their own scripts; a
-- reload puts that in force. "standard" is the plan of an account that has no
-- other; what a plan leaves out is as in "standard", and what that leaves out
-- is the server's setting (tenant-cpu-seconds, tenant-memory-mb).
--
-- cpu_seconds   CPU time of all turns in a minute; 0: no limit
-- memory_mb     of its scripts and conversations, at least 4
-- log_lines     lines a minute, of a bot's script log and in the server's log
-- host_calls    calls of the platform in one turn
-- keys          that scripts keep with `store` for a bot
-- visitor_keys  the same for one visitor
-- file_mb       of one file that a visitor sends
-- files_mb      of all files of the account
-- ledger_days     so long events, deliveries and the log of mails are kept; 30
-- recording_days  so long conversations can be rehearsed; 30
-- tracking      what may be kept of a visit: 0 nothing, 1 basic, 2 deep facts
return {
  standard = {
    log_lines = 120,
    host_calls = 20000,
    keys = 1000,
    visitor_keys = 50,
    file_mb = 10,
    files_mb = 500,
    tracking = 2,
  },
  small = {
    cpu_seconds = 5,
    memory_mb = 16,
    log_lines = 60,
    host_calls = 5000,
    keys = 200,
    visitor_keys = 20,
    file_mb = 5,
    files_mb = 50,
    tracking = 1,
  },
  large = {
    cpu_seconds = 60,
    memory_mb = 256,
    log_lines = 600,
    host_calls = 50000,
    keys = 10000,
    visitor_keys = 200,
    file_mb = 25,
    files_mb = 10000,
  },
}
