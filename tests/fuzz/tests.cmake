fuzzer(http azk_net)
fuzzer(websocket azk_net)
fuzzer(conn azk_net)
fuzzer(sse_parser azk_out)
# What visitors send as files, and what the process that looked at one answers.
fuzzer(inspect azk_helper)
fuzzer(cell azk_helper)

# lua-cjson, mended by a checker: the reference for the server's own JSON reader.
add_library(json_reference STATIC ${CMAKE_CURRENT_LIST_DIR}/json_reference.c ${CMAKE_CURRENT_LIST_DIR}/json_check.c)
target_include_directories(json_reference PUBLIC ${CMAKE_CURRENT_LIST_DIR})
target_link_libraries(json_reference PUBLIC azk_vm ${CJSON_LIB} lua)
fuzzer(json json_reference)
fuzzer(match lua_twin)
