// SPDX-License-Identifier: AGPL-3.0-or-later
#include "proxy/line_usage.hpp"

namespace beffroi::proxy {
namespace {

template <typename Map>
auto& at(Map& map, std::string_view name) {
    const auto found = map.find(name);
    return found == map.end() ? map[std::string{name}] : found->second;
}

template <typename Map>
std::uint32_t countOf(const Map& map, std::string_view name) {
    const auto found = map.find(name);
    return found == map.end() ? 0 : found->second;
}

template <typename Map>
void takeOne(Map& map, std::string_view name) {
    const auto found = map.find(name);
    if (found != map.end() && --found->second == 0) map.erase(found);
}

}  // namespace

LineUsage::Hold LineUsage::hold(std::string extension, std::string account) {
    if (extension.empty()) return {};
    Hold::Side side{std::move(extension), std::move(account), {}, 0};
    ++at(lines_, side.extension).calls;
    if (!side.account.empty()) {
        auto& telephone = at(telephones_, side.account);
        if (telephone.calls.empty()) telephone.start = ++starts_;
        ++at(telephone.calls, side.extension);
        side.start = telephone.start;
    }
    return {self_, std::move(side)};
}

LineUsage::Hold LineUsage::holdGateway(std::string gateway) {
    if (gateway.empty()) return {};
    ++at(gateways_, gateway);
    return {self_, {{}, {}, std::move(gateway), 0}};
}

void LineUsage::groupCalled(std::string_view group) { ++at(groups_, group); }

void LineUsage::telephoneStarted(std::string_view account) {
    const auto found = telephones_.find(account);
    if (found == telephones_.end()) return;
    const auto calls = std::move(found->second.calls);
    telephones_.erase(found);
    for (const auto& [extension, count] : calls) leave(extension, count);
}

void LineUsage::release(const Hold::Side& side) {
    if (!side.gateway.empty()) return takeOne(gateways_, side.gateway);
    if (!side.account.empty()) {
        const auto telephone = telephones_.find(side.account);
        if (telephone == telephones_.end() || telephone->second.start != side.start) return;  // it has started again
        takeOne(telephone->second.calls, side.extension);
        if (telephone->second.calls.empty()) telephones_.erase(telephone);
    }
    leave(side.extension, 1);
}

void LineUsage::leave(std::string_view extension, std::uint32_t calls) {
    auto& line = at(lines_, extension);
    line.calls -= calls;
    line.idleSince = clock_.wallNow();
}

std::uint32_t LineUsage::callsAt(std::string_view extension) const {
    const auto found = lines_.find(extension);
    return found == lines_.end() ? 0 : found->second.calls;
}

Clock::WallTime LineUsage::idleSince(std::string_view extension) const {
    const auto found = lines_.find(extension);
    return found == lines_.end() ? Clock::WallTime{} : found->second.idleSince;
}

std::uint32_t LineUsage::callsOf(std::string_view group) const { return countOf(groups_, group); }

std::uint32_t LineUsage::callsBy(std::string_view gateway) const { return countOf(gateways_, gateway); }

}  // namespace beffroi::proxy
