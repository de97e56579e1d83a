# SPDX-License-Identifier: AGPL-3.0-or-later
#
# What a build may choose, and the compiler settings that every target shares.
option(BEFFROI_TESTS "Build the tests" ON)
option(BEFFROI_BENCH "Build the benchmarks" OFF)
option(BEFFROI_FUZZ "Build the fuzz targets (needs clang)" OFF)
option(BEFFROI_WERROR "Treat warnings as errors" ON)
set(BEFFROI_SANITIZE "" CACHE STRING "Sanitizers, as -fsanitize= takes them: address,undefined or thread")

find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

add_library(beffroi_settings INTERFACE)
target_compile_options(beffroi_settings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wold-style-cast
                                                  -Woverloaded-virtual -fno-omit-frame-pointer)
if(BEFFROI_WERROR)
  target_compile_options(beffroi_settings INTERFACE -Werror)
endif()
if(CMAKE_CXX_COMPILER_ID MATCHES Clang)
  target_compile_options(beffroi_settings INTERFACE -Wthread-safety)
endif()
if(BEFFROI_SANITIZE)
  # Debian's SOCI hides the type information that the check of virtual calls (vptr) asks of its classes.
  target_compile_options(beffroi_settings INTERFACE -fsanitize=${BEFFROI_SANITIZE} -fno-sanitize-recover=all -fno-sanitize=vptr)
  target_link_options(beffroi_settings INTERFACE -fsanitize=${BEFFROI_SANITIZE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
    # g++ 12 sees uninitialised variants where the sanitizer's own checks hide the initialisation.
    target_compile_options(beffroi_settings INTERFACE -Wno-maybe-uninitialized)
  endif()
else()
  target_compile_options(beffroi_settings INTERFACE $<$<CONFIG:Release,RelWithDebInfo>:-D_FORTIFY_SOURCE=2> -fstack-protector-strong)
  target_link_options(beffroi_settings INTERFACE -Wl,-z,relro,-z,now)
endif()
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
