-- /v1/leads
return require "api.followup_routes" "lead"
