// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Any text as addresses, networks and bans: what is taken is written and read as the same; an address is banned if and
// only if a ban that was added covers it; and the script for nft has lines of a few forms only, the ones that the
// loader lets pass (packaging/nftables/beffroi-bans-load), whatever anybody wrote.
//
// One item a line: a range or address, then the account, after a blank.

#include "base/assert.hpp"
#include "guard/ban_list.hpp"
#include "guard/nftables_script.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace beffroi;
using namespace beffroi::guard;

constexpr Clock::WallTime kNow = std::chrono::sys_days{std::chrono::year{2027} / 5 / 3};
constexpr std::size_t kMost = 64;

void checkAddress(std::string_view text) {
    if (const auto address = SocketAddress::parse(text, 5060)) {
        BEFFROI_ASSERT(address->isSet() && SocketAddress::parse(address->host(), 5060) == address);
        BEFFROI_ASSERT(SocketAddress::parseWithPort(address->toString()) == address);
        BEFFROI_ASSERT(AddressRange::site(*address).contains(*address));
    }
    if (const auto address = SocketAddress::parseWithPort(text)) {
        BEFFROI_ASSERT(SocketAddress::parseWithPort(address->toString()) == address);
    }
}

// "    [0-9a-f.:]+(/[0-9]+)?( timeout [0-9]+s)?,?"
bool isElement(std::string_view line) {
    const auto skip = [&line](std::string_view set) {
        const auto end = std::min(line.find_first_not_of(set), line.size());
        line.remove_prefix(end);
        return end > 0;
    };
    const auto eat = [&line](std::string_view word) {
        const bool there = line.starts_with(word);
        if (there) line.remove_prefix(word.size());
        return there;
    };
    if (!eat("    ") || !skip("0123456789abcdef.:")) return false;
    if (eat("/") && !skip("0123456789")) return false;
    if (eat(" timeout ") && (!skip("0123456789") || !eat("s"))) return false;
    eat(",");
    return line.empty();
}

bool isFixed(std::string_view line) {
    static const auto kFrame = nftablesScript({}, {}, kNow);
    if (line == "}") return true;
    for (const auto* set : {"banned_v4", "banned_v6", "spared_v4", "spared_v6"}) {
        if (line == "add element inet beffroi " + std::string{set} + " {") return true;
    }
    return (std::string{'\n'} + kFrame).find('\n' + std::string{line} + '\n') != std::string::npos;
}

void checkScript(std::string_view script) {
    while (!script.empty()) {
        const auto line = script.substr(0, script.find('\n'));
        BEFFROI_ASSERT(line.size() < script.size());  // each line ends
        script.remove_prefix(line.size() + 1);
        BEFFROI_ASSERT(isFixed(line) || isElement(line));
    }
}

void checkCovered(const BanList& list, const std::vector<Ban>& bans, const SocketAddress& address) {
    const bool expected = std::any_of(bans.begin(), bans.end(),
                                      [&](const Ban& ban) { return ban.isOfHost() && ban.range.contains(address); });
    BEFFROI_ASSERT(list.covers(address) == expected);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view text{reinterpret_cast<const char*>(data), size};
    BanList list{2 * kMost + 2, kMost};
    std::vector<Ban> bans;
    std::vector<AddressRange> ranges;
    while (!text.empty() && bans.size() < kMost) {
        const auto line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        const auto blank = std::min(line.find(' '), line.size());
        const auto written = line.substr(0, blank);
        checkAddress(written);
        const auto range = AddressRange::parse(written);
        if (!range) continue;
        BEFFROI_ASSERT(AddressRange::parse(range->toString()) == range && range->contains(range->network()));
        const auto length = std::chrono::seconds{line.size() * 7};
        bans.push_back(
            {*range, std::string{line.substr(std::min(blank + 1, line.size()))}, kNow, kNow + length, "", ""});
        BEFFROI_ASSERT(list.add(bans.back()).empty());
        ranges.push_back(*range);
    }
    std::vector<HostBan> hosts = list.ofHosts();
    for (const auto& range : ranges) checkCovered(list, bans, range.network());
    checkScript(nftablesScript(hosts, ranges, kNow));
    checkScript(nftablesScript(hosts, {}, kNow + std::chrono::seconds{100}));
    for (const auto& range : ranges) static_cast<void>(list.remove(range));
    BEFFROI_ASSERT(list.size() == 0 && list.all().empty());
    return 0;
}
