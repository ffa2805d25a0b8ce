# Programs of ./dev bench; tests/bench/run starts them.
set(bench ${CMAKE_SOURCE_DIR}/tests/bench)
add_executable(azk_load ${bench}/load.c ${bench}/load_run.c ${bench}/ws_client.c ${bench}/histogram.c
                        ${bench}/process.c)
target_link_libraries(azk_load PRIVATE PkgConfig::UV)
add_executable(raw_echo ${bench}/raw_echo.c)
target_link_libraries(raw_echo PRIVATE PkgConfig::UV PkgConfig::SSL)
if(TARGET azk_net)
  add_executable(net_echo ${bench}/net_echo.c)
  target_link_libraries(net_echo PRIVATE azk_net)
endif()
