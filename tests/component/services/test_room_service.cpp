// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/room_service.hpp"

#include "bridge/wave_prompt.hpp"
#include "component/services/service_stage.hpp"

#include <catch2/catch.hpp>

using namespace beffroi;
using namespace beffroi::test;
using services::RoomService;

namespace {

constexpr std::size_t kSecond = 16000;

struct RoomStage : ServiceStage {
    explicit RoomStage(services::RoomPrompts prompts = services::chimes()) : rooms{engine, parts, std::move(prompts)} {}

    /// Calls a room; nothing if it was refused, with the status in `refused`.
    std::unique_ptr<bridge::Call> call(const std::string& extension = "8000", std::optional<std::size_t> limit = {}) {
        assertOnLoop();
        auto wanted = request(extension);
        wanted.members = limit;
        auto taken = rooms.take(std::move(wanted));
        if (const auto* refusal = std::get_if<bridge::Refusal>(&taken)) {
            refused = refusal->status;
            return nullptr;
        }
        auto made = std::move(std::get<0>(taken));
        REQUIRE(
            std::holds_alternative<std::string>(made->answer(offerOf(static_cast<std::uint16_t>(40000 + 2 * calls)))));
        return made;
    }
    /// "8000:2 8001:1": the open rooms and how many are in each.
    std::string open() {
        assertOnLoop();
        std::string text;
        for (const auto& room : rooms.rooms()) {
            text += (text.empty() ? "" : " ") + room->extension() + ':' + std::to_string(room->members().size());
        }
        return text;
    }

    RoomService rooms;
    int refused = 0;
};

}  // namespace

TEST_CASE("a room opens with its first member and closes with its last", "[services]") {
    RoomStage stage;
    CHECK(stage.open().empty());
    auto first = stage.call();
    auto second = stage.call();
    auto elsewhere = stage.call("8001");
    CHECK(stage.open() == "8000:2 8001:1");
    first.reset();
    elsewhere.reset();
    CHECK(stage.open() == "8000:1");
    second.reset();
    CHECK(stage.open().empty());
    CHECK(stage.call() != nullptr);
}

TEST_CASE("a room takes as many as the exchange allows", "[services]") {
    RoomStage stage;
    auto first = stage.call("8000", 2);
    auto second = stage.call("8000", 2);
    CHECK(stage.call("8000", 2) == nullptr);
    CHECK(stage.refused == 486);
    CHECK(stage.open() == "8000:2");
    second.reset();
    CHECK(stage.call("8000", 2) != nullptr);
}

TEST_CASE("who is welcomed waits in the lobby until the voice has ended", "[services]") {
    auto prompts = services::chimes();
    prompts.welcome = std::make_shared<bridge::WavePrompt>(std::vector<bridge::Sample>(2 * kSecond));
    RoomStage stage{prompts};
    auto call = stage.call();
    assertOnLoop();
    const auto& member = *stage.rooms.rooms().front()->members().front();
    CHECK(member.inLobby());
    stage.pass(1900ms);
    CHECK(member.inLobby());

    SECTION("then the room") {
        stage.pass(200ms);
        CHECK_FALSE(member.inLobby());
        SECTION("and another offer does not lead back") {
            CHECK(std::holds_alternative<std::string>(call->answer(offerOf(45000))));
            CHECK_FALSE(member.inLobby());
        }
    }
    SECTION("or the way out") {
        call.reset();
        stage.pass(1s);
        CHECK(stage.open().empty());
    }
}

TEST_CASE("a member of whom nothing is heard is hung up on", "[services]") {
    RoomStage stage;
    auto call = stage.call();
    stage.pass(21s);
    CHECK(stage.hungUp == 1);
}

TEST_CASE("the last keys of a member are kept", "[services]") {
    RoomStage stage;
    auto call = stage.call();
    assertOnLoop();
    for (int i = 0; i < 40; ++i) call->digit(static_cast<char>('0' + i % 10));
    CHECK(stage.rooms.rooms().front()->members().front()->digits() == "89012345678901234567890123456789");
}

TEST_CASE("a call without an offer enters with its answer", "[services][rfc3264-5]") {
    RoomStage stage;
    assertOnLoop();
    auto taken = stage.rooms.take(stage.request());
    auto& call = std::get<0>(taken);
    const auto ours = call->offer();
    CHECK(ours.find("opus/48000/2") != std::string::npos);
    CHECK(call->takeAnswer("v=0\r\nm=audio 0 RTP/AVP 8\r\n")->status == 488);
    CHECK_FALSE(call->takeAnswer(offerOf(40100)));
    const auto& member = *stage.rooms.rooms().front()->members().front();
    REQUIRE(member.media().agreement());
    CHECK(member.media().agreement()->codec == bridge::Codec::Pcma);
}
