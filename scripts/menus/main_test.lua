-- The first menu leads to a person, whatever else is on it.
return {
  ["there is a way to a person"] = function(t)
    local found
    for _, item in ipairs(t.menu("main").items) do
      found = found or item.go == "human" or item.go == "@handover"
    end
    t.truthy(found)
  end,
}
