// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Offers of telephones and what we make of them.

#include "bridge/negotiation.hpp"

#include <catch2/catch.hpp>

using namespace beffroi;
using namespace beffroi::bridge;

namespace {

const Reach kNetwork{*SocketAddress::parse("198.51.100.5", 0)};
const Reach kNetworkSix{*SocketAddress::parse("2001:db8::5", 0)};
const Reach kLoopback{*SocketAddress::parse("127.0.0.1", 0)};
const Reach kLoopbackSix{*SocketAddress::parse("::1", 0)};

SessionDescription session(std::string_view media, std::string_view connection = "IN IP4 192.0.2.10") {
    const auto text = "v=0\r\no=- 1 1 IN IP4 192.0.2.10\r\ns=-\r\nc=" + std::string{connection} + "\r\nt=0 0\r\n" +
                      std::string{media};
    const auto result = readSdp(text);
    if (const auto* fault = std::get_if<SdpFault>(&result)) FAIL(fault->reason);
    return std::get<SessionDescription>(result);
}

AudioAgreement agreed(const SessionDescription& offer, const Reach& reach = kNetwork) {
    const auto result = negotiate(offer, reach);
    if (const auto* refusal = std::get_if<NegotiationRefusal>(&result)) FAIL("refused: " << refusal->reason);
    return std::get<AudioAgreement>(result);
}

std::string refusalOf(const Negotiated& result) {
    const auto* refusal = std::get_if<NegotiationRefusal>(&result);
    if (refusal == nullptr) return {};
    CHECK(refusal->status == 488);
    return std::string{refusal->reason};
}

SocketAddress at(std::string_view text) { return *SocketAddress::parseWithPort(text); }

}  // namespace

TEST_CASE("the first codec of the offer that we have is chosen", "[bridge][rfc3264-6.1]") {
    struct Case {
        const char* media;
        Codec codec;
        unsigned payloadType;
    };
    const auto [media, codec, payloadType] = GENERATE(values<Case>({
        {"m=audio 4000 RTP/AVP 8 0 9\r\n", Codec::Pcma, 8},
        {"m=audio 4000 RTP/AVP 0 8 9\r\n", Codec::Pcmu, 0},
        {"m=audio 4000 RTP/AVP 9 8 0\r\n", Codec::G722, 9},
        {"m=audio 4000 RTP/AVP 18 3 4 8\r\n", Codec::Pcma, 8},
        {"m=audio 4000 RTP/AVP 111 8\r\na=rtpmap:111 opus/48000/2\r\n", Codec::Opus, 111},
        {"m=audio 4000 RTP/AVP 111 8\r\na=rtpmap:111 OPUS/48000/2\r\n", Codec::Opus, 111},
        {"m=audio 4000 RTP/AVP 97 8\r\na=rtpmap:97 pcmu/8000\r\n", Codec::Pcmu, 97},
        {"m=audio 4000 RTP/AVP 97 8\r\na=rtpmap:97 PCMU/8000/1\r\n", Codec::Pcmu, 97},
        // Not what their names say.
        {"m=audio 4000 RTP/AVP 97 8\r\na=rtpmap:97 PCMU/16000\r\n", Codec::Pcma, 8},
        {"m=audio 4000 RTP/AVP 97 8\r\na=rtpmap:97 L16/8000/2\r\n", Codec::Pcma, 8},
        {"m=audio 4000 RTP/AVP 97 8\r\na=rtpmap:97 opus/48000\r\n", Codec::Pcma, 8},
        {"m=audio 4000 RTP/AVP 97 8\r\na=rtpmap:97 G722/16000\r\n", Codec::Pcma, 8},
        {"m=audio 4000 RTP/AVP 97 8\r\na=rtpmap:97 G7221/8000\r\n", Codec::Pcma, 8},
        {"m=audio 4000 RTP/AVP 97 8\r\n", Codec::Pcma, 8},  // dynamic, of no a=rtpmap
        // A static number that has been given to something else.
        {"m=audio 4000 RTP/AVP 0 8\r\na=rtpmap:0 speex/8000\r\n", Codec::Pcma, 8},
        {"m=audio 4000 RTP/AVP 0 8\r\na=rtpmap:0 opus/48000/2\r\n", Codec::Opus, 0},
    }));
    CAPTURE(media);
    const auto agreement = agreed(session(media));
    CHECK(agreement.codec == codec);
    CHECK(agreement.payloadType == payloadType);
    CHECK(agreement.rtp == at("192.0.2.10:4000"));
    CHECK(agreement.rtcp == at("192.0.2.10:4001"));
    CHECK(agreement.direction == Direction::SendReceive);
    CHECK_FALSE(agreement.eventPayloadType);
}

