// SPDX-License-Identifier: AGPL-3.0-or-later
//
// RFC 3263 on the loop: NAPTR, SRV and addresses by c-ares, whose sockets and timers are the event loop's. Answers are
// remembered for a while, so that a call to a name that was just called waits for nobody.
// Thread: loop.
#pragma once

#include "base/event_loop.hpp"
#include "beffroi/next_hop.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

struct ares_channeldata;

namespace beffroi::edge {

struct ResolverSettings {
    std::string servers;                // "192.0.2.53:53,…"; empty: those of the system
    Clock::Duration timeout = 5s;       // for a whole look-up
    Clock::Duration remember = 60s;     // an answer
    Clock::Duration rememberNone = 10s; // that there is none
    std::size_t remembered = 1024;      // look-ups
    bool tcp = true;                    // whether we can go on by TCP
};

class Resolver final : public NextHopResolver {
public:
    /// `random` gives numbers for the weights of SRV records. Throws std::runtime_error if c-ares cannot start.
    Resolver(base::EventLoop& loop, ResolverSettings settings, std::function<std::uint64_t()> random);
    ~Resolver() override;

    [[nodiscard]] std::unique_ptr<Lookup> resolve(const NextHop& hop, Answer answer) override;

private:
    class Query;
    class Handle;
    struct Remembered {
        std::vector<Destination> destinations;
        Clock::TimePoint until;
    };
    void onSocketState(int socket, bool readable, bool writable);
    void process(int readable, int writable);
    void armTimer();
    void finished(Query& query, std::vector<Destination> found, const Answer& answer);
    void remember(const std::string& key, const std::vector<Destination>& found);

    base::EventLoop& loop_;
    ResolverSettings settings_;
    std::function<std::uint64_t()> random_;
    ares_channeldata* channel_ = nullptr;
    Timer timer_;
    std::unordered_map<int, std::unique_ptr<base::EventLoop::Watch>> watches_;
    std::unordered_map<std::string, Remembered> remembered_;
    std::unordered_map<Query*, std::shared_ptr<Query>> queries_;
};

}  // namespace beffroi::edge
