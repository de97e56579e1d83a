// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What both ends of the control socket need: its address and whole lines over it.
// Thread: any.
#pragma once

#include <sys/un.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace beffroi::admin {

/// Throws std::system_error (ENAMETOOLONG) for a path that no socket can have.
[[nodiscard]] sockaddr_un socketAddress(const std::string& path);

/// Nothing at the end, on an error, a line beyond 16 MiB or after `limit` without an octet.
[[nodiscard]] std::optional<std::string> readLine(int socket, std::chrono::milliseconds limit);
bool writeAll(int socket, std::string_view bytes);

}  // namespace beffroi::admin
