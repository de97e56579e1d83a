// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A room with real tickers and sockets, and telephones around it. The media thread's own ticks are the clock that the
// telephones speak by; a test waits for what it expects to happen, with a deadline.
#pragma once

#include "base/system_clock.hpp"
#include "beffroi/thread_roles.hpp"
#include "bridge/channel_source.hpp"
#include "bridge/hub.hpp"
#include "bridge/library_log.hpp"
#include "rtp_phone.hpp"

#include <poll.h>

#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace beffroi::test {

/// Keys that members pressed, noted on the media thread.
class KeyNotes {
public:
    void add(char key) {
        const std::lock_guard lock{mutex_};
        keys_ += key;
    }
    [[nodiscard]] std::string all() const {
        const std::lock_guard lock{mutex_};
        return keys_;
    }

private:
    mutable std::mutex mutex_;
    std::string keys_;
};

/// A telephone and its side of the bridge.
struct Guest {
    double hertz;
    RtpPhone phone;
    KeyNotes keys;
    std::unique_ptr<bridge::RtpChannel> channel;
    std::unique_ptr<bridge::HubMember> member;  // uses the channel

    Guest(MSFactory* factory, bridge::Codec codec, double frequency, double amplitude)
        : hertz{frequency}, phone{factory, codec, frequency, amplitude} {}
};

class Stage {
public:
    static constexpr double kLoud = 3000.0;

    explicit Stage(std::size_t places = 3, bridge::Hearing hearing = bridge::Hearing::Others)
        : engine{clock, {1, 5}}, thread{*engine.threads().front()}, hub{thread, places, hearing} {
        bridge::routeLibraryLogs();
    }

    /// A telephone with a channel, not in the room yet.
    Guest& invite(bridge::Codec codec, double amplitude = kLoud,
                  bridge::Learning learning = bridge::Learning::SignalledHost) BEFFROI_ON_LOOP {
        auto& guest =
            *guests.emplace_back(std::make_unique<Guest>(thread.factory(), codec, hertzOf(guests.size()), amplitude));
        guest.channel = channels.open(thread.readiness(), [&guest](char key) { guest.keys.add(key); });
        if (!guest.channel) throw std::runtime_error{"no channel"};
        guest.channel->configure(guest.phone.agreement(), learning);
        guest.phone.bridge = guest.channel->local();
        for (const auto& other : guests) other->phone.listen();  // no socket may run over while many are invited
        return guest;
    }
    void join(Guest& guest) BEFFROI_ON_LOOP { guest.member = hub.join(*guest.channel, guest.phone.agreement()); }
    Guest& enter(bridge::Codec codec, double amplitude = kLoud) BEFFROI_ON_LOOP {
        auto& guest = invite(codec, amplitude);
        join(guest);
        return guest;
    }

    /// Lets time pass until `happened`; false if it has not within half a minute.
    [[nodiscard]] bool until(const std::function<bool()>& happened) {
        const auto deadline = clock.now() + 30s;
        while (!happened()) {
            if (clock.now() > deadline) return false;
            turn();
        }
        return true;
    }
    /// Lets `count` packets of 20 ms be spoken.
    [[nodiscard]] bool packets(std::uint64_t count) {
        const auto goal = spoken_ + count;
        return until([&] { return spoken_ >= goal; });
    }

    /// The guests whose tones are in the window.
    [[nodiscard]] std::set<std::size_t> heardIn(const RtpPhone& phone, std::span<const bridge::Sample> window) const {
        std::set<std::size_t> found;
        for (std::size_t i = 0; i < guests.size(); ++i) {
            if (phone.amplitude(guests[i]->hertz, window) > kLoud / 20) found.insert(i);
        }
        return found;
    }
    /// Waits until the guest has heard exactly these for 300 ms.
    [[nodiscard]] bool hears(const Guest& guest, const std::set<std::size_t>& expected) {
        const auto from = guest.phone.heard.size();
        return until([&] {
            const auto windows = guest.phone.windows(from);
            if (windows.size() < 3) return false;
            for (auto i = windows.size() - 3; i < windows.size(); ++i) {
                if (heardIn(guest.phone, windows[i]) != expected) return false;
            }
            return true;
        });
    }

    static double hertzOf(std::size_t index) { return 400.0 + 40.0 * static_cast<double>(index * 7 % 67); }

    base::SystemClock clock;
    bridge::MediaEngine engine;
    bridge::MediaThread& thread;
    bridge::ChannelSource channels{ownLoopback(), bridge::PortPool{*bridge::parsePortRange("20000-29999"), 0}};
    bridge::Hub hub;
    std::vector<std::unique_ptr<Guest>> guests;

private:
    void turn() {
        std::vector<pollfd> descriptors;
        for (const auto& guest : guests) {
            descriptors.push_back({guest->phone.rtp.descriptor(), POLLIN, 0});
        }
        poll(descriptors.data(), descriptors.size(), 5);
        const auto ticks = thread.ticks();
        for (const auto& guest : guests) {
            guest->phone.turn();
            guest->phone.listen();
            if (ticks > spokenAt_ + kLate) guest->phone.disturbed();
        }
        while (spokenAt_ + RtpPhone::kFramesPerPacket <= ticks) {
            for (const auto& guest : guests) guest->phone.speak();
            spokenAt_ += RtpPhone::kFramesPerPacket;
            ++spoken_;
        }
    }

    static constexpr std::uint64_t kLate = 4;  // ticks: what the jitter buffers bear without a trace
    std::uint64_t spokenAt_ = thread.ticks();
    std::uint64_t spoken_ = 0;
};

}  // namespace beffroi::test
