// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Nothing here trusts an offer beyond what the reader has checked.

#include "bridge/negotiation.hpp"

#include <strings.h>

namespace beffroi::bridge {
namespace {

bool isTelephoneEvent(const MediaFormat& format) { return strcasecmp(format.encoding.c_str(), "telephone-event") == 0; }

std::optional<Codec> codecOf(const MediaFormat& format) {
    if (format.encoding.empty()) return findStaticCodec(format.payloadType);
    return findCodec(format.encoding, format.clockRate, format.channels);
}

/// The event format with the clock of the codec; failing that, the first one: phones send what they offered.
const MediaFormat* eventsFor(const MediaLine& media, std::uint32_t clockRate) {
    const MediaFormat* first = nullptr;
    for (const auto& format : media.formats) {
        if (!isTelephoneEvent(format)) continue;
        if (format.clockRate == clockRate) return &format;
        if (first == nullptr) first = &format;
    }
    return first;
}

bool usable(const MediaLine& media) {
    return media.kind == "audio" && media.port != 0 && (media.protocol == "RTP/AVP" || media.protocol == "RTP/AVPF");
}

std::optional<AudioAgreement> agree(const MediaLine& media) {
    for (const auto& format : media.formats) {
        const auto codec = codecOf(format);
        if (!codec) continue;
        AudioAgreement agreement;
        agreement.codec = *codec;
        agreement.payloadType = format.payloadType;
        if (const auto* events = eventsFor(media, traits(*codec).clockRate)) {
            agreement.eventPayloadType = events->payloadType;
            agreement.eventClockRate = events->clockRate;
        }
        return agreement;
    }
    return std::nullopt;
}

/// Fills in where to send; what is wrong with it, or nothing.
std::string_view address(const MediaLine& media, const Reach& reach, AudioAgreement& agreement) {
    agreement.direction = reversed(media.direction);
    if (!media.connection.isSet()) return "no connection address";
    if (media.connection.isWildcard()) {  // the hold of RFC 2543
        agreement.direction = Direction::Inactive;
        return {};
    }
    if (const auto objection = reach.objection(media.connection); !objection.empty()) return objection;
    agreement.rtp = media.connection.withPort(media.port);
    agreement.rtcp = media.connection.withPort(static_cast<std::uint16_t>(media.port + 1));
    if (media.rtcp && media.rtcp->port() != 0) {
        // RTCP goes to the host of RTP only: a description must not aim us at a third party.
        agreement.rtcp = agreement.rtp.withPort(media.rtcp->port());
    }
    return {};
}

}  // namespace

std::string_view Reach::objection(const SocketAddress& host) const noexcept {
    if (host.isV6() != local_.isV6()) return "address of the other family";
    // It would turn our packets against this machine.
    return host.isLoopback() && !local_.isLoopback() ? "loopback address" : "";
}

Negotiated negotiate(const SessionDescription& offer, const Reach& reach) {
    std::string_view fault = "no audio";
    for (std::size_t index = 0; index < offer.media.size(); ++index) {
        const auto& media = offer.media[index];
        if (!usable(media)) continue;
        auto agreement = agree(media);
        if (!agreement) {
            fault = "no common codec";
            continue;
        }
        agreement->mediaIndex = index;
        const auto problem = address(media, reach, *agreement);
        if (problem.empty()) return *agreement;
        fault = problem;
    }
    return NegotiationRefusal{488, fault};
}

Negotiated acceptAnswer(const SessionDescription& answer, const Reach& reach) {
    if (answer.media.empty() || !usable(answer.media.front())) return NegotiationRefusal{488, "audio refused"};
    return negotiate(answer, reach);
}

}  // namespace beffroi::bridge
