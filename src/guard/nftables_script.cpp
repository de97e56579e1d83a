// SPDX-License-Identifier: AGPL-3.0-or-later
#include "guard/nftables_script.hpp"

#include <algorithm>
#include <utility>

namespace beffroi::guard {
namespace {

// By address, of the same address the widest first: what lies within another then stands behind it.
bool before(const HostBan& a, const HostBan& b) {
    const auto& x = a.range;
    const auto& y = b.range;
    if (x.network().isV6() != y.network().isV6()) return y.network().isV6();
    if (x.network().octets() != y.network().octets()) return x.network().octets() < y.network().octets();
    return x.bits() < y.bits();
}

void dropCovered(std::vector<HostBan>& sorted) {
    const HostBan* last = nullptr;
    std::vector<HostBan> kept;
    for (const auto& ban : sorted) {
        if (last != nullptr && last->range.contains(ban.range)) continue;
        last = &ban;
        kept.push_back(ban);
    }
    sorted = std::move(kept);
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

std::string nftablesScript(std::vector<HostBan> bans, Clock::WallTime now) {
    std::erase_if(bans, [now](const HostBan& ban) { return ban.until <= now; });
    std::sort(bans.begin(), bans.end(), before);
    dropCovered(bans);
    std::string script{
        "table inet beffroi {\n"
        "    set banned_v4 {\n        type ipv4_addr\n        flags interval, timeout\n    }\n"
        "    set banned_v6 {\n        type ipv6_addr\n        flags interval, timeout\n    }\n"
        "}\n"};
    appendSet(script, "banned_v4", elementsOf(bans, now, false));
    appendSet(script, "banned_v6", elementsOf(bans, now, true));
    return script;
}

}  // namespace beffroi::guard
