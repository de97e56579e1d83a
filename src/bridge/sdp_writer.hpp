// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Our own session descriptions, built from belle-sip's SDP objects and marshalled by them.
// Thread: loop.
#pragma once

#include "bridge/negotiation.hpp"

#include <cstdint>
#include <string>

namespace beffroi::bridge {

/// The origin of a session: the version grows with every description that differs.
struct SdpOrigin {
    std::uint32_t session = 0;
    std::uint32_t version = 0;
};

/// The answer to `offer`: one audio line at `local`, every other line refused with port 0.
[[nodiscard]] std::string writeAnswer(const SessionDescription& offer, const AudioAgreement& agreement,
                                      const SocketAddress& local, const SdpOrigin& origin);

/// Our offer: every codec we have, in our order of preference.
[[nodiscard]] std::string writeOffer(const SocketAddress& local, const SdpOrigin& origin);

}  // namespace beffroi::bridge
