// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The gateways of a plan as calls need them: whose an address is, and the next hops of each. Made anew for each
// revision of the plan.
// Thread: loop.
#pragma once

#include "beffroi/address_range.hpp"
#include "beffroi/directory.hpp"
#include "beffroi/socket_address.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace beffroi::gateway {

class GatewayTable {
public:
    GatewayTable() = default;
    explicit GatewayTable(std::shared_ptr<const DirectorySnapshot> directory);

    /// The gateway within whose `sources` the address is, the narrowest network of all; null: nobody's.
    [[nodiscard]] const Gateway* at(const SocketAddress& address) const noexcept;
    [[nodiscard]] const Gateway* find(std::string_view id) const;

    /// The networks of all of them.
    [[nodiscard]] std::vector<AddressRange> networks() const;

    /// True if it was made of this very snapshot.
    [[nodiscard]] bool isOf(const std::shared_ptr<const DirectorySnapshot>& directory) const noexcept {
        return directory_ == directory;
    }

private:
    struct Source {
        AddressRange network;
        const Gateway* gateway;
    };
    std::shared_ptr<const DirectorySnapshot> directory_;
    std::vector<Source> sources_;  // the narrowest first
};

/// The URIs by which a gateway is tried, in order. One for now; more when accesses have several.
[[nodiscard]] std::vector<std::string> nextHops(const Gateway& gateway);

}  // namespace beffroi::gateway
