// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Any octets as the answer of a name server: a few records come out of it, texts without a NUL, and what is made of
// them is tried in the order of RFC 2782, each destination once.

#include "base/assert.hpp"
#include "edge/dns_answer.hpp"
#include "edge/hop_plan.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace {

using namespace beffroi;
using namespace beffroi::edge;

constexpr std::size_t kLongestName = 4 * 255 + 1;  // each octet of a name may be written as \DDD

void checkText(std::string_view text, std::size_t most) {
    BEFFROI_ASSERT(text.find('\0') == std::string_view::npos && text.size() <= most);
}

template <typename Record>
void checkAnswer(const DnsAnswer<Record>& answer) {
    BEFFROI_ASSERT(answer.records.size() <= kMostDnsRecords);
    BEFFROI_ASSERT(answer.timeToLive.count() >= 0 && answer.timeToLive.count() <= 0x7fffffff);
    BEFFROI_ASSERT(answer.status == DnsStatus::Found || (answer.records.empty() && answer.timeToLive.count() == 0));
}

void checkOrder(const std::vector<HopTarget>& targets, std::uint64_t random) {
    const auto order = orderTargets(targets, [&random] { return random = random * 6364136223846793005U + 1; });
    BEFFROI_ASSERT(order.size() == targets.size());
    for (std::size_t i = 1; i < order.size(); ++i) {
        BEFFROI_ASSERT(targets.at(order[i - 1]).priority <= targets.at(order[i]).priority);
    }
    auto sorted = order;
    std::sort(sorted.begin(), sorted.end());
    for (std::size_t i = 0; i < sorted.size(); ++i) BEFFROI_ASSERT(sorted[i] == i);
    const auto destinations = destinationsOf({{Transport::Udp, targets}, {Transport::Tcp, targets}}, [] { return 0; });
    for (auto each = destinations.begin(); each != destinations.end(); ++each) {
        BEFFROI_ASSERT(std::find(std::next(each), destinations.end(), *each) == destinations.end());
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size > 65'535) return 0;  // no message of DNS is longer
    const std::string_view message{reinterpret_cast<const char*>(data), size};
    const auto pointers = readNaptr(message);
    checkAnswer(pointers);
    for (const auto& record : pointers.records) {
        checkText(record.flags, 255);
        checkText(record.service, 255);
        checkText(record.replacement, kLongestName);
    }
    const auto services = readSrv(message);
    checkAnswer(services);
    std::vector<HopTarget> targets;
    for (const auto& record : services.records) {
        checkText(record.host, kLongestName);
        BEFFROI_ASSERT(record.host != ".");
        const auto address = SocketAddress::parse("192.0.2." + std::to_string(record.host.size() % 3), 0);
        targets.push_back({record.priority, record.weight, record.port, record.host, {*address}});
    }
    checkOrder(targets, size);
    return 0;
}
