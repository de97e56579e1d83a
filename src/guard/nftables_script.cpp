// SPDX-License-Identifier: AGPL-3.0-or-later
#include "guard/nftables_script.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace beffroi::guard {
namespace {

const AddressRange& rangeOf(const HostBan& ban) { return ban.range; }
const AddressRange& rangeOf(const AddressRange& range) { return range; }

// By address, of the same address the widest first: what lies within another then stands behind it.
bool before(const AddressRange& a, const AddressRange& b) {
    if (a.network().isV6() != b.network().isV6()) return b.network().isV6();
    if (a.network().octets() != b.network().octets()) return a.network().octets() < b.network().octets();
    return a.bits() < b.bits();
}

// Sorted, and none within another one: nft takes no intervals that overlap.
template <typename Element>
std::vector<Element> disjoint(std::vector<Element> list) {
    std::sort(list.begin(), list.end(),
              [](const Element& a, const Element& b) { return before(rangeOf(a), rangeOf(b)); });
    std::vector<Element> kept;
    for (auto& element : list) {
        if (kept.empty() || !rangeOf(kept.back()).contains(rangeOf(element))) kept.push_back(std::move(element));
    }
    return kept;
}

// The bans are disjoint: a range overlaps with its neighbours in the order of the bans, or with none.
bool overlaps(const AddressRange& range, const std::vector<HostBan>& bans) {
    const auto next = std::upper_bound(bans.begin(), bans.end(), range,
                                       [](const AddressRange& a, const HostBan& b) { return before(a, b.range); });
    if (next != bans.end() && range.contains(next->range)) return true;
    return next != bans.begin() && std::prev(next)->range.contains(range);
}

std::string elementsOf(const std::vector<AddressRange>& ranges, bool v6) {
    std::string text;
    for (const auto& range : ranges) {
        if (range.network().isV6() == v6) text.append(text.empty() ? "" : ",\n    ").append(range.toString());
    }
    return text;
}

std::string elementsOf(const std::vector<HostBan>& bans, Clock::WallTime now, bool v6) {
    std::string text;
    for (const auto& ban : bans) {
        if (ban.range.network().isV6() != v6) continue;
        text.append(text.empty() ? "" : ",\n    ").append(ban.range.toString());
        if (ban.until == Ban::kForever) continue;
        const auto left = std::chrono::ceil<std::chrono::seconds>(ban.until - now).count();
        text.append(" timeout ").append(std::to_string(left)).append(1, 's');
    }
    return text;
}

void appendSet(std::string& script, const std::string& name, const std::string& elements) {
    script.append("flush set inet beffroi ").append(name).append(1, '\n');
    if (elements.empty()) return;
    script.append("add element inet beffroi ").append(name).append(" {\n    ").append(elements).append("\n}\n");
}

}  // namespace

std::string nftablesScript(std::vector<HostBan> bans, std::vector<AddressRange> spared, Clock::WallTime now) {
    std::erase_if(bans, [now](const HostBan& ban) { return ban.until <= now; });
    bans = disjoint(std::move(bans));
    std::erase_if(spared, [&bans](const AddressRange& range) { return !overlaps(range, bans); });
    spared = disjoint(std::move(spared));
    std::string script{
        "table inet beffroi {\n"
        "    set banned_v4 {\n        type ipv4_addr\n        flags interval, timeout\n    }\n"
        "    set banned_v6 {\n        type ipv6_addr\n        flags interval, timeout\n    }\n"
        "    set spared_v4 {\n        type ipv4_addr\n        flags interval\n    }\n"
        "    set spared_v6 {\n        type ipv6_addr\n        flags interval\n    }\n"
        "}\n"};
    appendSet(script, "spared_v4", elementsOf(spared, false));
    appendSet(script, "spared_v6", elementsOf(spared, true));
    appendSet(script, "banned_v4", elementsOf(bans, now, false));
    appendSet(script, "banned_v6", elementsOf(bans, now, true));
    return script;
}

}  // namespace beffroi::guard
