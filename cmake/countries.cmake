# SPDX-License-Identifier: AGPL-3.0-or-later
#
# What is known of countries: config/countries, copied to share/beffroi/countries of the build folder, so that the
# programs find it beside themselves before and after they are installed.
file(GLOB countries CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/config/countries/*.toml)
foreach(country ${countries})
  cmake_path(GET country FILENAME name)
  configure_file(${country} ${PROJECT_BINARY_DIR}/share/beffroi/countries/${name} COPYONLY)
endforeach()
install(FILES ${countries} DESTINATION ${CMAKE_INSTALL_DATADIR}/beffroi/countries)