TEST_CASE("events are taken at the clock of the codec where the offer has them so", "[bridge][rfc4733-2.1]") {
    const std::string events =
        "a=rtpmap:111 opus/48000/2\r\na=rtpmap:101 telephone-event/8000\r\n"
        "a=rtpmap:110 Telephone-Event/48000\r\n";
    SECTION("Opus with both") {
        const auto agreement = agreed(session("m=audio 4000 RTP/AVP 111 8 101 110\r\n" + events));
        CHECK(agreement.eventPayloadType == 110);
        CHECK(agreement.eventClockRate == 48000);
    }
    SECTION("A-law with both") {
        const auto agreement = agreed(session("m=audio 4000 RTP/AVP 8 111 110 101\r\n" + events));
        CHECK(agreement.eventPayloadType == 101);
        CHECK(agreement.eventClockRate == 8000);
    }
    SECTION("G.722, whose clock is 8000") {
        const auto agreement = agreed(session("m=audio 4000 RTP/AVP 9 110 101\r\n" + events));
        CHECK(agreement.eventPayloadType == 101);
    }
    SECTION("Opus with narrow ones only, as many telephones offer it") {
        const auto agreement = agreed(session("m=audio 4000 RTP/AVP 111 101\r\n" + events));
        CHECK(agreement.eventPayloadType == 101);
        CHECK(agreement.eventClockRate == 8000);
    }
    SECTION("events alone are no audio") {
        CHECK(refusalOf(negotiate(session("m=audio 4000 RTP/AVP 101\r\n" + events), kNetwork)) == "no common codec");
    }
}

TEST_CASE("hold comes in three forms", "[bridge][rfc3264-8.4]") {
    const std::string audio = "m=audio 4000 RTP/AVP 8\r\n";
    SECTION("by direction: ours is the offer's seen from here") {
        struct Case {
            const char* theirs;
            Direction ours;
        };
        const auto [theirs, ours] = GENERATE(values<Case>({{"sendrecv", Direction::SendReceive},
                                                           {"sendonly", Direction::ReceiveOnly},
                                                           {"recvonly", Direction::SendOnly},
                                                           {"inactive", Direction::Inactive}}));
        const auto agreement = agreed(session(audio + "a=" + theirs + "\r\n"));
        CHECK(agreement.direction == ours);
        CHECK(agreement.rtp == at("192.0.2.10:4000"));
    }
    SECTION("by the address 0.0.0.0: nothing is sent to it") {
        for (const char* connection : {"IN IP4 0.0.0.0", "IN IP6 ::"}) {
            const auto agreement = agreed(session(audio, connection));
            CHECK(agreement.direction == Direction::Inactive);
            CHECK_FALSE(agreement.rtp.isSet());
            CHECK_FALSE(agreement.rtcp.isSet());
        }
    }
}

TEST_CASE("RTCP goes to the host of RTP, at the port that a=rtcp names", "[bridge][rfc3605]") {
    const std::string audio = "m=audio 4000 RTP/AVP 8\r\n";
    CHECK(agreed(session(audio + "a=rtcp:4017\r\n")).rtcp == at("192.0.2.10:4017"));
    CHECK(agreed(session(audio + "a=rtcp:4017 IN IP4 203.0.113.66\r\n")).rtcp == at("192.0.2.10:4017"));
    CHECK(agreed(session(audio + "a=rtcp:0\r\n")).rtcp == at("192.0.2.10:4001"));
    CHECK(agreed(session("m=audio 65534 RTP/AVP 8\r\n")).rtcp == at("192.0.2.10:65535"));
}

TEST_CASE("the last port of all leaves no port for RTCP", "[bridge]") {
    const auto agreement = agreed(session("m=audio 65535 RTP/AVP 8\r\n"));
    CHECK(agreement.rtp == at("192.0.2.10:65535"));
    CHECK(agreement.rtcp.port() == 0);  // nothing is sent there
}

