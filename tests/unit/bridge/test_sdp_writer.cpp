// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What we write must be read alike by our own reader and by belle-sip's parser, which stands here for the telephones.

#include "bridge/sdp_writer.hpp"

#include "bridge/belle_sip.hpp"

#include <catch2/catch.hpp>

using namespace beffroi;
using namespace beffroi::bridge;

namespace {

SessionDescription read(std::string_view text) {
    auto result = readSdp(text);
    if (const auto* fault = std::get_if<SdpFault>(&result)) FAIL("refused: " << fault->reason << '\n' << text);
    return std::get<SessionDescription>(std::move(result));
}

SessionDescription offerOf(std::string_view media) {
    return read("v=0\r\no=- 1 1 IN IP4 192.0.2.10\r\ns=-\r\nc=IN IP4 192.0.2.10\r\nt=0 0\r\n" + std::string{media});
}

AudioAgreement agreed(const SessionDescription& offer) {
    return std::get<AudioAgreement>(negotiate(offer, Reach{offer.media.at(0).connection}));
}

const SocketAddress kLocal = *SocketAddress::parseWithPort("198.51.100.5:20000");

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

// belle-sip's objects are swept with the pool of the test that made them.
struct Pool {
    Pool() : pool{adopt(belle_sip_object_pool_push())} {}
    SipRef<belle_sip_object_pool_t> pool;
};

}  // namespace

TEST_CASE("an answer has the agreed audio line, every other line refused, in the order of the offer",
          "[bridge][rfc3264-6]") {
    const Pool pool;
    const auto offer = offerOf(
        "m=audio 5000 RTP/SAVP 8\r\n"
        "m=video 5002 RTP/AVPF 98 99\r\n"
        "m=audio 5004 RTP/AVPF 111 8 110\r\na=rtpmap:111 opus/48000/2\r\na=rtpmap:110 telephone-event/48000\r\n"
        "m=image 5006 udptl t38\r\n"
        "m=audio 5008 RTP/AVP 8\r\n");
    const auto text = writeAnswer(offer, agreed(offer), kLocal, {42, 7});
    CAPTURE(text);
    const auto answer = read(text);

    REQUIRE(answer.media.size() == 5);
    for (std::size_t line = 0; line < answer.media.size(); ++line) {
        CAPTURE(line);
        CHECK(answer.media[line].kind == offer.media[line].kind);
        CHECK(answer.media[line].protocol == offer.media[line].protocol);
        CHECK(answer.media[line].port == (line == 2 ? 20000 : 0));
    }
    const auto& audio = answer.media[2];
    CHECK(audio.connection.host() == "198.51.100.5");
    CHECK(audio.direction == Direction::SendReceive);
    REQUIRE(audio.formats.size() == 2);
    CHECK(audio.formats[0].payloadType == 111);
    CHECK(audio.formats[0].encoding == "opus");
    CHECK(audio.formats[0].clockRate == 48000);
    CHECK(audio.formats[0].channels == 2);
    CHECK(audio.formats[1].payloadType == 110);
    CHECK(audio.formats[1].encoding == "telephone-event");
    CHECK(audio.formats[1].clockRate == 48000);
    CHECK(contains(text, "o=- 42 7 IN IP4 198.51.100.5\r\n"));
    CHECK(contains(text, "a=fmtp:110 0-16\r\n"));
    CHECK(contains(text, "a=fmtp:111 maxplaybackrate=16000"));
    CHECK(contains(text, "a=ptime:20\r\n"));
}

