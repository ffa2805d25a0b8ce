-- /v1/callbacks
return require "api.followup_routes" "callback"
