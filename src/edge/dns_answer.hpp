// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What name servers answer, read from the octets of their messages (RFC 3403 §4.1, RFC 2782). Anybody who runs the name
// servers of a domain, or forges their answers, writes them.
// Thread: any; pure.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace beffroi::edge {

enum class DnsStatus : std::uint8_t {
    Found,
    None,    // a server said that there is no such name or record
    Failed,  // no server answered, or not with sense
};

template <typename Record>
struct DnsAnswer {
    DnsStatus status = DnsStatus::Failed;
    std::vector<Record> records;
    std::chrono::seconds timeToLive{};  // the least of the answer's records
};

struct NaptrRecord {
    std::uint16_t order = 0;
    std::uint16_t preference = 0;
    std::string flags;
    std::string service;
    std::string replacement;
};

struct SrvRecord {
    std::uint16_t priority = 0;
    std::uint16_t weight = 0;
    std::uint16_t port = 0;
    std::string host;  // empty: the service is decidedly not available (RFC 2782)
};

/// The rest is not read.
inline constexpr std::size_t kMostDnsRecords = 16;

/// Of a status of c-ares.
[[nodiscard]] DnsStatus dnsStatusOf(int status) noexcept;
[[nodiscard]] DnsAnswer<NaptrRecord> readNaptr(std::string_view message);
[[nodiscard]] DnsAnswer<SrvRecord> readSrv(std::string_view message);

}  // namespace beffroi::edge
