-- /v1/account: whose key this is.
local host = require "host"
local json = require "json"
local shapes = require "api.shapes"

local function get(request)
  local rows, message, code = host.query "tenant.get"
  if not rows then return nil, message, code end
  local tenant = rows[1]
  if not tenant then return nil, nil, "not_found" end
  return 200,
    {
      id = tenant.public_id,
      name = tenant.name,
      status = tenant.status,
      created_at = host.rfc3339(tenant.created_at),
      mail = host.setting "mail_from" and "on" or "off",
      key = { id = request.key.id, scopes = json.array(request.key.scopes) },
    }
end

return {
  {
    method = "GET",
    path = "/v1/account",
    summary = "The account and the key of this request",
    responses = {
      [200] = {
        description = "The account",
        schema = shapes.object {
          id = shapes.id "tnt",
          name = shapes.text(200),
          status = { type = "string", enum = { "active", "suspended" } },
          created_at = shapes.time(),
          mail = {
            type = "string",
            enum = { "on", "off" },
            description = "`off` where the server sends no mail: what would be mailed is noted as not sent.",
          },
          key = shapes.object { id = shapes.id "key", scopes = shapes.list(shapes.text(60), 40) },
        },
      },
    },
    run = get,
  },
}
