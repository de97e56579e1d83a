// SPDX-License-Identifier: AGPL-3.0-or-later
//
// One caller in a measured room: INVITE, ACK and BYE by the socket that all share, voice by a socket of its own, and
// the account of what came back. SIP is written from the RFC and read by the exchange's reader.
#pragma once

#include "room_load/voice.hpp"
#include "sip/message.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace beffroi::bench {

struct Heard {
    std::uint64_t packets = 0;
    std::uint64_t lost = 0;   // by sequence number
    std::uint64_t jumps = 0;  // time stamps that do not follow from the sequence numbers, or another source
    std::uint64_t silent = 0;
    std::chrono::duration<double> longestGap{};  // between two arrivals
};

class Member {
public:
    using Clock = std::chrono::steady_clock;
    struct Setup {
        int number;
        std::string room;        // "8000"
        std::string bridge;      // "127.0.0.1:5070"
        std::string signalling;  // our address and port for SIP
        Codec codec;
        int hertz;  // 0: listens only
        const Packets& voice;
        std::function<void(const std::string&)> send;
    };

    /// Throws std::system_error if there is no socket for the voice.
    explicit Member(Setup setup);
    ~Member();
    Member(const Member&) = delete;
    Member& operator=(const Member&) = delete;

    void call();
    void hangUp();
    void onMessage(const sip::Message& message);
    /// Sends again what was not answered: after half a second, then after twice as long each time.
    void repeat(Clock::time_point now);

    void speak();
    void listen(Clock::time_point now);

    void startCounting() { counting_ = true; }
    void stopCounting() { counting_ = false; }
    [[nodiscard]] bool calling() const noexcept { return state_ == State::Calling; }
    [[nodiscard]] bool talking() const noexcept { return state_ == State::Talking; }
    [[nodiscard]] bool idle() const noexcept { return state_ == State::Idle; }
    [[nodiscard]] int socket() const noexcept { return socket_; }
    [[nodiscard]] const Heard& heard() const noexcept { return heard_; }
    [[nodiscard]] const Ear& ear() const noexcept { return ear_; }
    [[nodiscard]] int hertz() const noexcept { return setup_.hertz; }
    [[nodiscard]] const std::string& failure() const noexcept { return failure_; }

private:
    enum class State : std::uint8_t { Idle, Calling, Talking, Leaving };
    [[nodiscard]] std::string request(const std::string& method, const std::string& uri, unsigned cseq) const;
    [[nodiscard]] std::string offer() const;
    void sendAndWait(std::string text);
    void onAnswer(const sip::Message& answer);
    void connectVoice(std::string_view description);
    void count(std::uint16_t sequence, std::uint32_t timestamp, std::uint32_t source, Clock::time_point now);

    Setup setup_;
    State state_ = State::Idle;
    int socket_ = -1;
    int dialogue_ = 0;
    std::string toTag_;
    std::string contact_;
    std::string pending_;  // waits for an answer
    Clock::time_point sentAt_{};
    Clock::duration patience_{};
    std::string failure_;
    std::uint16_t sequence_ = 0;
    std::uint32_t timestamp_ = 0;
    std::size_t packet_ = 0;
    bool counting_ = false;
    bool started_ = false;
    std::uint16_t lastSequence_ = 0;
    std::uint32_t lastTimestamp_ = 0;
    std::uint32_t source_ = 0;
    Clock::time_point lastArrival_{};
    Heard heard_;
    Ear ear_;
};

}  // namespace beffroi::bench
