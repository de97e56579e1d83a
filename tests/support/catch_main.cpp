// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Catch2's own main, compiled once for all test programs.
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
