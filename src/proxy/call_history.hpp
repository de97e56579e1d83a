// SPDX-License-Identifier: AGPL-3.0-or-later
//
// By whom a call came that was forwarded: History-Info (RFC 7044) and Diversion (RFC 5806) for whoever is called in the
// end, and what of them may be taken over from outside. Pure functions of values.
// Thread: any.
#pragma once

#include "beffroi/route_plan.hpp"
#include "proxy/fork_plan.hpp"
#include "sip/message.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace beffroi::proxy {

/// Entries that came with the call from outside, checked: at most kMostEntries of each, well formed.
struct TakenHistory {
    static constexpr std::size_t kMostEntries = 5;
    static constexpr std::size_t kLongestEntry = 256;

    std::vector<std::string> historyInfo;
    std::vector<std::string> diversion;
    std::string lastIndex;  // of historyInfo: ours go on below it
};

/// What a message from a trusted peer has; of what is malformed or beyond the bounds, nothing of that kind.
[[nodiscard]] TakenHistory takeHistory(const sip::Message& request);

/// How a number is written: `"name" <sip:number@host>` is NameAddr, the same without name and brackets Uri.
struct HistoryWriter {
    std::function<std::string(std::string_view number)> uri;   // sip:2101@town.example
    std::function<std::string(std::string_view number)> name;  // display name, quoted; may be empty
};

/// The header fields of a branch of a call to `target` that was diverted by all of `diversions`, the first one first.
/// `requestUri` is what the branch is sent, `place` its number among the branches, from 1. None without diversions and
/// nothing taken over.
[[nodiscard]] std::vector<HeaderField> historyOf(const std::vector<Diversion>& diversions, std::string_view target,
                                                 std::string_view requestUri, std::size_t place,
                                                 const TakenHistory& taken, const HistoryWriter& writer);

/// RFC 5806 §5.2; a group's is "unknown".
[[nodiscard]] std::string_view diversionReason(DiversionReason reason) noexcept;
/// The cause of the URI that a call is diverted to (RFC 4458 §3.1); 0: none, it is no diversion.
[[nodiscard]] int diversionCause(DiversionReason reason) noexcept;

}  // namespace beffroi::proxy
