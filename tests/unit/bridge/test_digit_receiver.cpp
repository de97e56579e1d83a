// SPDX-License-Identifier: AGPL-3.0-or-later
#include "bridge/digit_receiver.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <string>

using namespace beffroi::bridge;

namespace {

constexpr bool kMarker = true;

// Sends the packets of events to a receiver and notes the keys.
struct Keypad {
    DigitReceiver receiver;
    std::string keys;
    std::uint32_t source = 7;

    void packet(std::uint8_t event, std::uint32_t timestamp, unsigned duration, bool end = false, bool marker = false) {
        const std::array<std::uint8_t, 4> payload{event, static_cast<std::uint8_t>(end ? 0x8a : 0x0a),
                                                  static_cast<std::uint8_t>(duration >> 8),
                                                  static_cast<std::uint8_t>(duration)};
        RtpHeader header;
        header.marker = marker;
        header.timestamp = timestamp;
        header.source = source;
        header.payload = payload;
        if (const auto key = receiver.receive(header)) keys += *key;
    }
    /// As a telephone sends it: updates every 20 ms, the end three times.
    void press(std::uint8_t event, std::uint32_t timestamp) {
        for (unsigned step = 1; step <= 4; ++step) packet(event, timestamp, 160 * step, false, step == 1);
        for (int repeat = 0; repeat < 3; ++repeat) packet(event, timestamp, 800, true);
    }
};

}  // namespace

TEST_CASE("every key is reported once", "[bridge][rfc4733-2.5]") {
    Keypad pad;
    std::uint32_t timestamp = 4294960000U;  // runs over its end on the way
    for (std::uint8_t event = 0; event < 16; ++event) pad.press(event, timestamp += 1600);
    CHECK(pad.keys == "0123456789*#ABCD");
}

TEST_CASE("the same key pressed twice is two keys", "[bridge][rfc4733-2.5]") {
    Keypad pad;
    pad.press(5, 1000);
    pad.press(5, 2600);
    CHECK(pad.keys == "55");
}

TEST_CASE("a key is reported although packets are lost", "[bridge][rfc4733-2.5.1.4]") {
    Keypad pad;
    SECTION("all but the last end") { pad.packet(1, 1000, 800, true); }
    SECTION("all but an update in the middle") { pad.packet(1, 1000, 480); }
    SECTION("the ends") { pad.packet(1, 1000, 160, false, kMarker); }
    CHECK(pad.keys == "1");
    pad.press(2, 3000);
    CHECK(pad.keys == "12");
}

TEST_CASE("late and repeated packets are no keys", "[bridge][rfc4733-2.5.2.3]") {
    Keypad pad;
    pad.press(1, 1000);
    pad.press(2, 3000);
    pad.packet(1, 1000, 800, true);
    pad.packet(2, 3000, 320);
    CHECK(pad.keys == "12");
    pad.press(3, 5000);
    CHECK(pad.keys == "123");
}

TEST_CASE("an event too long for its duration goes on as the same key", "[bridge][rfc4733-2.5.1.3]") {
    Keypad pad;
    pad.packet(9, 1000, 0xfff0, false, kMarker);
    pad.packet(9, 1000, 0xffff);
    pad.packet(9, 1000 + 0xffff, 160);
    pad.packet(9, 1000 + 0xffff, 320, true);
    CHECK(pad.keys == "9");
    SECTION("but a marker makes it a new one") {
        pad.packet(8, 200000, 0xffff, false, kMarker);
        pad.packet(8, 200000 + 0xffff, 160, false, kMarker);
        CHECK(pad.keys == "988");
    }
    SECTION("and so does another key") {
        pad.packet(8, 200000, 0xffff, false, kMarker);
        pad.packet(7, 200000 + 0xffff, 160);
        CHECK(pad.keys == "987");
    }
}

TEST_CASE("what is not a key says nothing and changes nothing", "[bridge][rfc4733-3.2]") {
    Keypad pad;
    pad.packet(16, 1000, 160, false, kMarker);  // flash
    pad.packet(66, 2000, 160, false, kMarker);  // a modem's tone
    RtpHeader shortPacket;
    const std::array<std::uint8_t, 3> payload{1, 0x0a, 0};
    shortPacket.payload = payload;
    CHECK_FALSE(pad.receiver.receive(shortPacket));
    CHECK(pad.keys.empty());
    pad.press(4, 1000);
    CHECK(pad.keys == "4");
}

TEST_CASE("a telephone that begins anew with another source and clock is heard", "[bridge][rfc3550-8]") {
    Keypad pad;
    pad.press(1, 900000);
    pad.source = 8;
    pad.press(2, 1000);
    CHECK(pad.keys == "12");
}
