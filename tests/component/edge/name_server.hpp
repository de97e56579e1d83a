// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A name server with a zone of the test's, on the test's own loop: it also stays silent, refuses or lies if told to.
#pragma once

#include "component/edge/loopback.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace beffroi::test {

class NameServer {
public:
    enum class Conduct : std::uint8_t { Answers, Silent, Refuses, CutsRecord, LoopsName, AnswersByTcp };

    explicit NameServer(base::EventLoop& loop) {
        for (int i = 0; i < 10 && !bindBoth(); ++i) continue;  // somebody may have the port of the same number
        REQUIRE(listen(listener_.get(), 4) == 0);
        watch_ = loop.watch(socket_.get(), base::Ready::Read, [this](base::Ready) { serve(); });
        listening_ = loop.watch(listener_.get(), base::Ready::Read, [this, &loop](base::Ready) {
            streaming_.reset();
            stream_ = edge::Descriptor{accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)};
            REQUIRE(stream_);
            streaming_ = loop.watch(stream_.get(), base::Ready::Read, [this](base::Ready) { serveStream(); });
        });
    }
    /// As edge.dns-servers wants it.
    [[nodiscard]] std::string address() const { return edge::boundAddress(socket_.get()).toString(); }

    /// What was asked, each question once: "SRV _sip._udp.example.org".
    std::vector<std::string> questions;
    /// The time to live of the records that are added from now on.
    std::uint32_t timeToLive = 300;
    /// How it treats a question; "" stands for all that are not named.
    std::map<std::string, Conduct> conduct;

    void naptr(const std::string& name, std::uint16_t order, std::uint16_t preference, const std::string& flags,
               const std::string& service, const std::string& replacement) {
        add("NAPTR " + name,
            number(order) + number(preference) + text(flags) + text(service) + text("") + encoded(replacement));
    }
    void srv(const std::string& name, std::uint16_t priority, std::uint16_t weight, std::uint16_t port,
             const std::string& target) {
        add("SRV " + name, number(priority) + number(weight) + number(port) + encoded(target));
    }
    void address(const std::string& name, const std::string& literal) {
        sockaddr_storage storage{};
        const auto read = SocketAddress::parse(literal, 0);
        REQUIRE(read);
        read->toSockaddr(storage);
        const auto& v4 = reinterpret_cast<const sockaddr_in&>(storage);
        const auto& v6 = reinterpret_cast<const sockaddr_in6&>(storage);
        if (read->isV4()) add("A " + name, {reinterpret_cast<const char*>(&v4.sin_addr), sizeof v4.sin_addr});
        if (read->isV6()) add("AAAA " + name, {reinterpret_cast<const char*>(&v6.sin6_addr), sizeof v6.sin6_addr});
    }
    void alias(const std::string& name, const std::string& target) {
        aliases_[name] = target;
        names_.insert(name);
    }
    [[nodiscard]] bool wasAsked(const std::string& question) const {
        return std::find(questions.begin(), questions.end(), question) != questions.end();
    }

