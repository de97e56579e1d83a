// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A room without codecs, packets and threads: parties speak tones, and a Goertzel filter says who is in which mix.

#include "bridge/room_mixer.hpp"

#include "support/tone.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <set>
#include <string>
#include <vector>

using namespace beffroi;
using namespace beffroi::bridge;

namespace {

// Tones that share no frequency of a 100 ms window and lie inside every codec's band.
double hertzOf(std::size_t index) { return 400.0 + 160.0 * static_cast<double>(index); }

struct Speaker {
    Speaker(PcmRate rate, double hertz, double amplitude)
        : party{rate}, tone{hertz, amplitude, static_cast<unsigned>(rate)} {}
    Party party;
    test::Tone tone;
    bool talking = true;
};

// A room with everybody in it; time passes in frames.
class Room {
public:
    explicit Room(std::size_t places, Hearing hearing = Hearing::Others) : mixer{places, hearing} {}

    Speaker& enter(PcmRate rate, double amplitude) {
        auto& speaker = *speakers.emplace_back(std::make_unique<Speaker>(rate, hertzOf(speakers.size()), amplitude));
        mixer.add(speaker.party);
        return speaker;
    }
    void frames(std::size_t count) {
        for (std::size_t i = 0; i < count; ++i) step();
    }
    void step() {
        for (auto& speaker : speakers) {
            if (!speaker->talking) continue;
            Frame frame{};
            speaker->tone.fill(samplesOf(frame, speaker->party.rate));
            speaker->party.input.write(samplesOf(std::as_const(frame), speaker->party.rate));
        }
        mixer.mix();
    }
    const Frame& mixFor(const Party& party) const {
        return party.voice.place ? mixer.forSpeaker(*party.voice.place, party.rate) : mixer.forListeners(party.rate);
    }
    /// What a party hears in the next 100 ms.
    std::vector<Sample> listen(const Party& party) {
        std::vector<Sample> heard;
        for (int i = 0; i < 10; ++i) {
            step();
            const auto samples = samplesOf(mixFor(party), party.rate);
            heard.insert(heard.end(), samples.begin(), samples.end());
        }
        return heard;
    }
    /// Whose tones a party hears, and that they are as loud as they were spoken.
    std::set<std::size_t> hears(const Party& party, double amplitude) {
        const auto heard = listen(party);
        std::set<std::size_t> found;
        for (std::size_t i = 0; i < speakers.size(); ++i) {
            const auto level = test::amplitudeOf(hertzOf(i), heard, static_cast<unsigned>(party.rate));
            if (level > amplitude / 50) found.insert(i);
            if (level > amplitude / 50) CHECK(level == Approx(amplitude).epsilon(0.03));
        }
        return found;
    }

    RoomMixer mixer;
    std::vector<std::unique_ptr<Speaker>> speakers;
};

using Numbers = std::set<std::size_t>;
constexpr double kLoud = 3000.0;

// Says which of its frames is played, as the value of all samples.
struct Numbered final : Prompt {
    Numbered(std::size_t frameCount, Sample firstValue) : length{frameCount}, base{firstValue} {}
    std::size_t frames() const override { return length; }
    void render(std::size_t frame, PcmRate, Frame& out) const override {
        out.fill(static_cast<Sample>(base + static_cast<Sample>(frame)));
    }
    std::size_t length;
    Sample base;
};

}  // namespace

TEST_CASE("in a room everybody hears all others and not themselves", "[bridge][mixer]") {
    Room room{4};
    SECTION("at one rate") {
        const auto rate = GENERATE(PcmRate::Narrow, PcmRate::Wide);
        for (int i = 0; i < 4; ++i) room.enter(rate, kLoud);
    }
    SECTION("at both rates, each in its own") {
        for (int i = 0; i < 4; ++i) room.enter(i % 2 == 0 ? PcmRate::Narrow : PcmRate::Wide, kLoud);
    }
    room.frames(20);
    const Numbers all{0, 1, 2, 3};
    for (std::size_t i = 0; i < 4; ++i) {
        CAPTURE(i);
        auto others = all;
        others.erase(i);
        CHECK(room.hears(room.speakers[i]->party, kLoud) == others);
    }
    auto& listener = room.enter(PcmRate::Narrow, 0.0);
    CHECK(room.hears(listener.party, kLoud) == all);
}

