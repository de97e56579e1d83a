// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Every object is floating until its parent takes it; the session is retained for the time of marshalling.

#include "bridge/sdp_writer.hpp"

#include "bridge/belle_sip.hpp"

#include <array>

namespace beffroi::bridge {
namespace {

constexpr std::size_t kLongestWritten = 4096;
constexpr const char* kEvents = "0-16";

const char* family(const SocketAddress& address) { return address.isV6() ? "IP6" : "IP4"; }

SipRef<belle_sdp_session_description_t> newSession(const SocketAddress& local, const SdpOrigin& origin) {
    const auto host = local.host();
    auto session = retain(belle_sdp_session_description_new());
    belle_sdp_session_description_set_version(session.get(), belle_sdp_version_create(0));
    belle_sdp_session_description_set_origin(
        session.get(), belle_sdp_origin_create("-", origin.session, origin.version, "IN", family(local), host.c_str()));
    belle_sdp_session_description_set_session_name(session.get(), belle_sdp_session_name_create("-"));
    belle_sdp_session_description_set_connection(session.get(),
                                                 belle_sdp_connection_create("IN", family(local), host.c_str()));
    belle_sdp_session_description_set_time_description(session.get(), belle_sdp_time_description_create(0, 0));
    return session;
}

std::string marshal(belle_sdp_session_description_t* session) {
    std::array<char, kLongestWritten> text{};
    std::size_t length = 0;
    if (belle_sip_object_marshal(BELLE_SIP_OBJECT(session), text.data(), text.size(), &length) != BELLE_SIP_OK)
        return {};
    return {text.data(), length};
}

void addAttribute(belle_sdp_media_description_t* media, const char* name, const std::string& value) {
    belle_sdp_media_description_add_attribute(
        media, belle_sdp_attribute_create(name, value.empty() ? nullptr : value.c_str()));
}

/// An audio line that is filled format by format.
class AudioLine {
public:
    AudioLine(std::uint16_t port, const char* protocol)
        : line_{belle_sdp_media_create("audio", port, 1, protocol, nullptr)},
          description_{belle_sdp_media_description_new()} {
        belle_sdp_media_description_set_media(description_, line_);
    }

    void addFormat(std::uint8_t payloadType, std::string_view encoding, std::uint32_t clockRate, std::uint32_t channels,
                   std::string_view parameters) {
        const auto number = std::to_string(payloadType);
        belle_sdp_media_media_formats_add(line_, number.c_str());
        auto map = number + ' ' + std::string{encoding} + '/' + std::to_string(clockRate);
        if (channels > 1) map += '/' + std::to_string(channels);
        addAttribute(description_, "rtpmap", map);
        if (!parameters.empty()) addAttribute(description_, "fmtp", number + ' ' + std::string{parameters});
    }
    void addCodec(Codec codec, std::uint8_t payloadType) {
        const auto& known = traits(codec);
        addFormat(payloadType, known.name, known.clockRate, known.channels, known.parameters);
    }

    belle_sdp_media_description_t* finish(Direction direction) {
        addAttribute(description_, "ptime", "20");
        addAttribute(description_, std::string{name(direction)}.c_str(), {});
        return description_;
    }

private:
    belle_sdp_media_t* line_;
    belle_sdp_media_description_t* description_;
};

belle_sdp_media_description_t* refused(const MediaLine& offered) {
    auto* line = belle_sdp_media_create(offered.kind.c_str(), 0, 1, offered.protocol.c_str(), nullptr);
    belle_sdp_media_media_formats_add(
        line, offered.formats.empty() ? "0" : std::to_string(offered.formats.front().payloadType).c_str());
    auto* description = belle_sdp_media_description_new();
    belle_sdp_media_description_set_media(description, line);
    return description;
}

}  // namespace

std::string writeAnswer(const SessionDescription& offer, const AudioAgreement& agreement, const SocketAddress& local,
                        const SdpOrigin& origin) {
    const auto session = newSession(local, origin);
    for (std::size_t index = 0; index < offer.media.size(); ++index) {
        if (index != agreement.mediaIndex) {
            belle_sdp_session_description_add_media_description(session.get(), refused(offer.media[index]));
            continue;
        }
        AudioLine line{local.port(), offer.media[index].protocol.c_str()};
        line.addCodec(agreement.codec, agreement.payloadType);
        if (agreement.eventPayloadType) {
            line.addFormat(*agreement.eventPayloadType, "telephone-event", agreement.eventClockRate, 1, kEvents);
        }
        belle_sdp_session_description_add_media_description(session.get(), line.finish(agreement.direction));
    }
    return marshal(session.get());
}

std::string writeOffer(const SocketAddress& local, const SdpOrigin& origin) {
    const auto session = newSession(local, origin);
    AudioLine line{local.port(), "RTP/AVP"};
    for (const auto& codec : kCodecs) line.addCodec(codec.codec, codec.offeredPayload);
    line.addFormat(kOfferedWideEvents, "telephone-event", 48000, 1, kEvents);
    line.addFormat(kOfferedNarrowEvents, "telephone-event", 8000, 1, kEvents);
    belle_sdp_session_description_add_media_description(session.get(), line.finish(Direction::SendReceive));
    return marshal(session.get());
}

}  // namespace beffroi::bridge
