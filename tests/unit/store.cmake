# The store. Tests that run on both databases run on SQLite alone by
# themselves, and once more, with those for PostgreSQL, in "store_postgres".
add_library(store_kit STATIC ${CMAKE_SOURCE_DIR}/tests/unit/store_kit.c)
target_link_libraries(store_kit PUBLIC azk_store)
unit_test(encode azk_store)
unit_test(statements azk_store)
unit_test(queue azk_store)
unit_test(migrate store_kit)
unit_test(store store_kit)
unit_test(sqlite store_kit)
target_sources(test_sqlite PRIVATE ${CMAKE_SOURCE_DIR}/tests/unit/faulty_vfs.c)
set_tests_properties(store migrate PROPERTIES ENVIRONMENT_MODIFICATION "AZENTIKO_TEST_PG=unset:")

# It kills its server, so it has one of its own.
add_executable(test_postgres ${CMAKE_SOURCE_DIR}/tests/unit/test_postgres.c)
target_link_libraries(test_postgres PRIVATE store_kit PkgConfig::CMOCKA)
add_test(NAME store_postgres COMMAND ${CMAKE_SOURCE_DIR}/tests/pg run
         sh -e -c "$<TARGET_FILE:test_store>\n$<TARGET_FILE:test_migrate>\n$<TARGET_FILE:test_postgres>")
set_tests_properties(store_postgres PROPERTIES TIMEOUT 180)
