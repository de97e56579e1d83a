// SPDX-License-Identifier: AGPL-3.0-or-later
#include "guard/nftables_script.hpp"

#include <algorithm>

namespace beffroi::guard {
namespace {

std::string elementsOf(const std::vector<Ban>& bans, Clock::WallTime now, bool v6) {
    std::string text;
    std::vector<AddressRange> written;
    for (const auto& ban : bans) {
        if (!ban.isOfHost() || ban.range.network().isV6() != v6 || ban.until <= now) continue;
        const auto covered = [&ban](const AddressRange& range) { return range.contains(ban.range); };
        if (std::any_of(written.begin(), written.end(), covered)) continue;
        written.push_back(ban.range);
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

std::string nftablesScript(const std::vector<Ban>& bans, Clock::WallTime now) {
    auto widestFirst = bans;
    std::stable_sort(widestFirst.begin(), widestFirst.end(),
                     [](const Ban& a, const Ban& b) { return a.range.bits() < b.range.bits(); });
    std::string script{
        "table inet beffroi {\n"
        "    set banned_v4 {\n        type ipv4_addr\n        flags interval, timeout\n    }\n"
        "    set banned_v6 {\n        type ipv6_addr\n        flags interval, timeout\n    }\n"
        "}\n"};
    appendSet(script, "banned_v4", elementsOf(widestFirst, now, false));
    appendSet(script, "banned_v6", elementsOf(widestFirst, now, true));
    return script;
}

}  // namespace beffroi::guard
