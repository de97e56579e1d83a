// SPDX-License-Identifier: AGPL-3.0-or-later
#include "registrar/register_request.hpp"

#include "registrar/outbound.hpp"
#include "sip/contact_flow.hpp"

#include <algorithm>

namespace beffroi::registrar {
namespace {

constexpr std::size_t kLongestUserAgent = 80;
constexpr std::uint64_t kMalformedExpires = 3600;  // what it counts as (RFC 3261 §20.10)

using Kind = SecurityEvent::Kind;
using std::chrono::seconds;

bool supports(const sip::Message& request, std::string_view option) {
    for (auto list : request.headers("Supported")) {
        while (const auto value = sip::nextListValue(list)) {
            if (sip::equalsIgnoreCase(*value, option)) return true;
        }
    }
    return false;
}

// "0", "1", "0.5", "0.125": thousandths; nothing for what is no qvalue (RFC 3261 §25.1).
std::optional<std::uint16_t> thousandths(std::string_view text) {
    if (text.empty() || (text.front() != '0' && text.front() != '1')) return std::nullopt;
    auto value = static_cast<unsigned>(text.front() - '0') * 1000;
    text.remove_prefix(1);
    if (!text.empty()) {
        if (text.front() != '.' || text.size() > 4) return std::nullopt;
        text.remove_prefix(1);
        unsigned weight = 100;
        for (const char c : text) {
            if (c < '0' || c > '9') return std::nullopt;
            value += static_cast<unsigned>(c - '0') * weight;
            weight /= 10;
        }
    }
    if (value > 1000) return std::nullopt;
    return static_cast<std::uint16_t>(value);
}

// All contact parameters but expires, which is ours to say.
std::string keptParameters(const sip::Parameters& params) {
    std::string kept;
    auto rest = params.text();
    while (const auto pair = sip::Parameters::next(rest)) {
        if (sip::equalsIgnoreCase(pair->name, "expires")) continue;
        kept.append(1, ';').append(pair->name);
        if (pair->value) kept.append(1, '=').append(*pair->value);
    }
    return kept;
}

std::optional<Refusal> readContacts(const sip::Message& request, const RegistrarSettings& settings, Asked& asked) {
    const auto values = request.headers("Contact");
    const auto header = request.header("Expires");
    const auto common = header ? sip::parseNumber(*header, UINT32_MAX) : std::nullopt;
    if (header && !common) return malformed("malformed Expires");
    asked.query = values.empty();
    for (const auto value : values) {
        if (value == "*") {
            if (values.size() != 1 || common != 0U)
                return malformed("Contact: * needs Expires: 0 and no other contact");
            asked.removeAll = true;
            return std::nullopt;
        }
        const auto address = sip::parseNameAddr(value);
        if (!address || !address->uri.isSip()) return malformed("a contact is no SIP address");
        std::optional<std::uint64_t> own;
        if (const auto text = address->params.find("expires"))
            own = sip::parseNumber(*text, UINT32_MAX).value_or(kMalformedExpires);
        const auto wanted = own ? own : common;
        auto expires = wanted ? seconds{static_cast<std::int64_t>(*wanted)} : settings.defaultExpires;
        if (expires > seconds{0} && expires < settings.minimumExpires) return Refusal{423, "interval too brief"};
        expires = std::min(expires, settings.maximumExpires);
        Binding binding;
        binding.contact = address->uri.text;
        binding.parameters = keptParameters(address->params);
        binding.instance = instanceOf(address->params);
        if (const auto q = address->params.find("q")) {
            const auto parsed = thousandths(*q);
            if (!parsed) return malformed("malformed q");
            binding.q = *parsed;
        }
        asked.contacts.push_back({std::move(binding), expires, regIdOf(address->params)});
    }
    return std::nullopt;
}

// A reg-id counts only beside an instance, from a telephone that says that it knows what it means (RFC 5626 §6).
std::optional<Refusal> readFlowId(const sip::Message& request, Asked& asked) {
    if (!supports(request, "outbound")) return std::nullopt;
    int flows = 0;
    for (auto& contact : asked.contacts) {
        if (contact.regId.empty() || contact.binding.instance.empty()) continue;
        if (!firstHopSupportsOutbound(request)) return Refusal{439, "First Hop Lacks Outbound Support"};
        if (contact.expires > seconds{0} && ++flows > 1) return malformed("two flows in one REGISTER");
        contact.binding.instance.append(kRegId).append(contact.regId);
    }
    return std::nullopt;
}

}  // namespace

bool Asked::names(const Binding& binding) const {
    return std::any_of(contacts.begin(), contacts.end(),
                       [&binding](const Contact& contact) { return sameBinding(contact.binding, binding); });
}

bool Asked::replaces(const Binding& binding) const {
    const bool dead = binding.flow && isReliable(binding.flow->transport) && binding.flow->connection == 0;
    return dead && !contacts.empty() && contacts.front().expires > seconds{0} &&
           contacts.front().binding.account == binding.account && !names(binding);
}

std::variant<Asked, Refusal> readRegister(const sip::Message& request, const Flow& flow, const SocketAddress& local,
                                          const Device& device, const RegistrarSettings& settings) {
    Asked asked;
    asked.flow = flow;
    asked.callId = request.callId();
    asked.cseq = request.cseq().number;
    if (const auto refusal = readContacts(request, settings, asked)) return *refusal;
    std::vector<std::string> path;
    for (const auto value : request.headers("Path")) path.emplace_back(value);
    if (!path.empty() && !supports(request, "path")) {
        return Refusal{420, "Path without Supported: path", Kind::RequestNotSupported};
    }
    if (const auto refusal = readFlowId(request, asked)) return *refusal;
    for (auto& contact : asked.contacts) {
        auto& binding = contact.binding;
        binding.path = path;
        binding.callId = asked.callId;
        binding.cseq = asked.cseq;
        binding.account = device.account;
        binding.userAgent = request.header("User-Agent").value_or(std::string_view{}).substr(0, kLongestUserAgent);
        binding.flow = flow;  // the first proxy of a Path is who sent this, whatever the Path says (RFC 3327 §5.3)
        const auto uri = sip::parseUri(binding.contact);
        const bool secure = uri && path.empty() && uri->scheme == sip::UriView::Scheme::Sips;
        if (secure && flow.transport != Transport::Tls) {
            return Refusal{400, "a sips contact without TLS", Kind::InvalidTransport};
        }
        if (uri && path.empty() && !isOutbound(binding)) binding.flow = sip::flowTowards(flow, *uri);
        const bool registers = contact.expires > seconds{0};
        asked.registers = asked.registers || registers;
        asked.outbound = asked.outbound || (registers && isOutbound(binding));
        asked.watched = asked.watched || (registers && isWatched(binding));
        binding.local = local;
    }
    return asked;
}

}  // namespace beffroi::registrar
