// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Many callers in one room of the bridge, called straight by SIP on loopback: each sends voice every 20 ms and judges
// what comes back. Prints one JSON object: how it was, and the CPU that the bridge took while it was measured.
// Visitors come and go meanwhile; that nobody else is disturbed by them shows in the same account.

#include "beffroi/socket_address.hpp"
#include "room_load/member.hpp"
#include "sip/reader.hpp"

#include <arpa/inet.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <system_error>
#include <vector>

namespace {

using namespace beffroi;
using namespace std::chrono_literals;
using bench::Member;
using Clock = Member::Clock;

constexpr auto kTick = 5ms;  // a quarter of the members speaks at each
constexpr unsigned kQuarters = 4;
constexpr auto kSettle = 3s;  // from the last call until the measurement: chimes have been heard
constexpr auto kVisit = 1500ms;
constexpr auto kLongestSetup = 120s;
constexpr int kMostWaiting = 8;  // calls that are not answered yet
constexpr int kLowestTone = 400;
constexpr int kToneStep = 20;
constexpr double kLoudEnough = 0.05;  // share of a tone that is heard

struct Options {
    std::string bridge;
    std::string room = "8000";
    std::string codec = "PCMA";
    int members = 100;
    int talkers = 0;
    int visitors = 0;
    int seconds = 10;
    int pid = 0;
    bool listeners = false;
};

Options read(int argc, char** argv) {
    Options options;
    CLI::App app{"Callers in one room of the bridge, and what they hear."};
    app.add_option("--bridge", options.bridge, "address and port of the bridge's SIP socket")->required();
    app.add_option("--room", options.room, "extension of the room");
    app.add_option("--codec", options.codec, "PCMA or opus")->check(CLI::IsMember({"PCMA", "opus"}));
    app.add_option("--members", options.members, "how many are in the room");
    app.add_option("--talkers", options.talkers, "how many of them talk");
    app.add_option("--visitors", options.visitors, "how many come and go meanwhile");
    app.add_option("--seconds", options.seconds, "how long is measured");
    app.add_flag("--listeners", options.listeners, "who does not talk sends nothing, as a muted telephone may");
    app.add_option("--pid", options.pid, "process whose CPU is measured");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        std::exit(app.exit(error));
    }
    return options;
}

