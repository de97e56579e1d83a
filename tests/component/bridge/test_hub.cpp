// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Rooms on real media threads: who hears whom, and that nobody is disturbed by others who come and go.

#include "bridge/hub.hpp"

#include "stage.hpp"

#include <catch2/catch.hpp>

#include <map>

using namespace beffroi;
using namespace beffroi::bridge;
using test::Guest;
using test::Stage;

namespace {

using Numbers = std::set<std::size_t>;

/// In every window the tone of `speaker`, at its level, and next to nothing else.
void checkClean(const Guest& guest, const Guest& speaker, std::size_t from, double tolerance) {
    const auto windows = guest.phone.windows(from);
    REQUIRE(windows.size() > 5);
    std::size_t damaged = 0;
    for (const auto& window : windows) {
        const auto amplitude = guest.phone.amplitude(speaker.hertz, window);
        const auto rest = std::abs(test::levelOf(window) - Stage::kLoud / std::sqrt(2.0));
        if (std::abs(amplitude - Stage::kLoud) > tolerance * Stage::kLoud || rest > tolerance * Stage::kLoud) ++damaged;
    }
    CHECK(damaged == 0);
}

void checkUnbroken(const Guest& guest) {
    CHECK(guest.phone.packets > 10);
    CHECK(guest.phone.sequenceGaps == 0);
    CHECK(guest.phone.timestampGaps == 0);
    CHECK(guest.phone.markers == 1);
    CHECK(guest.phone.malformed == 0);
}

}  // namespace

TEST_CASE("in a room each member hears the others and not themselves", "[bridge][hub]") {
    assertOnLoop();
    Stage stage{4};
    SECTION("A-law") {
        for (int i = 0; i < 3; ++i) stage.enter(Codec::Pcma);
    }
    SECTION("µ-law") {
        for (int i = 0; i < 3; ++i) stage.enter(Codec::Pcmu);
    }
    SECTION("G.722") {
        for (int i = 0; i < 3; ++i) stage.enter(Codec::G722);
    }
    SECTION("Opus") {
        for (int i = 0; i < 3; ++i) stage.enter(Codec::Opus);
    }
    SECTION("one of each") {
        for (const auto& codec : kCodecs) stage.enter(codec.codec);
    }
    Numbers all;
    for (std::size_t i = 0; i < stage.guests.size(); ++i) all.insert(i);
    for (std::size_t i = 0; i < stage.guests.size(); ++i) {
        auto others = all;
        others.erase(i);
        CAPTURE(i);
        CHECK(stage.hears(*stage.guests[i], others));
    }
    for (const auto& guest : stage.guests) {
        checkUnbroken(*guest);
        // Not even in the first moments, when others begin and are heard on all frequencies for an instant.
        for (const auto& window : guest->phone.windows(0)) {
            CHECK(guest->phone.amplitude(guest->hertz, window) < Stage::kLoud / 5);
        }
    }
}

TEST_CASE("a member who joins or leaves damages nobody's audio", "[bridge][hub]") {
    assertOnLoop();
    Stage stage;
    auto& speaker = stage.enter(Codec::Pcma);
    std::vector<Guest*> listeners;
    for (const auto& codec : kCodecs) listeners.push_back(&stage.enter(codec.codec, 0.0));
    std::map<const Guest*, std::size_t> from;
    for (const auto* listener : listeners) REQUIRE(stage.hears(*listener, {0}));
    for (const auto* listener : listeners) from[listener] = listener->phone.heard.size();

    for (int round = 0; round < 12; ++round) {
        auto& coming = stage.enter(kCodecs[static_cast<std::size_t>(round) % kCodecs.size()].codec, 0.0);
        REQUIRE(stage.packets(7));
        CHECK(coming.phone.packets > 0);
        coming.member.reset();
        coming.channel.reset();
        stage.guests.pop_back();
        REQUIRE(stage.packets(3));
    }
    REQUIRE(stage.until([&] { return listeners.front()->phone.windows(from[listeners.front()]).size() > 10; }));
    for (const auto* listener : listeners) {
        checkUnbroken(*listener);
        checkClean(*listener, speaker, from[listener], listener == listeners.front() ? 0.12 : 0.06);
    }
}

TEST_CASE("listeners of one codec share one encoding", "[bridge][hub]") {
    assertOnLoop();
    Stage stage;
    stage.enter(Codec::G722);
    const auto codec = GENERATE(Codec::Opus, Codec::Pcma);
    auto& first = stage.enter(codec, 0.0);
    REQUIRE(stage.hears(first, {0}));
    auto& second = stage.enter(codec, 0.0);
    REQUIRE(stage.until([&] { return second.phone.packets > 40; }));
    // Opus encodes with a memory: two encoders of different age would not give the same octets.
    const auto& late = second.phone.payloads;
    const auto& early = first.phone.payloads;
    const auto found = std::search(early.begin(), early.end(), late.begin(), late.begin() + 40);
    CHECK(found != early.end());
    CHECK(late[20].size() > 10);
}

