# The deterministic simulation. tests/sim/run runs many seeds; ctest a few,
# and some twice, because a seed that is not its run could not be replayed.
if(TARGET azk_play)
  file(GLOB sim_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/sim/*.c)
  add_executable(sim ${sim_sources})
  target_include_directories(sim PRIVATE ${CMAKE_SOURCE_DIR}/tests/sim)
  target_compile_definitions(sim PRIVATE SIM_SOURCE="${CMAKE_SOURCE_DIR}")
  target_link_libraries(sim PRIVATE azk_play)
  add_test(NAME sim COMMAND sim --seeds 40)
  add_test(NAME sim_repeat COMMAND sim --first 41 --seeds 10 --repeat)
  set_tests_properties(sim sim_repeat PROPERTIES TIMEOUT 300)
endif()