// User and system time of all threads of a process.
double cpuSeconds(int pid) {
    std::ifstream file{"/proc/" + std::to_string(pid) + "/stat"};
    std::string text{std::istreambuf_iterator<char>{file}, {}};
    if (text.empty()) return 0;
    long user = 0;
    long system = 0;
    std::sscanf(text.c_str() + text.rfind(')') + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %ld %ld", &user,
                &system);
    return static_cast<double>(user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

class RoomLoad {
public:
    explicit RoomLoad(Options options)
        : options_{std::move(options)}, codec_{options_.codec == "opus" ? bench::Codec::Opus : bench::Codec::Pcma} {
        openSignalling();
        for (int i = 0; i < options_.members + options_.visitors; ++i) addMember(i);
        arm();
    }
    ~RoomLoad() {
        close(signalling_);
        close(timer_);
        close(epoll_);
    }
    RoomLoad(const RoomLoad&) = delete;
    RoomLoad& operator=(const RoomLoad&) = delete;

    int run() {
        comeIn();
        const auto ready = Clock::now() + kSettle;
        serveUntil([ready] { return Clock::now() >= ready; });
        for (const auto member : staying()) member->startCounting();
        late_ = {};
        const auto begin = Clock::now();
        const auto cpu = cpuSeconds(options_.pid);
        const auto end = begin + std::chrono::seconds{options_.seconds};
        serveUntil([this, begin, end] {
            visit(Clock::now() - begin);
            return Clock::now() >= end;
        });
        const std::chrono::duration<double> took = Clock::now() - begin;
        report(took.count(), cpuSeconds(options_.pid) - cpu);
        goOut();
        return 0;
    }

private:
    void openSignalling() {
        signalling_ = ::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        sockaddr_storage remote{};
        const auto address = SocketAddress::parseWithPort(options_.bridge);
        if (!address ||
            connect(signalling_, reinterpret_cast<const sockaddr*>(&remote), address->toSockaddr(remote)) != 0) {
            throw std::system_error{errno, std::system_category(), options_.bridge};
        }
        sockaddr_in own{};
        socklen_t size = sizeof own;
        getsockname(signalling_, reinterpret_cast<sockaddr*>(&own), &size);
        own_ = "127.0.0.1:" + std::to_string(ntohs(own.sin_port));
        epoll_ = epoll_create1(EPOLL_CLOEXEC);
        watch(signalling_, nullptr);
    }

    void watch(int descriptor, void* what) const {
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.ptr = what;
        if (epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event) != 0) {
            throw std::system_error{errno, std::system_category(), "epoll"};
        }
    }

    void addMember(int index) {
        const int hertz = index < options_.talkers ? kLowestTone + index * kToneStep : 0;
        auto [voice, fresh] = voices_.try_emplace(hertz);
        if (fresh && !(options_.listeners && hertz == 0)) voice->second = bench::speak(codec_, hertz);
        members_.push_back(std::make_unique<Member>(Member::Setup{
            index, options_.room, options_.bridge, own_, codec_, hertz, voice->second, [this](const std::string& text) {
                [[maybe_unused]] auto sent = ::send(signalling_, text.data(), text.size(), 0);
            }}));
        watch(members_.back()->socket(), members_.back().get());
    }

    void arm() {
        timer_ = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
        const timespec tick{0, std::chrono::nanoseconds{kTick}.count()};
        const itimerspec every{tick, tick};
        timerfd_settime(timer_, 0, &every, nullptr);
        watch(timer_, this);
    }

    [[nodiscard]] std::vector<Member*> staying() const {
        std::vector<Member*> result;
        for (int i = 0; i < options_.members; ++i) result.push_back(members_[static_cast<std::size_t>(i)].get());
        return result;
    }

    // One call every 20 ms, as long as the bridge keeps up.
    void comeIn() {
        std::size_t next = 0;
        unsigned tick = 0;
        const auto all = staying();
        const auto limit = Clock::now() + kLongestSetup;
        serveUntil([&] {
            const auto waiting =
                std::count_if(all.begin(), all.end(), [](const Member* member) { return member->calling(); });
            if (next < all.size() && tick_ - tick >= kQuarters && waiting < kMostWaiting) {
                tick = tick_;
                all[next++]->call();
            }
            for (const auto* member : all) {
                if (!member->failure().empty()) throw std::runtime_error{member->failure()};
            }
            if (Clock::now() > limit) throw std::runtime_error{"not everybody came into the room"};
            return std::all_of(all.begin(), all.end(), [](const Member* member) { return member->talking(); });
        });
    }

    // Visitors come one after the other, evenly over the time that is measured.
    void visit(Clock::duration since) {
        for (int i = 0; i < options_.visitors; ++i) {
            auto& visitor = *members_[static_cast<std::size_t>(options_.members + i)];
            const auto at = std::chrono::seconds{options_.seconds - 2} * i / options_.visitors;
            const bool present = since >= at && since < at + kVisit;
            if (present && visitor.idle()) visitor.call();
            if (!present && visitor.talking()) visitor.hangUp();
        }
    }

    void goOut() {
        const auto limit = Clock::now() + 5s;
        for (const auto& member : members_) member->hangUp();
        serveUntil([this, limit] {
            return Clock::now() > limit ||
                   std::all_of(members_.begin(), members_.end(), [](const auto& member) { return member->idle(); });
        });
    }

    template <typename Done>
    void serveUntil(Done done) {
        while (!done()) {
            std::array<epoll_event, 256> events{};
            const int ready = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), 100);
            const auto now = Clock::now();
            for (int i = 0; i < ready; ++i) {
                auto* what = events[static_cast<std::size_t>(i)].data.ptr;
                if (what == nullptr) {
                    receive();
                } else if (what == this) {
                    tick(now);
                } else {
                    static_cast<Member*>(what)->listen(now);
                }
            }
        }
    }

    void receive() {
        std::array<char, 8192> bytes{};
        for (;;) {
            const auto got = recv(signalling_, bytes.data(), bytes.size(), 0);
            if (got <= 0) return;
            const auto result = reader_.read({bytes.data(), static_cast<std::size_t>(got)}, sip::Source::Datagram);
            const auto* message = std::get_if<sip::Message>(&result);
            if (message == nullptr) continue;
            const auto index = static_cast<std::size_t>(std::atoi(std::string{message->callId()}.c_str()));
            if (index < members_.size()) members_[index]->onMessage(*message);
        }
    }

    void tick(Clock::time_point now) {
        std::uint64_t passed = 0;
        if (::read(timer_, &passed, sizeof passed) != sizeof passed) return;
        late_ = std::max<Clock::duration>(late_, static_cast<Clock::rep>(passed) * kTick);
        for (; passed > 0; --passed) {
            ++tick_;
            for (std::size_t i = tick_ % kQuarters; i < members_.size(); i += kQuarters) members_[i]->speak();
        }
        for (const auto& member : members_) member->repeat(now);
    }

    // Tones of others that a member hears, and whether it hears its own.
    [[nodiscard]] std::pair<int, bool> tonesOf(const Member& member) const {
        int others = 0;
        for (int i = 0; i < options_.talkers; ++i) {
            const int hertz = kLowestTone + i * kToneStep;
            if (hertz != member.hertz() && member.ear().share(hertz) >= kLoudEnough) ++others;
        }
        return {others, member.hertz() > 0 && member.ear().share(member.hertz()) >= kLoudEnough};
    }

    void report(double seconds, double cpu) {
        bench::Heard sum;
        std::uint64_t fewest = ~std::uint64_t{0};
        int fewestTones = options_.members;
        int hearThemselves = 0;
        const auto all = staying();
        for (const auto* member : all) {
            const auto& heard = member->heard();
            sum.packets += heard.packets;
            sum.lost += heard.lost;
            sum.jumps += heard.jumps;
            sum.silent += heard.silent;
            sum.longestGap = std::max(sum.longestGap, heard.longestGap);
            fewest = std::min(fewest, heard.packets);
        }
        const auto step = std::max<std::size_t>(1, all.size() / 100);
        for (std::size_t i = 0; i < all.size(); i += step) {
            const auto [tones, own] = tonesOf(*all[i]);
            fewestTones = std::min(fewestTones, tones);
            hearThemselves += own ? 1 : 0;
        }
        const nlohmann::json result{{"members", options_.members},
                                    {"seconds", seconds},
                                    {"cpu_percent", 100 * cpu / seconds},
                                    {"packets", sum.packets},
                                    {"expected", static_cast<std::uint64_t>(50 * seconds * options_.members)},
                                    {"fewest", fewest},
                                    {"lost", sum.lost},
                                    {"jumps", sum.jumps},
                                    {"silent", sum.silent},
                                    {"longest_gap_ms", 1000 * sum.longestGap.count()},
                                    {"fewest_tones", fewestTones},
                                    {"hear_themselves", hearThemselves},
                                    {"load_late_ms", std::chrono::duration<double, std::milli>{late_}.count()}};
        std::cout << result.dump() << std::endl;
    }

    Options options_;
    bench::Codec codec_;
    sip::Reader reader_;
    std::map<int, bench::Packets> voices_;
    std::vector<std::unique_ptr<Member>> members_;
    std::string own_;
    int signalling_ = -1;
    int timer_ = -1;
    int epoll_ = -1;
    unsigned tick_ = 0;
    Clock::duration late_{};
};

}  // namespace

int main(int argc, char** argv) {
    sip::silenceLibrary();
    try {
        return RoomLoad{read(argc, argv)}.run();
    } catch (const std::exception& error) {
        std::cerr << "room_load: " << error.what() << '\n';
        return 1;
    }
}
