// SPDX-License-Identifier: AGPL-3.0-or-later
#include "room_load/member.hpp"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <system_error>

namespace beffroi::bench {
namespace {

using namespace std::chrono_literals;

constexpr auto kRepeatAfter = 500ms;
constexpr int kSocketBuffer = 512 * 1024;
constexpr std::size_t kRtpHeader = 12;
constexpr std::size_t kLongestPacket = 1500;

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    return address;
}

std::uint16_t portOf(int socket) {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
    return ntohs(address.sin_port);
}

void put(std::uint8_t* to, std::uint32_t value, unsigned octets) {
    for (unsigned i = 0; i < octets; ++i) to[i] = static_cast<std::uint8_t>(value >> (8 * (octets - 1 - i)));
}

std::uint32_t get(const std::uint8_t* from, unsigned octets) {
    std::uint32_t value = 0;
    for (unsigned i = 0; i < octets; ++i) value = value << 8U | from[i];
    return value;
}

}  // namespace

Member::Member(Setup setup) : setup_{std::move(setup)}, ear_{setup_.codec} {
    socket_ = ::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    const auto own = loopback(0);
    if (socket_ < 0 || bind(socket_, reinterpret_cast<const sockaddr*>(&own), sizeof own) != 0) {
        throw std::system_error{errno, std::system_category(), "socket for voice"};
    }
    setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &kSocketBuffer, sizeof kSocketBuffer);
}

Member::~Member() { close(socket_); }

std::string Member::request(const std::string& method, const std::string& uri, unsigned cseq) const {
    const auto number = std::to_string(setup_.number);
    const auto id = number + '-' + std::to_string(dialogue_);
    return method + ' ' + uri + " SIP/2.0\r\nVia: SIP/2.0/UDP " + setup_.signalling + ";rport;branch=z9hG4bK-" + id +
           '-' + std::to_string(cseq) + (method == "ACK" ? "a" : "") + "\r\nFrom: <sip:" + number +
           "@127.0.0.1>;tag=f" + id + "\r\nTo: <sip:" + setup_.room + "@127.0.0.1>" +
           (toTag_.empty() ? "" : ";tag=" + toTag_) + "\r\nCall-ID: " + id + "\r\nCSeq: " + std::to_string(cseq) + ' ' +
           method + "\r\nMax-Forwards: 70\r\nContact: <sip:" + number + '@' + setup_.signalling + ">\r\n";
}

std::string Member::offer() const {
    const auto& codec = traits(setup_.codec);
    return "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio " +
           std::to_string(portOf(socket_)) + " RTP/AVP " + std::to_string(codec.payloadType) +
           "\r\na=rtpmap:" + codec.rtpmap + "\r\na=ptime:20\r\n";
}

