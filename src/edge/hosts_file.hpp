// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The names that the machine itself knows: /etc/hosts, read once at the start. c-ares would read it anew for each name,
// on the loop.
// Thread: any, once it is made.
#pragma once

#include "beffroi/socket_address.hpp"

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace beffroi::edge {

class HostsFile {
public:
    /// Lines as of hosts(5); what is none is passed over.
    [[nodiscard]] static HostsFile parse(std::string_view text);
    /// Without names if the file cannot be read.
    [[nodiscard]] static HostsFile read(const std::string& path);

    /// The addresses of `name`, whatever its case, in the order of the file; port 0.
    [[nodiscard]] std::vector<SocketAddress> find(std::string_view name) const;

private:
    std::unordered_map<std::string, std::vector<SocketAddress>> names_;  // lower case
};

}  // namespace beffroi::edge
