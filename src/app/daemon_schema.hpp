// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Every option of the configuration file. Both daemons read the same file, so that each knows the other's options and
// finds the mistakes in all of it.
#pragma once

#include "config/schema.hpp"

namespace beffroi::app {

[[nodiscard]] config::Schema daemonSchema();

}  // namespace beffroi::app