TEST_CASE("an answer names our direction, and no events that were not offered", "[bridge][rfc3264-6.1]") {
    const Pool pool;
    struct Case {
        const char* theirs;
        const char* ours;
    };
    const auto [theirs, ours] = GENERATE(values<Case>(
        {{"sendrecv", "sendrecv"}, {"sendonly", "recvonly"}, {"recvonly", "sendonly"}, {"inactive", "inactive"}}));
    const auto offer = offerOf("m=audio 5000 RTP/AVP 8\r\na=" + std::string{theirs} + "\r\n");
    const auto text = writeAnswer(offer, agreed(offer), kLocal, {1, 1});
    CHECK(contains(text, "m=audio 20000 RTP/AVP 8\r\n"));
    CHECK(contains(text, "a=" + std::string{ours} + "\r\n"));
    CHECK_FALSE(contains(text, "telephone-event"));
}

TEST_CASE("our offer has all codecs, and an answer that echoes it is accepted", "[bridge][rfc3264-5]") {
    const Pool pool;
    const auto local = *SocketAddress::parseWithPort("[2001:db8::5]:20002");
    const auto text = writeOffer(local, {3, 1});
    CAPTURE(text);
    CHECK(contains(text, "o=- 3 1 IN IP6 2001:db8::5\r\n"));
    CHECK(contains(text, "c=IN IP6 2001:db8::5\r\n"));

    const auto offer = read(text);
    REQUIRE(offer.media.size() == 1);
    CHECK(offer.media[0].connection.withPort(offer.media[0].port) == local);
    const auto agreement = agreed(offer);
    CHECK(agreement.codec == Codec::Opus);
    CHECK(agreement.payloadType == 96);
    CHECK(agreement.eventPayloadType == kOfferedWideEvents);
    for (const auto& codec : kCodecs) {
        auto only = offer;
        std::erase_if(only.media[0].formats,
                      [&](const MediaFormat& format) { return format.payloadType != codec.offeredPayload; });
        CHECK(agreed(only).codec == codec.codec);
    }
}

TEST_CASE("belle-sip reads our descriptions as we do", "[bridge]") {
    const Pool pool;
    const auto offer = offerOf(
        "m=video 5002 RTP/AVP 98\r\n"
        "m=audio 5004 RTP/AVP 9 101\r\na=rtpmap:101 telephone-event/8000\r\na=sendonly\r\n");
    for (const auto& text : {writeOffer(kLocal, {5, 6}), writeAnswer(offer, agreed(offer), kLocal, {5, 6})}) {
        CAPTURE(text);
        const auto ours = read(text);
        const auto theirs = retain(belle_sdp_session_description_parse(text.c_str()));
        REQUIRE(theirs);
        CHECK(std::string{belle_sdp_connection_get_address(
                  belle_sdp_session_description_get_connection(theirs.get()))} == "198.51.100.5");
        auto* lines = belle_sdp_session_description_get_media_descriptions(theirs.get());
        REQUIRE(belle_sip_list_size(lines) == ours.media.size());
        for (const auto& line : ours.media) {
            auto* description = static_cast<belle_sdp_media_description_t*>(lines->data);
            auto* media = belle_sdp_media_description_get_media(description);
            CHECK(belle_sdp_media_get_media_type(media) == line.kind);
            CHECK(belle_sdp_media_get_protocol(media) == line.protocol);
            CHECK(belle_sdp_media_get_media_port(media) == line.port);
            CHECK(belle_sip_list_size(belle_sdp_media_get_media_formats(media)) == line.formats.size());
            if (line.port != 0) {
                const auto direction = std::string{name(line.direction)};
                CHECK(belle_sdp_media_description_get_attribute(description, direction.c_str()) != nullptr);
            }
            lines = lines->next;
        }
    }
}

TEST_CASE("an answer to the largest offer that is read still fits", "[bridge]") {
    const Pool pool;
    std::string media;
    for (int i = 0; i < 15; ++i) media += "m=" + std::string(32, 'x') + " 5000 " + std::string(32, 'y') + " z\r\n";
    const auto offer = offerOf(media + "m=audio 5000 RTP/AVP 8\r\n");
    const auto answer = read(writeAnswer(offer, agreed(offer), kLocal, {1, 1}));
    CHECK(answer.media.size() == 16);
    CHECK(answer.media.back().port == 20000);
}
