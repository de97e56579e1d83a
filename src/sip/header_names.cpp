// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Sorted by length at compile time: a name is compared with the few that are as long as it is.

#include "sip/header_names.hpp"

#include "sip/grammar.hpp"

#include <array>

namespace beffroi::sip {
namespace {

using enum HeaderKind;

constexpr std::size_t kLongest = 29;

struct Line {
    std::string_view name;  // of a literal: a C string too
    char compact;
    HeaderKind kind;
};

constexpr Line kLines[] = {
    {"Accept", '\0', Other},
    {"Accept-Contact", 'a', Other},
    {"Accept-Encoding", '\0', Other},
    {"Accept-Language", '\0', Other},
    {"Alert-Info", '\0', Other},
    {"Allow", '\0', Other},
    {"Allow-Events", 'u', Other},
    {"Authentication-Info", '\0', Credential},
    {"Authorization", '\0', Credential},
    {"Call-ID", 'i', CallId},
    {"Call-Info", '\0', Other},
    {"CC-Diversion", '\0', Claim},
    {"Contact", 'm', Contact},
    {"Content-Disposition", '\0', Single},
    {"Content-Encoding", 'e', Single},
    {"Content-Language", '\0', Other},
    {"Content-Length", 'l', ContentLength},
    {"Content-Type", 'c', Single},
    {"CSeq", '\0', CSeq},
    {"Date", '\0', Single},
    {"Diversion", '\0', Claim},
    {"Error-Info", '\0', Other},
    {"Event", 'o', Single},
    {"Expires", '\0', Single},
    {"Flow-Timer", '\0', Single},
    {"From", 'f', From},
    {"History-Info", '\0', Claim},
    {"Identity", 'y', Claim},
    {"Identity-Info", 'n', Claim},
    {"In-Reply-To", '\0', Other},
    {"Join", '\0', Single},
    {"Max-Breadth", '\0', Single},
    {"Max-Forwards", '\0', MaxForwards},
    {"MIME-Version", '\0', Other},
    {"Min-Expires", '\0', Single},
    {"Min-SE", '\0', Single},
    {"Organization", '\0', Other},
    {"P-Access-Network-Info", '\0', Claim},
    {"P-Asserted-Identity", '\0', Claim},
    {"P-Asserted-Service", '\0', Claim},
    {"P-Associated-URI", '\0', Claim},
    {"P-Called-Party-ID", '\0', Claim},
    {"P-Charging-Function-Addresses", '\0', Claim},
    {"P-Charging-Vector", '\0', Claim},
    {"P-DCS-Billing-Info", '\0', Claim},
    {"P-DCS-LAES", '\0', Claim},
    {"P-DCS-OSPS", '\0', Claim},
    {"P-DCS-Redirect", '\0', Claim},
    {"P-DCS-Trace-Party-ID", '\0', Claim},
    {"P-Preferred-Identity", '\0', Claim},
    {"P-Preferred-Service", '\0', Claim},
    {"P-Private-Network-Indication", '\0', Claim},
    {"P-Profile-Key", '\0', Claim},
    {"P-Served-User", '\0', Claim},
    {"P-User-Database", '\0', Claim},
    {"P-Visited-Network-ID", '\0', Claim},
    {"Path", '\0', Address},
    {"Priority", '\0', Other},
    {"Privacy", '\0', Other},
    {"Proxy-Authenticate", '\0', Credential},
    {"Proxy-Authentication-Info", '\0', Credential},
    {"Proxy-Authorization", '\0', Credential},
    {"Proxy-Require", '\0', List},
    {"RAck", '\0', Single},
    {"Reason", '\0', Other},
    {"Record-Route", '\0', Address},
    {"Refer-To", 'r', Single},
    {"Referred-By", 'b', Single},
    {"Reject-Contact", 'j', Other},
    {"Remote-Party-ID", '\0', Claim},
    {"Replaces", '\0', Single},
    {"Request-Disposition", 'd', Other},
    {"Require", '\0', List},
    {"Retry-After", '\0', Single},
    {"Route", '\0', Address},
    {"RPID-Privacy", '\0', Claim},
    {"RSeq", '\0', Single},
    {"Server", '\0', Other},
    {"Session-Expires", 'x', Single},
    {"SIP-ETag", '\0', Single},
    {"SIP-If-Match", '\0', Single},
    {"Subject", 's', Single},
    {"Subscription-State", '\0', Single},
    {"Supported", 'k', Other},
    {"Target-Dialog", '\0', Single},
    {"Timestamp", '\0', Single},
    {"To", 't', To},
    {"Unsupported", '\0', Other},
    {"User-Agent", '\0', Other},
    {"Via", 'v', Via},
    {"Warning", '\0', Other},
    {"WWW-Authenticate", '\0', Credential},
};
static_assert(std::size(kLines) == kHeaderNames);

struct Table {
    std::array<HeaderName, kHeaderNames> names{};
    std::array<std::uint8_t, kLongest + 2> firstOfLength{};  // and one behind the last
    std::array<std::uint8_t, 26> byLetter{};                 // 1 + index; 0: no such compact form
};

constexpr Table makeTable() {
    Table table;
    std::uint8_t next = 0;
    for (std::size_t length = 0; length <= kLongest; ++length) {
        table.firstOfLength[length] = next;
        for (const auto& line : kLines) {
            if (line.name.size() != length) continue;
            table.names[next] = {line.name.data(), line.compact, line.kind, next};
            ++next;
            if (line.compact != '\0') table.byLetter[static_cast<std::size_t>(line.compact - 'a')] = next;
        }
    }
    table.firstOfLength[kLongest + 1] = next;
    return table;
}

constexpr Table kTable = makeTable();
static_assert(kTable.firstOfLength[kLongest + 1] == kHeaderNames, "a name is longer than kLongest");

const HeaderName* findCompact(char letter) noexcept {
    const auto lower = static_cast<unsigned char>(letter | 0x20);
    if (lower < 'a' || lower > 'z') return nullptr;
    const auto found = kTable.byLetter[static_cast<std::size_t>(lower - 'a')];
    return found == 0 ? nullptr : &kTable.names[found - std::size_t{1}];
}

}  // namespace

const std::array<HeaderName, kHeaderNames>& headerNames() noexcept { return kTable.names; }

const HeaderName* findHeaderName(std::string_view written) noexcept {
    if (written.size() == 1) return findCompact(written.front());
    if (written.size() > kLongest) return nullptr;
    for (auto i = kTable.firstOfLength[written.size()]; i < kTable.firstOfLength[written.size() + 1]; ++i) {
        if (equalsIgnoreCase({kTable.names[i].name, written.size()}, written)) return &kTable.names[i];
    }
    return nullptr;
}

}  // namespace beffroi::sip
