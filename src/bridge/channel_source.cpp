// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A pair that somebody else has taken is skipped; after a fair number of those something else is wrong.

#include "bridge/channel_source.hpp"

#include <algorithm>

namespace beffroi::bridge {
namespace {

constexpr std::uint32_t kMostAttempts = 512;

}  // namespace

std::unique_ptr<RtpChannel> ChannelSource::open(SocketReadiness& readiness, const RtpChannel::DigitSink& onDigit) {
    const auto attempts = std::min(ports_.pairs(), kMostAttempts);
    for (std::uint32_t attempt = 0; attempt < attempts; ++attempt) {
        if (auto channel = RtpChannel::open(address_.withPort(ports_.next()), readiness, onDigit)) return channel;
    }
    return nullptr;
}

}  // namespace beffroi::bridge