TEST_CASE("of sixty-four who speak, three are heard by all", "[bridge][hub]") {
    assertOnLoop();
    constexpr std::size_t kMembers = 64;
    Stage stage{3};
    for (std::size_t i = 0; i < kMembers; ++i) {
        stage.enter(Codec::Pcma, i < 3 ? Stage::kLoud : Stage::kLoud / 40);
    }
    CHECK(stage.hears(*stage.guests[kMembers - 1], {0, 1, 2}));
    CHECK(stage.hears(*stage.guests[1], {0, 2}));
    const auto heard = [&](const Guest& guest, const Numbers& numbers) {
        const auto windows = guest.phone.windows(0);
        return !windows.empty() && stage.heardIn(guest.phone, windows.back()) == numbers;
    };
    for (const auto& guest : stage.guests) {
        Numbers others{0, 1, 2};
        others.erase(static_cast<std::size_t>(&guest - stage.guests.data()));
        CHECK(stage.until([&] { return heard(*guest, others); }));
        checkUnbroken(*guest);
    }
}

TEST_CASE("a silenced member is not heard, and one that never speaks hears", "[bridge][hub]") {
    assertOnLoop();
    Stage stage;
    auto& speaker = stage.enter(Codec::Pcma);
    auto& dumb = stage.enter(Codec::Pcma);
    dumb.phone.talking = false;
    CHECK(stage.hears(dumb, {0}));
    CHECK(dumb.channel->counters().packetsIn == 0);
    speaker.member->silence(true);
    CHECK(stage.hears(dumb, {}));
    speaker.member->silence(false);
    CHECK(stage.hears(dumb, {0}));
    checkUnbroken(dumb);
}

TEST_CASE("a member is sent nothing that the agreement does not want", "[bridge][hub][rfc3264-8.4]") {
    assertOnLoop();
    Stage stage;
    auto& speaker = stage.enter(Codec::Pcma);
    auto& other = stage.enter(Codec::Pcma, 0.0);
    auto& quiet = stage.invite(Codec::Pcma, 0.0);
    auto agreement = quiet.phone.agreement();
    const auto direction = GENERATE(Direction::ReceiveOnly, Direction::Inactive);
    agreement.direction = direction;
    quiet.member = stage.hub.join(*quiet.channel, agreement);
    REQUIRE(stage.hears(other, {0}));
    CHECK(quiet.phone.packets == 0);
    quiet.member.reset();
    agreement.direction = Direction::SendOnly;
    quiet.member = stage.hub.join(*quiet.channel, agreement);
    CHECK(stage.hears(quiet, {0}));
    CHECK(speaker.phone.packets > 0);
}

TEST_CASE("a room plays to everybody, and the echo test plays one's own voice", "[bridge][hub][prompt]") {
    assertOnLoop();
    SECTION("a prompt") {
        Stage stage;
        auto& narrow = stage.enter(Codec::Pcmu, 0.0);
        auto& wide = stage.enter(Codec::G722, 0.0);
        REQUIRE(stage.until([&] { return narrow.phone.packets > 5 && wide.phone.packets > 5; }));
        stage.hub.play(std::make_shared<TonePrompt>(std::vector{Note{3000, 0, 1000, false}}, 6000.0));
        for (const auto* guest : {&narrow, &wide}) {
            CHECK(stage.until([&] {
                const auto windows = guest->phone.windows(0);
                return std::any_of(windows.begin(), windows.end(), [&](const auto& window) {
                    return guest->phone.amplitude(3000.0, window) == Approx(6000.0).epsilon(0.1);
                });
            }));
        }
    }
    SECTION("the echo test") {
        Stage stage{1, Hearing::OneselfToo};
        auto& caller = stage.enter(Codec::Opus);
        CHECK(stage.hears(caller, {0}));
        checkUnbroken(caller);
    }
}

TEST_CASE("rooms are spread over the media threads", "[bridge][hub]") {
    assertOnLoop();
    base::SystemClock clock;
    MediaEngine engine{clock, {3, 5}};
    std::set<const MediaThread*> taken;
    for (int i = 0; i < 3; ++i) taken.insert(&engine.idlest());
    CHECK(taken.size() == 3);
    CHECK(engine.threads().front()->load() < kFullLoad);
}