TEST_CASE("the first audio line that can be used is used", "[bridge][rfc3264-6]") {
    SECTION("of two families, the one that is ours") {
        const auto agreement =
            agreed(session("m=audio 5000 RTP/AVP 8\r\nc=IN IP6 2001:db8::7\r\n"
                           "m=audio 5002 RTP/AVP 8\r\n"));
        CHECK(agreement.rtp == at("192.0.2.10:5002"));
    }
    SECTION("after video, a closed one, an encrypted one and one without a codec of ours") {
        const auto agreement =
            agreed(session("m=video 5000 RTP/AVP 96\r\na=rtpmap:96 VP8/90000\r\n"
                           "m=audio 0 RTP/AVP 8\r\n"
                           "m=audio 5002 RTP/SAVP 8\r\n"
                           "m=audio 5004 RTP/AVP 18\r\n"
                           "m=audio 5006 RTP/AVPF 8\r\n"
                           "m=audio 5008 RTP/AVP 8\r\n"));
        CHECK(agreement.mediaIndex == 4);
        CHECK(agreement.rtp.port() == 5006);
    }
    SECTION("each with its own address") {
        const auto agreement = agreed(session("m=audio 5000 RTP/AVP 8\r\nc=IN IP6 ::1\r\n"
                                              "m=audio 5002 RTP/AVP 8\r\nc=IN IP6 2001:db8::7\r\n"),
                                      kNetworkSix);
        CHECK(agreement.mediaIndex == 1);
        CHECK(agreement.rtp == at("[2001:db8::7]:5002"));
        CHECK(agreement.rtcp == at("[2001:db8::7]:5003"));
    }
}

TEST_CASE("what cannot be agreed on is refused with 488", "[bridge][rfc3261-13.3.1.3]") {
    const auto refused = [](std::string_view media, std::string_view connection = "IN IP4 192.0.2.10") {
        return refusalOf(negotiate(session(media, connection), kNetwork));
    };
    CHECK(refused("") == "no audio");
    CHECK(refused("m=video 5000 RTP/AVP 96\r\n") == "no audio");
    CHECK(refused("m=audio 0 RTP/AVP 8\r\n") == "no audio");
    CHECK(refused("m=audio 4000 RTP/SAVP 8\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x\r\n") == "no audio");
    CHECK(refused("m=audio 4000 UDP/TLS/RTP/SAVPF 8\r\n") == "no audio");
    CHECK(refused("m=audio 4000 udptl t38\r\n") == "no audio");
    CHECK(refused("m=audio 4000 RTP/AVP 18 3\r\n") == "no common codec");

    SECTION("no address at all") {
        const auto result = readSdp("v=0\r\ns=-\r\nm=audio 4000 RTP/AVP 8\r\n");
        CHECK(refusalOf(negotiate(std::get<SessionDescription>(result), kNetwork)) == "no connection address");
    }
    SECTION("a loopback address, which would turn our packets against this machine") {
        for (const char* connection : {"IN IP4 127.0.0.1", "IN IP4 127.255.0.9", "IN IP6 ::ffff:127.0.0.1"}) {
            CAPTURE(connection);
            const auto offer = session("m=audio 4000 RTP/AVP 8\r\n", connection);
            CHECK(refusalOf(negotiate(offer, kNetwork)) == "loopback address");
            CHECK(agreed(offer, kLoopback).rtp.isLoopback());
        }
        const auto six = session("m=audio 4000 RTP/AVP 8\r\n", "IN IP6 ::1");
        CHECK(refusalOf(negotiate(six, kNetworkSix)) == "loopback address");
        CHECK(agreed(six, kLoopbackSix).rtp.isLoopback());
    }
    SECTION("an address of a family that our sockets do not speak") {
        const auto four = session("m=audio 4000 RTP/AVP 8\r\n");
        const auto six = session("m=audio 4000 RTP/AVP 8\r\n", "IN IP6 2001:db8::7");
        CHECK(refusalOf(negotiate(six, kNetwork)) == "address of the other family");
        CHECK(refusalOf(negotiate(four, kNetworkSix)) == "address of the other family");
    }
}

TEST_CASE("an answer to our offer is taken from its first line", "[bridge][rfc3264-7]") {
    const auto answer = [](std::string_view media) { return acceptAnswer(session(media), kNetwork); };

    const auto taken = answer("m=audio 4000 RTP/AVP 9 101\r\na=rtpmap:101 telephone-event/8000\r\na=recvonly\r\n");
    REQUIRE(std::holds_alternative<AudioAgreement>(taken));
    CHECK(std::get<AudioAgreement>(taken).codec == Codec::G722);
    CHECK(std::get<AudioAgreement>(taken).eventPayloadType == 101);
    CHECK(std::get<AudioAgreement>(taken).direction == Direction::SendOnly);

    CHECK(refusalOf(answer("")) == "audio refused");
    CHECK(refusalOf(answer("m=audio 0 RTP/AVP 9\r\n")) == "audio refused");
    CHECK(refusalOf(answer("m=audio 0 RTP/AVP 9\r\nm=audio 4000 RTP/AVP 9\r\n")) == "audio refused");
    CHECK(refusalOf(answer("m=audio 4000 RTP/AVP 18\r\n")) == "no common codec");
}