private:
    struct Record {
        std::uint32_t timeToLive;
        std::string data;
    };
    enum class Way : std::uint8_t { Datagram, Stream };
    static constexpr std::size_t kHeader = 12;

    static std::string number(std::uint16_t value) {
        return {static_cast<char>(value >> 8U), static_cast<char>(value & 0xffU)};
    }
    static std::string text(const std::string& value) {
        return std::string(1, static_cast<char>(value.size())).append(value);
    }
    static std::string encoded(std::string_view name) {
        std::string labels;
        while (!name.empty() && name != ".") {
            const auto dot = name.find('.');
            labels += text(std::string{name.substr(0, dot)});
            name = dot == std::string_view::npos ? std::string_view{} : name.substr(dot + 1);
        }
        return labels + '\0';
    }
    static std::uint16_t codeOf(const std::string& type) {
        if (type == "A") return 1;
        if (type == "AAAA") return 28;
        return type == "SRV" ? 33 : 35;
    }
    static std::string typeOf(unsigned code) {
        if (code == 1) return "A";
        if (code == 28) return "AAAA";
        return code == 33 ? "SRV" : "NAPTR";
    }
    void add(const std::string& question, std::string data) {
        zone_[question].push_back({timeToLive, std::move(data)});
        names_.insert(question.substr(question.find(' ') + 1));
    }
    [[nodiscard]] Conduct conductTowards(const std::string& question) const {
        for (const auto& key : {question, std::string{}}) {
            if (const auto found = conduct.find(key); found != conduct.end()) return found->second;
        }
        return Conduct::Answers;
    }

    // A stream beside the datagrams, for answers that are too long for one.
    [[nodiscard]] bool bindBoth() {
        socket_ = edge::Descriptor{::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
        listener_ = edge::Descriptor{::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
        edge::setOption(listener_.get(), SOL_SOCKET, SO_REUSEADDR, 1);
        REQUIRE(edge::bindTo(socket_.get(), kLoopbackV4));
        return edge::bindTo(listener_.get(), edge::boundAddress(socket_.get()));
    }

    // One question after the other, each with its length in front (RFC 1035 §4.2.2).
    void serveStream() {
        std::array<char, 1500> bytes{};
        const auto got = recv(stream_.get(), bytes.data(), bytes.size(), 0);
        if (got <= 0) return streaming_.reset();
        received_.append(bytes.data(), static_cast<std::size_t>(got));
        while (received_.size() > 2) {
            const auto size =
                static_cast<unsigned char>(received_[0]) * 256U + static_cast<unsigned char>(received_[1]);
            if (received_.size() < 2 + size) return;
            const auto answer = answerTo(received_.substr(2, size), Way::Stream);
            received_.erase(0, 2 + size);
            const auto framed = number(static_cast<std::uint16_t>(answer.size())) + answer;
            REQUIRE(send(stream_.get(), framed.data(), framed.size(), MSG_NOSIGNAL) > 0);
        }
    }

    void serve() {
        std::array<char, 1500> bytes{};
        sockaddr_storage from{};
        socklen_t length = sizeof from;
        auto* sender = reinterpret_cast<sockaddr*>(&from);
        const auto got = recvfrom(socket_.get(), bytes.data(), bytes.size(), 0, sender, &length);
        if (got <= static_cast<ssize_t>(kHeader)) return;
        const auto answer = answerTo({bytes.data(), static_cast<std::size_t>(got)}, Way::Datagram);
        if (answer.empty()) return;
        REQUIRE(sendto(socket_.get(), answer.data(), answer.size(), 0, sender, length) > 0);
    }

    [[nodiscard]] std::string answerTo(const std::string& query, Way way) {
        std::string name;
        auto at = kHeader;
        for (; query.at(at) != '\0'; at += 1U + static_cast<unsigned char>(query[at])) {
            if (at != kHeader) name += '.';
            name += query.substr(at + 1, static_cast<unsigned char>(query[at]));
        }
        const auto type = typeOf(static_cast<unsigned char>(query.at(at + 2)));
        const auto question = type + ' ' + name;
        const auto id = query.substr(0, 2);
        const auto asked = query.substr(kHeader, at + 5 - kHeader);
        // Whoever waits for long asks again, with the same number.
        if (asked_.insert(id + question).second) questions.push_back(question);
        const auto how = conductTowards(question);
        if (how == Conduct::AnswersByTcp && way == Way::Datagram) {
            return id + number(0x8380) + number(1) + number(0) + number(0) + number(0) + asked;  // truncated
        }
        return answerAs(how, id, asked, type, name);
    }

    [[nodiscard]] std::string answerAs(Conduct how, const std::string& id, const std::string& asked,
                                       const std::string& type, std::string name) const {
        if (how == Conduct::Silent) return {};
        unsigned code = names_.contains(name) ? 0 : 3;  // no such name
        if (how == Conduct::Refuses) code = 2;
        std::string records;
        std::uint16_t count = 0;
        if (const auto alias = aliases_.find(name); alias != aliases_.end()) {
            const auto target = encoded(alias->second);
            records += encoded(name) + number(5) + number(1) + number(0) + number(60) +
                       number(static_cast<std::uint16_t>(target.size())) + target;
            ++count;
            name = alias->second;
        }
        if (const auto found = zone_.find(type + ' ' + name); code == 0 && found != zone_.end()) {
            for (const auto& [lasting, data] : found->second) {
                records += (count == 0 || aliases_.empty() ? std::string{"\xc0\x0c"} : encoded(name)) +
                           number(codeOf(type)) + number(1) + number(static_cast<std::uint16_t>(lasting >> 16U)) +
                           number(static_cast<std::uint16_t>(lasting & 0xffffU)) +
                           number(static_cast<std::uint16_t>(data.size())) + data;
                ++count;
            }
        }
        if (how == Conduct::CutsRecord) records.resize(records.size() - 2);
        if (how == Conduct::LoopsName) {  // a name that is a pointer to itself
            const auto here = static_cast<char>(kHeader + asked.size());
            records = std::string{"\xc0"} + here + records.substr(2);
        }
        return id + number(static_cast<std::uint16_t>(0x8180U | code)) + number(1) + number(count) + number(0) +
               number(0) + asked + records;
    }

    edge::Descriptor socket_;
    edge::Descriptor listener_;
    edge::Descriptor stream_;
    std::string received_;                             // by the stream
    std::map<std::string, std::vector<Record>> zone_;  // by question
    std::map<std::string, std::string> aliases_;
    std::set<std::string> names_;
    std::set<std::string> asked_;
    std::unique_ptr<base::EventLoop::Watch> watch_;
    std::unique_ptr<base::EventLoop::Watch> listening_;
    std::unique_ptr<base::EventLoop::Watch> streaming_;
};

}  // namespace beffroi::test