TEST_CASE("of many who speak the loudest are heard, by themselves less their own voice", "[bridge][mixer]") {
    Room room{3};
    for (int i = 0; i < 8; ++i) room.enter(PcmRate::Narrow, i == 2 || i == 5 || i == 7 ? kLoud : kLoud / 3);
    room.frames(20);
    CHECK(room.hears(room.speakers[0]->party, kLoud) == Numbers{2, 5, 7});
    CHECK(room.hears(room.speakers[5]->party, kLoud) == Numbers{2, 7});
    CHECK(room.speakers[5]->party.voice.loudness == Approx(kLoud * kLoud / 2).epsilon(0.01));

    SECTION("who falls silent makes room for the next, after a pause") {
        room.speakers[2]->talking = false;
        room.frames(200);
        const auto heard = room.listen(room.speakers[5]->party);
        CHECK(test::amplitudeOf(hertzOf(2), heard, 8000) < kLoud / 50);
        CHECK(test::amplitudeOf(hertzOf(7), heard, 8000) == Approx(kLoud).epsilon(0.03));
        std::size_t speaking = 0;
        for (const auto& speaker : room.speakers) speaking += speaker->party.voice.place ? 1 : 0;
        CHECK(speaking == 3);
    }
    SECTION("the choice is made at even frames only") {
        room.speakers[1]->tone = test::Tone{hertzOf(1), 10 * kLoud, 8000};
        if (room.mixer.frame() % 2 != 0) room.step();
        room.step();
        CHECK_FALSE(room.speakers[1]->party.voice.place);
        room.step();
        CHECK(room.speakers[1]->party.voice.place);
    }
}

TEST_CASE("a silenced member hears but is not heard", "[bridge][mixer]") {
    Room room{3};
    for (int i = 0; i < 3; ++i) room.enter(PcmRate::Narrow, kLoud);
    room.frames(20);
    room.speakers[1]->party.voice.silenced = true;
    room.frames(2);
    CHECK(room.hears(room.speakers[0]->party, kLoud) == Numbers{2});
    CHECK(room.hears(room.speakers[1]->party, kLoud) == Numbers{0, 2});
    room.speakers[1]->party.voice.silenced = false;
    room.frames(4);
    CHECK(room.hears(room.speakers[0]->party, kLoud) == Numbers{1, 2});
}

TEST_CASE("a member who leaves is not heard any more, and takes nobody along", "[bridge][mixer]") {
    Room room{2};
    for (int i = 0; i < 3; ++i) room.enter(i == 2 ? PcmRate::Wide : PcmRate::Narrow, i < 2 ? kLoud : 0.0);
    room.frames(21);
    const auto leaving = GENERATE(0U, 1U);
    room.mixer.remove(room.speakers[leaving]->party);
    room.mixer.remove(room.speakers[leaving]->party);  // twice is once
    CHECK(room.hears(room.speakers[2]->party, kLoud) == Numbers{1U - leaving});
    room.frames(5);
    CHECK(room.hears(room.speakers[1 - leaving]->party, kLoud).empty());
    room.mixer.add(room.speakers[leaving]->party);
    room.frames(10);
    CHECK(room.hears(room.speakers[1 - leaving]->party, kLoud) == Numbers{leaving});
}

TEST_CASE("the echo test plays a caller's own voice back", "[bridge][mixer]") {
    const auto rate = GENERATE(PcmRate::Narrow, PcmRate::Wide);
    Room room{1, Hearing::OneselfToo};
    auto& caller = room.enter(rate, kLoud);
    room.frames(20);
    REQUIRE(caller.party.voice.place);
    CHECK(room.hears(caller.party, kLoud) == Numbers{0});
}

