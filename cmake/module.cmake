# SPDX-License-Identifier: AGPL-3.0-or-later
#
# beffroi_module(<folder> SOURCES … USES <folder>… LIBRARIES <library>…): the static library of one folder of src/.
# USES is the folder's row of the include diagram; tests/layers/check repeats it from the sources.
function(beffroi_module name)
  cmake_parse_arguments(ARG "" "" "SOURCES;USES;LIBRARIES;PUBLIC_LIBRARIES" ${ARGN})
  add_library(beffroi_${name} STATIC ${ARG_SOURCES})
  target_include_directories(beffroi_${name} PUBLIC ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/src)
  list(TRANSFORM ARG_USES PREPEND beffroi_)
  target_link_libraries(beffroi_${name} PUBLIC beffroi_settings ${ARG_USES} ${ARG_PUBLIC_LIBRARIES} PRIVATE ${ARG_LIBRARIES})
endfunction()

# beffroi_test(<name> SOURCES … USES <folder>…): one Catch2 program, run by ctest as one test.
function(beffroi_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;USES;LIBRARIES;LABELS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  list(TRANSFORM ARG_USES PREPEND beffroi_)
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  target_compile_definitions(${name} PRIVATE BEFFROI_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  target_link_libraries(${name} PRIVATE beffroi_settings beffroi_catch_main ${ARG_USES} ${ARG_LIBRARIES})
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT 120)
endfunction()
