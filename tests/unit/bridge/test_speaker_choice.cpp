// SPDX-License-Identifier: AGPL-3.0-or-later
#include "bridge/speaker_choice.hpp"

#include <catch2/catch.hpp>

#include <deque>
#include <vector>

using namespace beffroi::bridge;

namespace {

constexpr float kLoud = 1e6F;
constexpr std::uint64_t kHold = 60;

// Members whose loudness a test sets, and the frames that pass.
struct Meeting {
    explicit Meeting(std::size_t places, std::size_t members) : choice{places}, voices(members) {
        for (auto& voice : voices) list.push_back(&voice);
    }
    void update() { choice.update(list, ++now); }
    void passes(std::uint64_t frames) {
        for (std::uint64_t i = 0; i < frames; ++i) update();
    }
    /// Which member is in each place, -1 for nobody.
    std::vector<int> speakers() const {
        std::vector<int> all;
        for (std::size_t place = 0; place < choice.places(); ++place) {
            int member = -1;
            for (std::size_t i = 0; i < voices.size(); ++i) {
                if (choice.at(place) == &voices[i]) member = static_cast<int>(i);
                if (choice.at(place) == &voices[i]) CHECK(voices[i].place == place);
            }
            all.push_back(member);
        }
        return all;
    }

    SpeakerChoice choice;
    std::deque<Voice> voices;
    std::vector<Voice*> list;
    std::uint64_t now = 0;
};

}  // namespace

TEST_CASE("loudness rises at once and falls slowly", "[bridge][mixer]") {
    Voice voice;
    voice.heard(1000.0F);
    CHECK(voice.loudness == 1000.0F);
    voice.heard(0.0F);
    CHECK(voice.loudness == Approx(900.0F));
    voice.heard(950.0F);
    CHECK(voice.loudness == 950.0F);
    for (int i = 0; i < 200; ++i) voice.heard(10.0F);
    CHECK(voice.loudness == Approx(10.0F));
}

TEST_CASE("whoever speaks gets a place, who is silent does not", "[bridge][mixer]") {
    Meeting meeting{3, 4};
    meeting.voices[1].loudness = kLoud;
    meeting.voices[3].loudness = 2501.0F;
    meeting.voices[0].loudness = 2500.0F;  // noise of a room
    meeting.update();
    CHECK(meeting.speakers() == std::vector{1, 3, -1});
}

TEST_CASE("a place is kept over a pause of speech and given up after it", "[bridge][mixer]") {
    Meeting meeting{2, 2};
    meeting.voices[0].loudness = kLoud;
    meeting.update();
    meeting.voices[0].loudness = 0.0F;
    meeting.passes(kHold);
    CHECK(meeting.speakers() == std::vector{0, -1});
    SECTION("silence ends it") {
        meeting.update();
        CHECK(meeting.speakers() == std::vector{-1, -1});
        CHECK_FALSE(meeting.voices[0].place);
    }
    SECTION("the next word renews it") {
        meeting.voices[0].loudness = kLoud;
        meeting.update();
        meeting.voices[0].loudness = 0.0F;
        meeting.passes(kHold);
        CHECK(meeting.speakers() == std::vector{0, -1});
    }
}

TEST_CASE("a full room hears the clearly louder instead of the weakest, and nobody twice", "[bridge][mixer]") {
    Meeting meeting{3, 5};
    meeting.voices[0].loudness = 4 * kLoud;
    meeting.voices[1].loudness = kLoud;
    meeting.voices[2].loudness = 2 * kLoud;
    meeting.update();
    REQUIRE(meeting.speakers() == std::vector{0, 1, 2});
    SECTION("a little louder is not enough") {
        meeting.voices[3].loudness = 4 * kLoud;
        meeting.passes(100);
        CHECK(meeting.speakers() == std::vector{0, 1, 2});
        CHECK_FALSE(meeting.voices[3].place);
    }
    SECTION("6 dB is") {
        meeting.voices[3].loudness = 4.1F * kLoud;
        meeting.update();
        CHECK(meeting.speakers() == std::vector{0, 3, 2});
        CHECK_FALSE(meeting.voices[1].place);
    }
    SECTION("two who come at once displace two") {
        meeting.voices[3].loudness = 100 * kLoud;
        meeting.voices[4].loudness = 90 * kLoud;
        meeting.update();
        CHECK(meeting.speakers() == std::vector{0, 3, 4});
    }
}

TEST_CASE("a silenced member has no place, however loud", "[bridge][mixer]") {
    Meeting meeting{2, 2};
    meeting.voices[0].loudness = kLoud;
    meeting.update();
    REQUIRE(meeting.speakers() == std::vector{0, -1});
    meeting.voices[0].silenced = true;
    meeting.passes(2);
    CHECK(meeting.speakers() == std::vector{-1, -1});
    CHECK_FALSE(meeting.voices[0].place);
    meeting.voices[0].silenced = false;
    meeting.update();
    CHECK(meeting.speakers() == std::vector{0, -1});
}

TEST_CASE("who leaves frees the place at once", "[bridge][mixer]") {
    Meeting meeting{1, 2};
    meeting.voices[0].loudness = kLoud;
    meeting.update();
    meeting.choice.forget(meeting.voices[0]);
    CHECK_FALSE(meeting.voices[0].place);
    meeting.choice.forget(meeting.voices[1]);  // had none
    CHECK(meeting.speakers() == std::vector{-1});
    meeting.list.erase(meeting.list.begin());
    meeting.voices[1].loudness = kLoud / 100;
    meeting.update();
    CHECK(meeting.speakers() == std::vector{1});
}
