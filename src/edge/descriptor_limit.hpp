// SPDX-License-Identifier: AGPL-3.0-or-later
//
// How many descriptors the process may have, and how many connections that is: the database, name servers, the log and
// the control socket need some that no connection ever gets.
// Thread: loop, at the start.
#pragma once

#include <cstddef>

namespace beffroi::edge {

/// What is kept for everything that is not a connection or listener.
inline constexpr std::size_t kOtherDescriptors = 64;

/// How many connections fit beside `listeners` where the process may have `limit` descriptors; at least one.
[[nodiscard]] std::size_t connectionsThatFit(std::size_t limit, std::size_t listeners) noexcept;

/// Raises the process's soft limit as far as `connections` need it and the hard limit allows, and returns how many can
/// be had: at most as many as asked for. Logs a warning if they are fewer.
[[nodiscard]] std::size_t provideForConnections(std::size_t connections, std::size_t listeners);

}  // namespace beffroi::edge
