// SPDX-License-Identifier: AGPL-3.0-or-later
#include "sip/header_names.hpp"

#include "sip/grammar.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace beffroi::sip {
namespace {

using enum HeaderKind;

// In the order in which phones use them: the first match ends the search.
constexpr HeaderName kNames[] = {
    {"Via", 'v', Via},
    {"From", 'f', From},
    {"To", 't', To},
    {"Call-ID", 'i', CallId},
    {"CSeq", '\0', CSeq},
    {"Max-Forwards", '\0', MaxForwards},
    {"Contact", 'm', Contact},
    {"Content-Length", 'l', ContentLength},
    {"Content-Type", 'c', Single},
    {"Route", '\0', Address},
    {"Record-Route", '\0', Address},
    {"Path", '\0', Address},
    {"Expires", '\0', Single},
    {"Authorization", '\0', Other},
    {"Proxy-Authorization", '\0', Other},
    {"Supported", 'k', Other},
    {"Require", '\0', List},
    {"Proxy-Require", '\0', List},
    {"Event", 'o', Single},
    {"Subject", 's', Single},
    {"Refer-To", 'r', Single},
    {"Referred-By", 'b', Single},
    {"Content-Encoding", 'e', Single},
    {"Allow-Events", 'u', Other},
    {"Session-Expires", 'x', Single},
    {"Request-Disposition", 'd', Other},
    {"Accept-Contact", 'a', Other},
    {"Reject-Contact", 'j', Other},
    {"Identity", 'y', Other},
    {"Date", '\0', Single},
    {"Min-Expires", '\0', Single},
    {"Max-Breadth", '\0', Single},
    {"Retry-After", '\0', Single},
    {"Replaces", '\0', Single},
    {"Timestamp", '\0', Single},
    {"RSeq", '\0', Single},
    {"RAck", '\0', Single},
    {"Subscription-State", '\0', Single},
    {"SIP-ETag", '\0', Single},
    {"SIP-If-Match", '\0', Single},
};

struct Entry {
    HeaderName name;
    std::size_t length;
};

constexpr auto makeEntries() {
    std::array<Entry, std::size(kNames)> entries{};
    for (std::size_t i = 0; i < entries.size(); ++i) {
        entries[i] = {kNames[i], std::string_view{kNames[i].name}.size()};
    }
    return entries;
}
constexpr auto kEntries = makeEntries();

}  // namespace

const HeaderName* findHeaderName(std::string_view written) noexcept {
    const char first = static_cast<char>(written.front() | 0x20);
    const auto found = std::find_if(kEntries.begin(), kEntries.end(), [&](const Entry& entry) {
        if (written.size() == 1) return entry.name.compact == first;
        return entry.length == written.size() && equalsIgnoreCase(entry.name.name, written);
    });
    return found == kEntries.end() ? nullptr : &found->name;
}

}  // namespace beffroi::sip
