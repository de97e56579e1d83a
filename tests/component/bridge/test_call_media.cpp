// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The voice of a call from its first offer over hold and a change of codec, as the user agent asks for it.

#include "bridge/call_media.hpp"

#include "stage.hpp"

#include <catch2/catch.hpp>

using namespace beffroi;
using namespace beffroi::bridge;
using test::RtpPhone;
using test::Stage;

namespace {

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

struct Caller {
    explicit Caller(Stage& stage)
        : listener{stage.enter(Codec::Pcmu, 0.0)},
          guest{stage.invite(Codec::Pcma)},
          media{stage.hub, std::move(guest.channel), stage.channels.reach(), 77} {}

    std::string offer(std::string_view formats, std::string_view more = "", std::string host = {}) const {
        if (host.empty()) host = test::ownLoopback().host();
        return "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 " + host + "\r\nt=0 0\r\nm=audio " +
               std::to_string(guest.phone.rtp.address().port()) + " RTP/AVP " + std::string{formats} + "\r\n" +
               std::string{more};
    }
    std::string answerTo(const std::string& text) {
        assertOnLoop();
        auto result = media.answer(text);
        if (const auto* refusal = std::get_if<NegotiationRefusal>(&result)) FAIL(refusal->reason);
        return std::get<std::string>(result);
    }

    test::Guest& listener;
    test::Guest& guest;
    CallMedia media;
};

}  // namespace

TEST_CASE("a call is heard, holds, comes back and changes its codec", "[bridge][rfc3264-8]") {
    assertOnLoop();
    Stage stage;
    Caller caller{stage};
    CHECK_FALSE(caller.media.agreement());
    const auto first = caller.answerTo(caller.offer("8 0"));
    CHECK(contains(first, "o=- 77 1 IN IP4 " + test::ownLoopback().host() + "\r\n"));
    CHECK(contains(first, "m=audio " + std::to_string(caller.media.local().port()) + " RTP/AVP 8\r\n"));
    REQUIRE(stage.hears(caller.listener, {1}));
    CHECK(caller.media.agreement()->codec == Codec::Pcma);

    SECTION("the same offer again is the same answer, and disturbs nobody") {
        CHECK(caller.answerTo(caller.offer("8 0")) == first);
        CHECK(caller.guest.phone.sequenceGaps == 0);
    }
    SECTION("hold by direction") {
        const auto held = caller.answerTo(caller.offer("8 0", "a=sendonly\r\n"));
        CHECK(contains(held, "a=recvonly\r\n"));
        CHECK(contains(held, "o=- 77 2 "));
        CHECK(caller.media.onHold());
        CHECK(stage.hears(caller.listener, {}));
        SECTION("and back") {
            CHECK(contains(caller.answerTo(caller.offer("8 0", "a=sendrecv\r\n")), "o=- 77 3 "));
            CHECK_FALSE(caller.media.onHold());
            CHECK(stage.hears(caller.listener, {1}));
        }
    }
    SECTION("hold by address") {
        CHECK(contains(caller.answerTo(caller.offer("8 0", "", "0.0.0.0")), "a=inactive\r\n"));
        CHECK(caller.media.onHold());
        CHECK(stage.hears(caller.listener, {}));
        CHECK(contains(caller.answerTo(caller.offer("8 0")), "a=sendrecv\r\n"));
        CHECK(stage.hears(caller.listener, {1}));
    }
    SECTION("another codec") {
        const auto changed = caller.answerTo(caller.offer("0"));
        CHECK(contains(changed, "RTP/AVP 0\r\n"));
        CHECK(caller.media.agreement()->codec == Codec::Pcmu);
        CHECK(stage.hears(caller.listener, {}));  // our telephone goes on in A-law
        CHECK(caller.media.counters().unusable > 0);
        static_cast<void>(caller.answerTo(caller.offer("8")));
        CHECK(stage.hears(caller.listener, {1}));
    }
    SECTION("an offer that is refused changes nothing") {
        for (const auto& bad : {caller.offer("18"), std::string{"v=0\r\nnonsense"}, std::string{}}) {
            const auto result = caller.media.answer(bad);
            REQUIRE(std::holds_alternative<NegotiationRefusal>(result));
            CHECK(std::get<NegotiationRefusal>(result).status == 488);
        }
        CHECK(caller.media.agreement()->codec == Codec::Pcma);
        CHECK(stage.hears(caller.listener, {1}));
        CHECK(caller.answerTo(caller.offer("8 0")) == first);
    }
}

TEST_CASE("a call without an offer gets ours, and is heard after the answer", "[bridge][rfc3264-5]") {
    assertOnLoop();
    Stage stage;
    Caller caller{stage};
    const auto ours = caller.media.offer();
    CHECK(contains(ours, "m=audio " + std::to_string(caller.media.local().port()) + " RTP/AVP 96 9 8 0 97 101\r\n"));
    CHECK_FALSE(caller.media.agreement());
    SECTION("taken") {
        CHECK_FALSE(caller.media.takeAnswer(caller.offer("8")));
        CHECK(stage.hears(caller.listener, {1}));
        CHECK(caller.guest.phone.packets > 0);
    }
    SECTION("refused") {
        const auto refusal = caller.media.takeAnswer("v=0\r\nm=audio 0 RTP/AVP 8\r\n");
        REQUIRE(refusal);
        CHECK(refusal->status == 488);
        CHECK_FALSE(caller.media.agreement());
    }
}
