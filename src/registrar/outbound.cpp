// SPDX-License-Identifier: AGPL-3.0-or-later
#include "registrar/outbound.hpp"

#include "sip/contact_flow.hpp"

#include <algorithm>

namespace beffroi::registrar {
namespace {

using std::chrono::seconds;

// A telephone says that it is there at 80 to 100 % of Flow-Timer (RFC 5626 §4.4.1); a ping may be lost and come again.
constexpr auto kShortestFlowGrace = seconds{10};
constexpr auto kLongestFlowGrace = seconds{45};
constexpr auto kUdpFlowGrace = seconds{40};         // a STUN request is repeated for 39.5 s (RFC 5389 §7.2.1)
constexpr auto kLongestUdpFlowTimer = seconds{29};  // NAT forgets UDP sooner (RFC 5626 §4.4.2)

bool sameUri(const Binding& a, const Binding& b) {
    const auto first = sip::parseUri(a.contact);
    const auto second = sip::parseUri(b.contact);
    return first && second && sip::equivalent(*first, *second);
}

}  // namespace

std::string instanceOf(const sip::Parameters& params) {
    return std::string{params.find("+sip.instance").value_or(std::string_view{})};
}

std::string regIdOf(const sip::Parameters& params) {
    const auto text = params.find("reg-id");
    const auto value = text ? sip::parseNumber(*text, 0x7fffffff) : std::nullopt;
    return value.value_or(0) == 0 ? std::string{} : std::to_string(*value);
}

bool firstHopSupportsOutbound(const sip::Message& request) {
    const auto path = request.headers("Path");
    if (path.empty()) return request.count("Via") == 1;
    const auto first = sip::parseNameAddr(path.back());
    return first && first->uri.params.has("ob");
}

bool samePhone(const Binding& a, const Binding& b) {
    return !a.instance.empty() && a.instance == b.instance && a.account == b.account;
}

// A flow that a telephone watches over is told by its instance and reg-id alone (RFC 5626 §6): the telephone has one
// URI for all of its flows, and behind another router another telephone has the same.
bool sameBinding(const Binding& a, const Binding& b) {
    return isOutbound(a) || isOutbound(b) ? samePhone(a, b) : sameUri(a, b);
}

seconds flowTimerOf(Transport transport, seconds configured) {
    return isReliable(transport) ? configured : std::min<seconds>(configured, kLongestUdpFlowTimer);
}

// How long a telephone that is to be heard so often may be silent. By UDP never less than it takes itself to notice
// that its flow is dead.
seconds patienceWith(seconds flowTimer, Transport transport) {
    if (!isReliable(transport)) return flowTimer + kUdpFlowGrace;
    return flowTimer + std::clamp<seconds>(flowTimer / 2, kShortestFlowGrace, kLongestFlowGrace);
}

// A telephone is reached by the flow that registered. Its connection has not survived us, and nobody listens where it
// came from: a flow that is dead says so at once, until the telephone is back. One that listens elsewhere is called
// there.
std::optional<Flow> restoredFlow(const StoredBinding& row, Network& network) {
    if (!isReliable(row.transport)) return network.restoreFlow(row.transport, row.local, row.remote);
    const auto uri = sip::parseUri(row.contact);
    const bool outbound = row.instance.find(kRegId) != std::string::npos;
    const Flow dead{row.transport, 0, 0, row.remote};  // no connection has this number
    if (uri && !outbound && row.path.empty() && sip::mayListenAt(*uri, dead)) return std::nullopt;
    return dead;
}

}  // namespace beffroi::registrar
