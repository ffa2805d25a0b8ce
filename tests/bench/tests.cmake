# Programs of ./dev bench; tests/bench/run starts them.
set(bench ${CMAKE_SOURCE_DIR}/tests/bench)
add_executable(azk_load ${bench}/load.c ${bench}/load_run.c ${bench}/ws_client.c ${bench}/histogram.c
                        ${bench}/process.c)
target_link_libraries(azk_load PRIVATE PkgConfig::UV)