void Member::call() {
    ++dialogue_;
    toTag_.clear();
    state_ = State::Calling;
    const auto body = offer();
    const auto uri = "sip:" + setup_.room + '@' + setup_.bridge + ";service=room";
    sendAndWait(request("INVITE", uri, 1) +
                "Content-Type: application/sdp\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
}

void Member::hangUp() {
    if (state_ != State::Talking) return;
    state_ = State::Leaving;
    sendAndWait(request("BYE", contact_, 2) + "Content-Length: 0\r\n\r\n");
}

void Member::sendAndWait(std::string text) {
    pending_ = std::move(text);
    sentAt_ = Clock::now();
    patience_ = kRepeatAfter;
    setup_.send(pending_);
}

void Member::repeat(Clock::time_point now) {
    if (pending_.empty() || now - sentAt_ < patience_) return;
    sentAt_ = now;
    patience_ *= 2;
    setup_.send(pending_);
}

void Member::onMessage(const sip::Message& message) {
    if (message.isRequest()) {
        if (message.method() == sip::Method::Bye) {
            failure_ = "the bridge hung up";
            state_ = State::Idle;
        }
        setup_.send(sip::Message::answer(message, 200, {}).toString());
        return;
    }
    if (message.method() == sip::Method::Bye && message.status() >= 200) {
        pending_.clear();
        state_ = State::Idle;
    } else if (message.method() == sip::Method::Invite) {
        pending_.clear();
        if (message.status() >= 200) onAnswer(message);
    }
}

void Member::onAnswer(const sip::Message& answer) {
    toTag_ = answer.to().tag();
    if (answer.status() >= 300) {
        failure_ = "the bridge refused with " + std::to_string(answer.status());
        state_ = State::Idle;
        return;
    }
    const auto contact = sip::parseNameAddr(answer.header("Contact").value_or(std::string_view{}));
    contact_ = contact ? std::string{contact->uri.text} : "sip:" + setup_.bridge;
    setup_.send(request("ACK", contact_, 1) + "Content-Length: 0\r\n\r\n");
    if (state_ != State::Calling) return;
    connectVoice(answer.body());
    state_ = State::Talking;
}

void Member::connectVoice(std::string_view description) {
    constexpr std::string_view kAudio = "m=audio ";
    const auto found = description.find(kAudio);
    if (found == std::string_view::npos) return;
    std::uint16_t port = 0;
    std::from_chars(description.data() + found + kAudio.size(), description.data() + description.size(), port);
    const auto remote = loopback(port);
    connect(socket_, reinterpret_cast<const sockaddr*>(&remote), sizeof remote);
}

void Member::speak() {
    if (state_ != State::Talking || setup_.voice.empty()) return;
    const auto& codec = traits(setup_.codec);
    const auto& payload = setup_.voice[packet_++ % setup_.voice.size()];
    std::array<std::uint8_t, kLongestPacket> packet{};
    packet[0] = 0x80;
    packet[1] = codec.payloadType;
    put(&packet[2], sequence_++, 2);
    put(&packet[4], timestamp_, 4);
    put(&packet[8], static_cast<std::uint32_t>(setup_.number * 4096 + dialogue_), 4);
    timestamp_ += codec.ticksPerPacket;
    std::copy(payload.begin(), payload.end(), packet.begin() + kRtpHeader);
    [[maybe_unused]] const auto sent = ::send(socket_, packet.data(), kRtpHeader + payload.size(), 0);
}

void Member::listen(Clock::time_point now) {
    std::array<std::uint8_t, kLongestPacket> packet{};
    for (;;) {
        const auto got = recv(socket_, packet.data(), packet.size(), 0);
        if (got < static_cast<ssize_t>(kRtpHeader)) return;
        if ((packet[1] & 0x7fU) != traits(setup_.codec).payloadType) continue;
        count(static_cast<std::uint16_t>(get(&packet[2], 2)), get(&packet[4], 4), get(&packet[8], 4), now);
        const std::span payload{packet.data() + kRtpHeader, static_cast<std::size_t>(got) - kRtpHeader};
        const bool loud = ear_.hear(payload);
        if (counting_ && !loud) ++heard_.silent;
    }
}

void Member::count(std::uint16_t sequence, std::uint32_t timestamp, std::uint32_t source, Clock::time_point now) {
    const auto steps = static_cast<std::uint16_t>(sequence - lastSequence_);
    if (counting_) {
        ++heard_.packets;
        if (started_) {
            if (steps != 1) heard_.lost += steps == 0 || steps > 0x8000U ? 1 : steps - 1U;
            const bool follows = timestamp - lastTimestamp_ == steps * traits(setup_.codec).ticksPerPacket;
            if (!follows || source != source_) ++heard_.jumps;
            heard_.longestGap = std::max<std::chrono::duration<double>>(heard_.longestGap, now - lastArrival_);
        }
    }
    started_ = true;
    lastSequence_ = sequence;
    lastTimestamp_ = timestamp;
    source_ = source;
    lastArrival_ = now;
}

}  // namespace beffroi::bench
