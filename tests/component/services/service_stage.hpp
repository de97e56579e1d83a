// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What services need around them: real media threads and ports of 127.0.0.1, and time that stands still. Calls come
// from telephones that are nothing but a description.
#pragma once

#include "base/timer_wheel.hpp"
#include "services/line.hpp"
#include "support/fake_clock.hpp"
#include "support/loop_runner.hpp"

#include <string>
#include <utility>
#include <variant>

namespace beffroi::test {

/// An A-law offer of a telephone that takes its voice at `port`.
[[nodiscard]] inline std::string offerOf(std::uint16_t port, const std::string& direction = "sendrecv") {
    return "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio " + std::to_string(port) +
           " RTP/AVP 8 101\r\na=rtpmap:101 telephone-event/8000\r\na=" + direction + "\r\n";
}

/// The port of the audio line in a description of ours; 0 if there is none.
[[nodiscard]] inline std::uint16_t portOf(const std::string& description) {
    const auto at = description.find("m=audio ");
    return at == std::string::npos ? std::uint16_t{0}
                                   : static_cast<std::uint16_t>(std::stoul(description.substr(at + 8)));
}

struct ServiceStage {
    /// Lets `time` pass for the timers.
    void pass(Clock::Duration time) {
        for (Clock::Duration gone{}; gone < time; gone += 10ms) {
            clock.advance(10ms);
            wheel.advance();
        }
    }
    [[nodiscard]] bridge::CallRequest request(const std::string& extension = "8000") {
        bridge::CallRequest wanted;
        wanted.extension = extension;
        wanted.service = "room";
        wanted.caller = "2100";
        wanted.callId = "call-" + std::to_string(++calls);
        wanted.hangUp = [this] { ++hungUp; };
        return wanted;
    }

    LoopRunner runner;
    FakeClock clock;
    base::TimerWheel wheel{clock};
    bridge::MediaEngine engine{runner.clock, {1}};
    bridge::ChannelSource channels{*SocketAddress::parse("127.0.0.1", 0), bridge::PortPool{{20000, 29999}, 0}};
    services::LineParts parts{runner.loop, wheel, channels, [] { return 7U; }, std::chrono::seconds{20}};
    std::uint64_t calls = 0;
    int hungUp = 0;
};

}  // namespace beffroi::test
