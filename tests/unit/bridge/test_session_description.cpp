// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The reader of SDP against what telephones send and against what nobody should.

#include "bridge/session_description.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

using namespace beffroi;
using namespace beffroi::bridge;

namespace {

const std::string kOpening = "v=0\r\no=- 1 1 IN IP4 192.0.2.10\r\ns=-\r\nc=IN IP4 192.0.2.10\r\nt=0 0\r\n";
const std::string kAudio = "m=audio 4000 RTP/AVP 8 0 101\r\n";

SessionDescription read(std::string_view text) {
    auto result = readSdp(text);
    if (const auto* fault = std::get_if<SdpFault>(&result)) FAIL("refused: " << fault->reason << '\n' << text);
    return std::get<SessionDescription>(std::move(result));
}

/// Why the text is refused; empty if it is read.
std::string refusalOf(std::string_view text) {
    const auto result = readSdp(text);
    const auto* fault = std::get_if<SdpFault>(&result);
    return fault != nullptr ? std::string{fault->reason} : std::string{};
}

SocketAddress host(std::string_view text) { return *SocketAddress::parse(text, 0); }

/// "8=PCMA/8000 0=/0 …"
std::string formatsOf(const MediaLine& media) {
    std::string all;
    for (const auto& format : media.formats) {
        if (!all.empty()) all += ' ';
        all += std::to_string(format.payloadType) + '=' + format.encoding + '/' + std::to_string(format.clockRate);
        if (format.channels != 1) all += '/' + std::to_string(format.channels);
    }
    return all;
}

std::string fileOf(const std::filesystem::path& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

std::string bodyOf(const std::string& message) {
    const auto end = message.find("\r\n\r\n");
    return end == std::string::npos ? std::string{} : message.substr(end + 4);
}

}  // namespace

TEST_CASE("descriptions as telephones write them are read", "[bridge][rfc8866-5]") {
    SECTION("a desk phone with wide-band, narrow-band and events") {
        const auto session = read(
            "v=0\r\n"
            "o=- 20044 20044 IN IP4 10.0.0.21\r\n"
            "s=SDP data\r\n"
            "c=IN IP4 10.0.0.21\r\n"
            "t=0 0\r\n"
            "m=audio 11780 RTP/AVP 9 8 0 18 101\r\n"
            "a=rtpmap:9 G722/8000\r\n"
            "a=rtpmap:8 PCMA/8000\r\n"
            "a=rtpmap:0 PCMU/8000\r\n"
            "a=rtpmap:18 G729/8000\r\n"
            "a=fmtp:18 annexb=no\r\n"
            "a=rtpmap:101 telephone-event/8000\r\n"
            "a=fmtp:101 0-15\r\n"
            "a=ptime:20\r\n"
            "a=sendrecv\r\n");
        REQUIRE(session.media.size() == 1);
        const auto& audio = session.media[0];
        CHECK(audio.kind == "audio");
        CHECK(audio.protocol == "RTP/AVP");
        CHECK(audio.port == 11780);
        CHECK(audio.connection == host("10.0.0.21"));
        CHECK(audio.direction == Direction::SendReceive);
        CHECK_FALSE(audio.rtcp);
        CHECK(formatsOf(audio) == "9=G722/8000 8=PCMA/8000 0=PCMU/8000 18=G729/8000 101=telephone-event/8000");
    }
    SECTION("a softphone with feedback profile, video, bandwidth lines and its RTCP elsewhere") {
        const auto session = read(
            "v=0\r\n"
            "o=louise 3651 1201 IN IP4 192.168.1.40\r\n"
            "s=Talk\r\n"
            "c=IN IP4 192.168.1.40\r\n"
            "b=AS:380\r\n"
            "t=0 0\r\n"
            "a=ice-pwd:4f7e4d1f2f4c5e6b7a8d9c0b\r\n"
            "a=rtcp-xr:rcvr-rtt=all:10000 stat-summary=loss,dup,jitt,TTL voip-metrics\r\n"
            "m=audio 7078 RTP/AVPF 96 97 98 0 8 101 99\r\n"
            "a=rtpmap:96 opus/48000/2\r\n"
            "a=fmtp:96 useinbandfec=1\r\n"
            "a=rtpmap:97 speex/16000\r\n"
            "a=fmtp:97 vbr=on\r\n"
            "a=rtpmap:98 speex/8000\r\n"
            "a=rtpmap:101 telephone-event/48000\r\n"
            "a=rtpmap:99 telephone-event/8000\r\n"
            "a=rtcp:31078 IN IP4 203.0.113.9\r\n"
            "a=candidate:1 1 UDP 2130706303 192.168.1.40 7078 typ host\r\n"
            "a=rtcp-fb:* trr-int 5000\r\n"
            "a=rtcp-fb:* ccm tmmbr\r\n"
            "m=video 9078 RTP/AVPF 96\r\n"
            "c=IN IP4 192.168.1.41\r\n"
            "a=rtpmap:96 VP8/90000\r\n"
            "a=recvonly\r\n");
        REQUIRE(session.media.size() == 2);
        CHECK(formatsOf(session.media[0]) ==
              "96=opus/48000/2 97=speex/16000 98=speex/8000 0=/0 8=/0 101=telephone-event/48000 "
              "99=telephone-event/8000");
        CHECK(session.media[0].rtcp == SocketAddress::parse("203.0.113.9", 31078));
        CHECK(session.media[0].direction == Direction::SendReceive);
        CHECK(session.media[1].kind == "video");
        CHECK(session.media[1].connection == host("192.168.1.41"));
        CHECK(session.media[1].direction == Direction::ReceiveOnly);
    }
    SECTION("IPv6, address at the media line only, session-wide direction, bare line feeds") {
        const auto session = read(
            "v=0\n"
            "o=root 1 1 IN IP6 2001:db8::20\n"
            "s= \n"
            "t=0 0\n"
            "a=sendonly\n"
            "m=audio 16384/2 RTP/AVP 0\n"
            "c=IN IP6 2001:db8::21\n"
            "a=rtcp:53020\n"
            "m=audio 16388 RTP/AVP 0\n"
            "a=inactive\n");
        REQUIRE(session.media.size() == 2);
        CHECK(session.media[0].port == 16384);
        CHECK(session.media[0].connection == host("2001:db8::21"));
        CHECK(session.media[0].rtcp == SocketAddress::parse("2001:db8::21", 53020));
        CHECK(session.media[0].direction == Direction::SendOnly);
        CHECK_FALSE(session.media[1].connection.isSet());
        CHECK(session.media[1].direction == Direction::Inactive);
    }
    SECTION("a fax machine: the formats of what is not RTP are left alone") {
        const auto session = read(kOpening +
                                  "m=audio 0 RTP/AVP 8\r\n"
                                  "m=image 5020 udptl t38\r\n"
                                  "a=T38FaxVersion:0\r\n");
        REQUIRE(session.media.size() == 2);
        CHECK(session.media[0].port == 0);
        CHECK(session.media[1].protocol == "udptl");
        CHECK(session.media[1].formats.empty());
    }
    SECTION("a blank at the end of a line is no reason to refuse a call") {
        const auto session = read(kOpening +
                                  "m=audio 4000 RTP/AVP 8 101 \r\n"
                                  "c=IN IP4 192.0.2.11 \r\n"
                                  "a=rtpmap:101 telephone-event/8000 \r\n"
                                  "a=sendonly \r\n");
        CHECK(formatsOf(session.media.at(0)) == "8=/0 101=telephone-event/8000");
        CHECK(session.media[0].connection == host("192.0.2.11"));
        CHECK(session.media[0].direction == Direction::SendOnly);
    }
    SECTION("an IPv4 address that is written as an IPv6 one") {
        const auto session = read("v=0\r\ns=-\r\nc=IN IP6 ::ffff:192.0.2.2\r\nm=audio 4000 RTP/AVP 8\r\n");
        CHECK(session.media.at(0).connection == host("192.0.2.2"));
    }
    SECTION("the last line may lack its end, and one empty line may follow") {
        CHECK(read(kOpening + "m=audio 4000 RTP/AVP 8").media.at(0).port == 4000);
        CHECK(read(kOpening + kAudio + "\r\n").media.at(0).port == 4000);
    }
    SECTION("no media at all is a sound description") { CHECK(read(kOpening).media.empty()); }
}

TEST_CASE("the first a=rtpmap of a payload type counts, and only for a format that was offered",
          "[bridge][rfc8866-6]") {
    const auto session = read(kOpening + "a=rtpmap:8 opus/48000/2\r\n" +  // of no media line
                              "m=audio 4000 RTP/AVP 8 96\r\n"
                              "a=rtpmap:96 PCMA/8000\r\n"
                              "a=rtpmap:96 opus/48000/2\r\n"
                              "a=rtpmap:97 G722/8000\r\n");
    CHECK(formatsOf(session.media.at(0)) == "8=/0 96=PCMA/8000");
}

TEST_CASE("a malformed a=rtpmap costs its format, not the call", "[bridge][rfc4475]") {
    for (const char* map : {"", " PCMU", " /8000", " PCMU/8k", " PCMU/99999999999", " PCMU/8000/x", " pc mu/8000",
                            " 123456789012345678901234567890123/8000"}) {
        CAPTURE(map);
        const auto session = read(kOpening + "m=audio 4000 RTP/AVP 0 8\r\na=rtpmap:0" + map + "\r\n");
        REQUIRE(session.media.at(0).formats.size() == 2);
        CHECK(session.media[0].formats[0].encoding == "?");
        CHECK(session.media[0].formats[1].encoding.empty());
    }
}

TEST_CASE("a malformed description is refused as a whole, and the reason says where", "[bridge][rfc8866-9]") {
    struct Case {
        std::string text;
        std::string reason;
    };
    const auto media = [](const std::string& line) { return kOpening + line + "\r\n"; };
    const auto attribute = [](const std::string& value) { return kOpening + kAudio + "a=" + value + "\r\n"; };
    const std::vector<Case> cases{
        {"", "size of the session description"},
        {"\r\n", "empty session description"},
        {"v=1\r\n", "version is not 0"},
        {"v=0 \t0\r\n", "version is not 0"},
        {"o=- 1 1 IN IP4 192.0.2.1\r\nv=0\r\n", "version is not 0"},
        {"hello", "line without a type"},
        {kOpening + "\r\n" + kAudio, "line without a type"},
        {kOpening + "M=audio 4000 RTP/AVP 8\r\n", "line without a type"},
        {kOpening + "m audio 4000 RTP/AVP 8\r\n", "line without a type"},
        {kOpening + std::string{"a=x\0y\r\n", 7}, "control character"},
        {kOpening + "a=x\x7f\r\n", "control character"},
        {kOpening + "a=x\ry\r\n", "control character"},
        {kOpening + "c=IN IP4 phone.example.org\r\n", "connection address"},
        {kOpening + "c=IN IP4 192.0.2\r\n", "connection address"},
        {kOpening + "c=IN IP4 224.2.36.42/127\r\n", "connection address"},
        {kOpening + "c=IN IP4 224.0.0.1\r\n", "connection address"},
        {kOpening + "c=IN IP4 255.255.255.255\r\n", "connection address"},
        {kOpening + "c=IN IP6 ff02::1\r\n", "connection address"},
        {kOpening + "c=IN IP6 ::ffff:224.0.0.1\r\n", "connection address"},
        {kOpening + "c=IN IP4 ::ffff:192.0.2.1\r\n", "connection address"},
        {kOpening + "c=IN IP6 192.0.2.1\r\n", "connection address"},
        {kOpening + "c=IN IP4 2001:db8::1\r\n", "connection address"},
        {kOpening + "c=XX IP4 192.0.2.1\r\n", "connection address"},
        {kOpening + "c=\r\n", "connection address"},
        {media("m="), "media line"},
        {media("m=audio"), "media line"},
        {media("m=audio 4000"), "media line"},
        {media("m=au/dio 4000 RTP/AVP 8"), "media line"},
        {media("m=audio 4000 RTP//AVP 8"), "media line"},
        {media("m=audio 4000 RTP/AVP"), "media line without formats"},
        {media("m=audio 4000 RTP/AVP "), "media line without formats"},
        {media("m=audio 65536 RTP/AVP 8"), "media port"},
        {media("m=audio -1 RTP/AVP 8"), "media port"},
        {media("m=audio 0x10 RTP/AVP 8"), "media port"},
        {media("m=audio  4000 RTP/AVP 8"), "media port"},
        {media("m=audio 4000 RTP/AVP 128"), "payload type"},
        {media("m=audio 4000 RTP/AVP 256"), "payload type"},
        {media("m=audio 4000 RTP/AVP 8  0"), "payload type"},
        {media("m=audio 4000 RTP/AVP pcma"), "payload type"},
        {attribute("rtpmap:"), "payload type of rtpmap"},
        {attribute("rtpmap:x PCMA/8000"), "payload type of rtpmap"},
        {attribute("rtcp:"), "rtcp port"},
        {attribute("rtcp:70000"), "rtcp port"},
        {attribute("rtcp:4001 IN IP4 phone.example.org"), "rtcp address"},
    };
    for (const auto& [text, reason] : cases) {
        CAPTURE(text);
        CHECK(refusalOf(text) == reason);
    }
}

TEST_CASE("a description has limits", "[bridge]") {
    const auto lines = [](std::size_t count, const std::string& line) {
        std::string all;
        for (std::size_t i = 0; i < count; ++i) all += line;
        return all;
    };
    const auto formats = [](std::size_t count) {
        std::string all = "m=audio 4000 RTP/AVP";
        for (std::size_t i = 0; i < count; ++i) all.append(" ").append(std::to_string(i));
        return all + "\r\n";
    };
    CHECK(refusalOf(kOpening + lines(16, "m=audio 4000 RTP/AVP 8\r\n")).empty());
    CHECK(refusalOf(kOpening + lines(17, "m=audio 4000 RTP/AVP 8\r\n")) == "too many media lines");
    CHECK(refusalOf(kOpening + formats(64)).empty());
    CHECK(refusalOf(kOpening + formats(65)) == "too many formats");
    CHECK(refusalOf(kOpening + lines(395, "a=x\r\n")).empty());
    CHECK(refusalOf(kOpening + lines(396, "a=x\r\n")) == "session description too long");
    const auto attribute = [](std::size_t length) { return std::string{"a="} + std::string(length, 'x') + "\r\n"; };
    CHECK(refusalOf(kOpening + attribute(1022)).empty());
    CHECK(refusalOf(kOpening + attribute(1023)) == "session description too long");
    CHECK(refusalOf(std::string{"v=0\r\n"} + lines(9, attribute(1000))) == "size of the session description");
}

TEST_CASE("the session descriptions of the corpus are read", "[bridge][rfc4475][rfc5118]") {
    std::size_t descriptions = 0;
    for (const char* folder : {"phones", "rfc4475", "rfc5118"}) {
        for (const auto& entry :
             std::filesystem::directory_iterator{std::filesystem::path{BEFFROI_SOURCE_DIR} / "tests/corpus" / folder}) {
            const auto body = bodyOf(fileOf(entry.path()));
            if (!body.starts_with("v=0")) continue;
            ++descriptions;
            CAPTURE(entry.path().filename().string());
            // test.dat has a line that is none: "testing=123".
            CHECK(refusalOf(body) == (entry.path().filename() == "test.dat" ? "line without a type" : ""));
        }
    }
    CHECK(descriptions > 10);
}

TEST_CASE("no damage to a description makes the reader yield something unsound", "[bridge]") {
    const std::string sound = kOpening +
                              "m=audio 7078 RTP/AVPF 96 8 101\r\na=rtpmap:96 opus/48000/2\r\n"
                              "a=rtpmap:101 telephone-event/48000\r\na=rtcp:7079 IN IP4 192.0.2.10\r\na=sendonly\r\n";
    std::mt19937 random{2027};
    std::size_t accepted = 0;
    for (int round = 0; round < 20000; ++round) {
        auto text = sound;
        for (auto damages = 1 + random() % 3; damages > 0; --damages) {
            const auto at = random() % text.size();
            switch (random() % 3) {
                case 0: text[at] = static_cast<char>(random() % 256); break;
                case 1: text.erase(at, 1 + random() % 8); break;
                default: text.insert(at, text.substr(random() % text.size(), random() % 16)); break;
            }
            if (text.empty()) text.push_back('v');
        }
        const auto result = readSdp(text);
        const auto* session = std::get_if<SessionDescription>(&result);
        if (session == nullptr) continue;
        ++accepted;
        for (const auto& media : session->media) {
            REQUIRE_FALSE(media.kind.empty());
            REQUIRE(media.formats.size() <= 64);
            for (const auto& format : media.formats) REQUIRE(format.payloadType < 128);
        }
    }
    CHECK(accepted > 1000);  // the damage is subtle enough to mean something
}
