// SPDX-License-Identifier: AGPL-3.0-or-later
#include "bridge/input_buffer.hpp"

#include <catch2/catch.hpp>

#include <numeric>
#include <vector>

using namespace beffroi::bridge;
using Got = InputBuffer::Got;

namespace {

/// Samples that count upwards, so that one that is lost, doubled or displaced shows.
class Counter {
public:
    std::vector<Sample> take(std::size_t count) {
        std::vector<Sample> samples(count);
        for (auto& sample : samples) sample = next_++;
        return samples;
    }

private:
    Sample next_ = 1;
};

Frame noise() {
    Frame frame;
    frame.fill(-9999);
    return frame;
}

}  // namespace

TEST_CASE("samples come out in the order they went in, whatever the size of packets", "[bridge][mixer]") {
    const auto rate = GENERATE(PcmRate::Narrow, PcmRate::Wide);
    const auto count = frameSamples(rate);
    const auto packet = GENERATE(80U, 160U, 320U, 480U, 40U, 87U, 201U);
    InputBuffer buffer{rate};
    Counter counter;
    Sample expected = 1;
    Frame frame = noise();
    bool inOrder = true;
    for (int round = 0; round < 60; ++round) {
        buffer.write(counter.take(packet));
        while (buffer.buffered() >= count) {
            REQUIRE(buffer.read(frame) == Got::Audio);
            for (const auto sample : samplesOf(std::as_const(frame), rate)) inOrder = inOrder && sample == expected++;
        }
    }
    CHECK(inOrder);
    CHECK(expected > 1000);
}

TEST_CASE("a missing frame fades the last one out, then there is silence", "[bridge][mixer]") {
    const auto rate = GENERATE(PcmRate::Narrow, PcmRate::Wide);
    const auto count = frameSamples(rate);
    InputBuffer buffer{rate};
    Frame frame = noise();
    SECTION("nothing before the first packet") {
        CHECK(buffer.read(frame) == Got::Nothing);
        for (const auto sample : samplesOf(std::as_const(frame), rate)) REQUIRE(sample == 0);
    }
    SECTION("after speech") {
        buffer.write(std::vector<Sample>(count, -8000));
        REQUIRE(buffer.read(frame) == Got::Audio);
        CHECK(buffer.read(frame) == Got::Concealed);
        CHECK(frame[0] == -8000);
        CHECK(frame[count / 2] == -4000);
        for (std::size_t i = 1; i < count; ++i) REQUIRE(frame[i] >= frame[i - 1]);
        CHECK(std::abs(frame[count - 1]) < 200);
        CHECK(buffer.read(frame) == Got::Nothing);
        CHECK(frame[0] == 0);
        buffer.write(std::vector<Sample>(count, 5));
        CHECK(buffer.read(frame) == Got::Audio);
        CHECK(frame[count - 1] == 5);
    }
    SECTION("half a frame waits for its other half") {
        buffer.write(std::vector<Sample>(count / 2, 5));
        CHECK(buffer.read(frame) == Got::Nothing);
        buffer.write(std::vector<Sample>(count - count / 2, 6));
        CHECK(buffer.read(frame) == Got::Audio);
        CHECK(frame[0] == 5);
        CHECK(frame[count - 1] == 6);
    }
}

TEST_CASE("a burst beyond 200 ms loses its oldest part", "[bridge][mixer]") {
    InputBuffer buffer{PcmRate::Narrow};
    Counter counter;
    Frame frame = noise();
    buffer.write(counter.take(40));
    SECTION("in many packets") {
        for (int i = 0; i < 21; ++i) buffer.write(counter.take(80));
        CHECK(buffer.buffered() == 1600);
        REQUIRE(buffer.read(frame) == Got::Audio);
        CHECK(frame[0] == 40 + 80 + 1);
    }
    SECTION("in one packet longer than the buffer") {
        buffer.write(counter.take(2000));
        CHECK(buffer.buffered() == 1600);
        REQUIRE(buffer.read(frame) == Got::Audio);
        CHECK(frame[0] == 40 + 400 + 1);
    }
}

TEST_CASE("delay that is never needed is thrown away in seconds, jitter is not", "[bridge][mixer]") {
    InputBuffer buffer{PcmRate::Narrow};
    Frame frame = noise();
    const auto seconds = [&](int count, bool inPairs) {
        bool whole = true;
        for (int i = 0; i < count * 100; ++i) {
            if (!inPairs || i % 2 == 0) buffer.write(std::vector<Sample>(inPairs ? 160 : 80, 1));
            whole = buffer.read(frame) == Got::Audio && whole;
        }
        return whole;
    };
    REQUIRE(seconds(3, true));
    SECTION("after a burst of 100 ms") {
        buffer.write(std::vector<Sample>(800, 1));
        CHECK(seconds(6, true));
        CHECK(buffer.buffered() <= 160);
    }
    SECTION("two frames of reserve are left alone") {
        buffer.write(std::vector<Sample>(160, 1));
        const auto before = buffer.buffered();
        CHECK(seconds(6, true));
        CHECK(buffer.buffered() == before);
    }
    SECTION("packets of 60 ms need their delay") {
        const auto burst = [&] {
            buffer.write(std::vector<Sample>(480, 1));
            bool whole = true;
            for (int i = 0; i < 6; ++i) whole = buffer.read(frame) == Got::Audio && whole;
            return whole;
        };
        bool whole = true;
        for (int i = 0; i < 200; ++i) whole = burst() && whole;
        CHECK(whole);
    }
}
