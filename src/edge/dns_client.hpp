// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Questions to name servers: c-ares with its sockets and timers on the event loop. Answers come from the network, so
// everything in them is bounded here; what they mean for SIP is the resolver's business.
// Thread: loop.
#pragma once

#include "base/event_loop.hpp"
#include "beffroi/socket_address.hpp"
#include "edge/dns_answer.hpp"
#include "edge/hosts_file.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

struct ares_channeldata;

namespace beffroi::edge {

/// What is wrong with a list of name servers as DnsClient takes it; empty if nothing is.
[[nodiscard]] std::string complaintAboutNameServers(const std::string& servers);

enum class DnsFamilies : std::uint8_t { V4, V6, Both };

class DnsClient {
public:
    template <typename Record>
    using OnAnswer = std::function<void(const DnsAnswer<Record>&)>;

    /// `servers`: "192.0.2.53:53,[2001:db8::53]:53,192.0.2.54,…"; empty: those of the system. Throws
    /// std::runtime_error if c-ares cannot start.
    /// `hosts`: what needs no question.
    DnsClient(base::EventLoop& loop, const std::string& servers, HostsFile hosts = {});
    /// Questions that are still open are not answered any more.
    ~DnsClient();
    DnsClient(const DnsClient&) = delete;
    DnsClient& operator=(const DnsClient&) = delete;

    // Each calls back once, perhaps before it returns, with at most kMostRecords records.
    static constexpr std::size_t kMostRecords = kMostDnsRecords;
    void naptr(const std::string& name, OnAnswer<NaptrRecord> onAnswer);
    void srv(const std::string& name, OnAnswer<SrvRecord> onAnswer);
    /// Port 0, IPv4 first.
    void addresses(const std::string& name, DnsFamilies families, OnAnswer<SocketAddress> onAnswer);

private:
    void onSocketState(int socket, bool readable, bool writable);
    void process(int readable, int writable);
    void armTimer();

    base::EventLoop& loop_;
    HostsFile hosts_;
    ares_channeldata* channel_ = nullptr;
    Timer timer_;
    std::unordered_map<int, std::unique_ptr<base::EventLoop::Watch>> watches_;
};

}  // namespace beffroi::edge
