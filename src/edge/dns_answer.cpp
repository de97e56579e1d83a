// SPDX-License-Identifier: AGPL-3.0-or-later
#include "edge/dns_answer.hpp"

#include <ares.h>
#include <arpa/nameser.h>

#include <algorithm>
#include <memory>

namespace beffroi::edge {
namespace {

// c-ares 1.18 does not tell the time to live of NAPTR and SRV records; the C library's own walker does.
std::chrono::seconds leastTimeToLive(const unsigned char* bytes, int length) {
    ns_msg message;
    if (length <= 0 || ns_initparse(bytes, length, &message) != 0) return {};
    std::uint32_t least = 0x7fffffff;
    for (int i = 0; i < ns_msg_count(message, ns_s_an); ++i) {
        ns_rr record;
        if (ns_parserr(&message, ns_s_an, i, &record) != 0) return {};
        least = std::min(least, static_cast<std::uint32_t>(ns_rr_ttl(record)));
    }
    return std::chrono::seconds{least};
}

template <typename Reply>
using Replies = std::unique_ptr<Reply, decltype(&ares_free_data)>;

std::string textOf(const unsigned char* text) {
    return text == nullptr ? std::string{} : std::string{reinterpret_cast<const char*>(text)};
}

int parse(const unsigned char* bytes, int length, std::vector<NaptrRecord>& records) {
    ares_naptr_reply* list = nullptr;
    const int status = ares_parse_naptr_reply(bytes, length, &list);
    const Replies<ares_naptr_reply> owner{list, &ares_free_data};
    if (status != ARES_SUCCESS) return status;
    for (const auto* reply = list; reply != nullptr && records.size() < kMostDnsRecords; reply = reply->next) {
        records.push_back({reply->order, reply->preference, textOf(reply->flags), textOf(reply->service),
                           reply->replacement == nullptr ? "" : reply->replacement});
    }
    return status;
}

int parse(const unsigned char* bytes, int length, std::vector<SrvRecord>& records) {
    ares_srv_reply* list = nullptr;
    const int status = ares_parse_srv_reply(bytes, length, &list);
    const Replies<ares_srv_reply> owner{list, &ares_free_data};
    if (status != ARES_SUCCESS) return status;
    for (const auto* reply = list; reply != nullptr && records.size() < kMostDnsRecords; reply = reply->next) {
        std::string host = reply->host == nullptr ? "" : reply->host;
        if (host == ".") host.clear();
        records.push_back({reply->priority, reply->weight, reply->port, std::move(host)});
    }
    return status;
}

template <typename Record>
DnsAnswer<Record> answerIn(std::string_view message) {
    const auto* bytes = reinterpret_cast<const unsigned char*>(message.data());
    const auto length = static_cast<int>(message.size());
    DnsAnswer<Record> answer;
    answer.status = dnsStatusOf(parse(bytes, length, answer.records));
    if (answer.status == DnsStatus::Found) answer.timeToLive = leastTimeToLive(bytes, length);
    return answer;
}

}  // namespace

DnsStatus dnsStatusOf(int status) noexcept {
    if (status == ARES_SUCCESS) return DnsStatus::Found;
    if (status == ARES_ENODATA || status == ARES_ENOTFOUND || status == ARES_EBADNAME) return DnsStatus::None;
    return DnsStatus::Failed;
}

DnsAnswer<NaptrRecord> readNaptr(std::string_view message) { return answerIn<NaptrRecord>(message); }

DnsAnswer<SrvRecord> readSrv(std::string_view message) { return answerIn<SrvRecord>(message); }

}  // namespace beffroi::edge
