// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What the exchange writes into the user part of its Record-Route: the two flows of the dialog and who called, signed,
// so that a request within the dialog finds its phone behind NAT or on its TCP connection without any dialog state of
// ours, also after a restart (RFC 5626 §5.3). A token that we did not sign, or signed for another call, leads nowhere.
// Thread: loop.
#pragma once

#include "beffroi/flow.hpp"
#include "sip/grammar.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace beffroi::proxy {

struct DialogFlows {
    Flow caller;
    Flow callee;
    std::uint32_t callerTag = 0;  // hashTag() of the caller's From tag: tells the direction of a request
    std::uint32_t callerUri = 0;  // hashUri() of From's URI as the dialog began: who the caller may say that it is
    std::uint32_t calleeUri = 0;  // hashUri() of To's, likewise for the callee
    bool callerHidden = false;    // who calls is not told to the callee, in the whole dialog
};

class FlowTokens {
public:
    using Key = std::array<unsigned char, 16>;

    explicit FlowTokens(const Key& key) : key_{key} {}

    /// 49 to 120 characters, all unreserved in a URI.
    [[nodiscard]] std::string encode(const DialogFlows& flows, std::string_view callId) const;
    [[nodiscard]] std::optional<DialogFlows> decode(std::string_view token, std::string_view callId) const;
    [[nodiscard]] std::uint32_t hashTag(std::string_view tag) const noexcept;
    /// The same for URIs of one user at one host, however they are written.
    [[nodiscard]] std::uint32_t hashUri(const sip::UriView& uri) const;
    /// 64 bits of keyed hash, for loop detection.
    [[nodiscard]] std::uint64_t hash(std::string_view text) const noexcept;

private:
    using Mac = std::array<unsigned char, 8>;
    [[nodiscard]] Mac sign(const unsigned char* bytes, std::size_t size, std::string_view callId) const;

    Key key_;
};

}  // namespace beffroi::proxy
