-- /v1/tickets
return require "api.followup_routes" "ticket"
