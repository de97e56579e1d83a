// SPDX-License-Identifier: AGPL-3.0-or-later
#include "gateway/gateway_table.hpp"

#include <algorithm>

namespace beffroi::gateway {

GatewayTable::GatewayTable(std::shared_ptr<const DirectorySnapshot> directory) : directory_{std::move(directory)} {
    for (const auto& [id, gateway] : directory_->gateways) {
        for (const auto& text : gateway.sources) {
            if (const auto network = AddressRange::parse(text)) sources_.push_back({*network, &gateway});
        }
    }
    std::sort(sources_.begin(), sources_.end(), [](const Source& a, const Source& b) {
        return a.network.bits() != b.network.bits() ? a.network.bits() > b.network.bits()
                                                    : a.gateway->id < b.gateway->id;
    });
}

const Gateway* GatewayTable::at(const SocketAddress& address) const noexcept {
    const auto contains = [&address](const Source& source) { return source.network.contains(address); };
    const auto found = std::find_if(sources_.begin(), sources_.end(), contains);
    return found == sources_.end() ? nullptr : found->gateway;
}

const Gateway* GatewayTable::find(std::string_view id) const {
    if (!directory_) return nullptr;
    const auto found = directory_->gateways.find(id);
    return found == directory_->gateways.end() ? nullptr : &found->second;
}

std::vector<AddressRange> GatewayTable::networks() const {
    std::vector<AddressRange> networks;
    networks.reserve(sources_.size());
    for (const auto& source : sources_) networks.push_back(source.network);
    return networks;
}

std::vector<std::string> nextHops(const Gateway& gateway) {
    return gateway.uri.empty() ? std::vector<std::string>{} : std::vector{gateway.uri};
}

}  // namespace beffroi::gateway
