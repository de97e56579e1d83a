// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The other end of the control socket: what the command line uses.
// Thread: any; blocks.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <chrono>
#include <string>

namespace beffroi::admin {

/// Sends `request` to the daemon that listens on `path` and returns its answer. Throws std::system_error if nobody
/// listens there and std::runtime_error if no answer comes in time.
[[nodiscard]] nlohmann::json ask(const std::string& path, const nlohmann::json& request,
                                 std::chrono::seconds limit = std::chrono::seconds{30});

}  // namespace beffroi::admin
