# SPDX-License-Identifier: AGPL-3.0-or-later
#
# The libraries, each under one name. The Debian packages that hold them are listed in packaging/dependencies.txt.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(spdlog REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(date REQUIRED)
find_library(Soci_CORE soci_core REQUIRED)
find_library(Soci_SQLITE soci_sqlite3 REQUIRED)
pkg_check_modules(BelleSip REQUIRED IMPORTED_TARGET belle-sip)
pkg_check_modules(Bctoolbox REQUIRED IMPORTED_TARGET bctoolbox)
pkg_check_modules(Mediastreamer REQUIRED IMPORTED_TARGET mediastreamer ortp)
pkg_check_modules(Cares REQUIRED IMPORTED_TARGET libcares)
pkg_check_modules(Openssl REQUIRED IMPORTED_TARGET openssl)
pkg_check_modules(Systemd REQUIRED IMPORTED_TARGET libsystemd)
pkg_check_modules(Tomlplusplus REQUIRED IMPORTED_TARGET tomlplusplus)
pkg_check_modules(Sqlite REQUIRED IMPORTED_TARGET sqlite3)
pkg_check_modules(Sodium REQUIRED IMPORTED_TARGET libsodium)