TEST_CASE("voices that come and go leave the others' tone clean", "[bridge][mixer]") {
    Room room{3};
    room.enter(PcmRate::Narrow, kLoud);
    auto& listener = room.enter(PcmRate::Wide, 0.0);
    room.frames(20);
    for (int round = 0; round < 12; ++round) {
        Party coming{round % 2 == 0 ? PcmRate::Wide : PcmRate::Narrow};
        room.mixer.add(coming);
        room.frames(static_cast<std::size_t>(round % 3));
        const auto during = room.listen(listener.party);
        room.mixer.remove(coming);
        const auto after = room.listen(listener.party);
        for (const auto& heard : {during, after}) {
            const auto level = test::amplitudeOf(hertzOf(0), heard, 16000);
            CHECK(level == Approx(kLoud).epsilon(0.02));
            CHECK(test::levelOf(heard) == Approx(kLoud / std::sqrt(2.0)).epsilon(0.02));
        }
    }
}

TEST_CASE("prompts are played to all, one after the other", "[bridge][mixer][prompt]") {
    Room room{2};
    auto& narrow = room.enter(PcmRate::Narrow, 0.0);
    auto& wide = room.enter(PcmRate::Wide, 0.0);
    const auto next = [&] {
        room.step();
        const auto sample = room.mixFor(narrow.party)[0];
        CHECK(room.mixFor(wide.party)[159] == sample);
        return sample;
    };
    const auto chime = std::make_shared<Numbered>(2, Sample{100});
    const auto gong = std::make_shared<Numbered>(3, Sample{200});
    const auto row = [&](std::size_t frames) {
        std::vector<Sample> samples;
        for (std::size_t i = 0; i < frames; ++i) samples.push_back(next());
        return samples;
    };

    SECTION("in their order, then silence") {
        room.mixer.play(chime);
        room.mixer.play(gong);
        CHECK(row(7) == std::vector<Sample>{100, 101, 200, 201, 202, 0, 0});
    }
    SECTION("one that waits already is not queued twice, one that plays may be") {
        room.mixer.play(gong);
        room.mixer.play(gong);
        CHECK(row(1) == std::vector<Sample>{200});
        room.mixer.play(gong);
        room.mixer.play(gong);
        CHECK(row(7) == std::vector<Sample>{201, 202, 200, 201, 202, 0, 0});
    }
    SECTION("four at most") {
        for (Sample base = 1; base <= 6; ++base) {
            room.mixer.play(std::make_shared<Numbered>(1, static_cast<Sample>(base * 10)));
        }
        CHECK(row(6) == std::vector<Sample>{10, 20, 30, 40, 0, 0});
    }
    SECTION("nothing is no prompt") {
        room.mixer.play(nullptr);
        CHECK(row(1) == std::vector<Sample>{0});
    }
    SECTION("speakers hear it too, beside the others") {
        room.enter(PcmRate::Narrow, kLoud);
        auto& second = room.enter(PcmRate::Narrow, kLoud);
        room.frames(20);
        REQUIRE(second.party.voice.place);
        room.mixer.play(std::make_shared<TonePrompt>(std::vector{Note{2400, 0, 300, false}}, kLoud));
        room.frames(2);
        const auto heard = room.listen(second.party);
        CHECK(test::amplitudeOf(2400.0, heard, 8000) == Approx(kLoud).epsilon(0.05));
        CHECK(test::amplitudeOf(hertzOf(2), heard, 8000) == Approx(kLoud).epsilon(0.05));
        CHECK(test::amplitudeOf(hertzOf(3), heard, 8000) < kLoud / 50);
    }
    SECTION("in a room where nobody is left it ends all the same") {
        room.mixer.play(chime);
        room.mixer.remove(narrow.party);
        room.mixer.remove(wide.party);
        room.frames(2);
        room.mixer.add(narrow.party);
        room.step();
        CHECK(room.mixFor(narrow.party)[0] == 0);
    }
}
