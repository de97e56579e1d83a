// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The reader against belle-sip's own parser, over every well-formed message of the corpus: both are asked what the
// message says, each by its own means, and must agree. Where belle-sip is known to be wrong, kQuirks says so and why;
// a row whose difference has gone fails as well.

#include "sip/reader.hpp"
#include "support/corpus.hpp"
#include "support/sip_messages.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

using namespace beffroi::sip;
using namespace beffroi::test;

namespace {

/// What a message says: "from" → who, "via" → each hop, "allow" → each method …
using Facts = std::map<std::string, std::vector<std::string>>;

struct Quirk {
    const char* message;
    const char* facts;  // those that differ, between spaces; "all" if belle-sip gives no message at all
    const char* why;
};

constexpr Quirk kQuirks[] = {
    {"withdrawal", "contact", "it loses `Contact: *`, with which a phone takes its registrations back"},
    {"service code", "all", "it drops the message for the # that phones dial without an escape"},
    {"rfc4475/intmeth.dat", "to",
     "the control characters of the name are ours to replace: it keeps them and drops the NUL"},
    {"rfc4475/escnull.dat", "contact from to", "it undoes %00 in a user part and ends the text there"},
    {"rfc4475/unksm2.dat", "contact", "it loses a Contact whose URI is neither sip nor has a host"},
    {"phones/cisco-7841-refer.sip", "b refer-to referred-by",
     "it does not know the compact form b, and takes r for a Retry-After"},
    {"rfc4475/wsinv.dat", "newfangledheader s subject",
     "it does not know the compact form s, and leaves line ends in a folded field that it does not know"},
    {"phones/snom-d785-invite-folded.sip",
     "accept allow allow-events content-length content-type min-se p-key-flags session-expires supported user-agent",
     "a field that it does not know, folded behind a comma, ends the header section: all that follows is lost"},
    {"phones/linphone-register.sip", "user-agent", "it ends a User-Agent at the first comma"},
    {"rfc4475/noreason.dat", "status", "not its fault: we write the standard phrase where none came"},
};

// Messages of which the corpus has none, for what belle-sip is known to get wrong.
std::map<std::string, std::string> furtherMessages() {
    auto withdrawal = RequestText{};
    withdrawal.method = "REGISTER";
    withdrawal.more = "Contact: *\r\nExpires: 0\r\n";
    auto serviceCode = RequestText{};
    serviceCode.uri = "sip:*72#@192.0.2.1";
    return {{"withdrawal", withdrawal.text()}, {"service code", serviceCode.text()}};
}

std::string lowered(std::string_view text) {
    std::string result{text};
    for (auto& c : result) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
    }
    return result;
}

std::string_view textOf(const char* text) { return text != nullptr ? std::string_view{text} : std::string_view{}; }

std::string joined(std::vector<std::string> parts) {
    std::sort(parts.begin(), parts.end());
    std::string result;
    for (const auto& part : parts) result.append(1, ';').append(part);
    return result;
}

std::string pairOf(std::string_view name, std::string_view value) {
    if (value.size() > 1 && value.front() == '[' && value.back() == ']') value = value.substr(1, value.size() - 2);
    return lowered(name) + "=" + displayNameText(value);
}

// White space that means nothing taken out.
std::string squeezed(std::string_view text) {
    std::string result;
    bool quoted = false;
    for (const char c : text) {
        if (c == '"') quoted = !quoted;
        const bool space = !quoted && (c == ' ' || c == '\t');
        const bool behindSeparator =
            result.empty() || std::string_view{" ,;="}.find(result.back()) != std::string::npos;
        if (space && behindSeparator) continue;
        if (!quoted && (c == ',' || c == ';' || c == '=') && !result.empty() && result.back() == ' ') result.pop_back();
        result.push_back(space ? ' ' : c);
    }
    while (!result.empty() && result.back() == ' ') result.pop_back();
    return result;
}

std::vector<std::string> listValues(std::string_view text) {
    std::vector<std::string> values;
    while (const auto value = nextListValue(text)) values.push_back(squeezed(*value));
    return values;
}

// ---- what our reader says

enum class InUri : std::uint8_t { No, Yes };

std::string paramsOf(const Parameters& params, InUri inUri) {
    std::vector<std::string> pairs;
    auto rest = params.text();
    while (const auto pair = Parameters::next(rest)) {
        const auto value = pair->value.value_or(std::string_view{});
        pairs.push_back(inUri == InUri::Yes ? pairOf(unescape(pair->name), unescape(value))
                                            : pairOf(pair->name, value));
    }
    return joined(std::move(pairs));
}

std::string describe(const UriView& uri) {
    if (!uri.isSip()) return std::string{uri.text};
    const std::string scheme = uri.scheme == UriView::Scheme::Sips ? "sips" : "sip";
    std::vector<std::string> headers;
    auto rest = uri.headers;
    while (!rest.empty()) {
        const auto pair = rest.substr(0, rest.find('&'));
        const auto equals = pair.find('=');
        headers.push_back(lowered(pair.substr(0, equals)) + "=" + unescape(pair.substr(equals + 1)));
        rest.remove_prefix(std::min(pair.size() + 1, rest.size()));
    }
    return scheme + " user " + uri.userUnescaped() + " password " + unescape(uri.password) + " host " +
           lowered(uri.host) + " port " + std::to_string(uri.port) + " params " + paramsOf(uri.params, InUri::Yes) +
           " headers " + joined(std::move(headers));
}

std::string describe(const NameAddr& address) {
    return "name " + displayNameText(address.displayName) + " uri " + describe(address.uri) + " params " +
           paramsOf(address.params, InUri::No);
}

std::string describe(const ViaView& via) {
    return std::string{via.transport} + " host " + lowered(via.host) + " port " + std::to_string(via.port) +
           " params " + paramsOf(via.params, InUri::No);
}

// ---- what belle-sip says

std::vector<std::string> pairsOf(const belle_sip_parameters_t* params) {
    std::vector<std::string> pairs;
    for (auto* item = belle_sip_parameters_get_parameter_names(params); item != nullptr; item = item->next) {
        const auto* name = static_cast<const char*>(item->data);
        pairs.push_back(pairOf(name, textOf(belle_sip_parameters_get_parameter(params, name))));
    }
    return pairs;
}

std::string paramsOf(const belle_sip_parameters_t* params) { return joined(pairsOf(params)); }

std::string_view bareHost(const char* host) {
    auto text = textOf(host);
    if (text.size() > 1 && text.front() == '[') text = text.substr(1, text.size() - 2);
    return text;
}

std::string marshalled(void* object) {
    char* text = belle_sip_object_to_string(object);
    std::string result{text};
    belle_sip_free(text);
    return result;
}

std::string describe(belle_sip_uri_t* uri) {
    std::vector<std::string> headers;
    for (auto* item = belle_sip_uri_get_header_names(uri); item != nullptr; item = item->next) {
        const auto* name = static_cast<const char*>(item->data);
        headers.push_back(lowered(name) + "=" + std::string{textOf(belle_sip_uri_get_header(uri, name))});
    }
    return std::string{belle_sip_uri_is_secure(uri) != 0 ? "sips" : "sip"} + " user " +
           std::string{textOf(belle_sip_uri_get_user(uri))} + " password " +
           std::string{textOf(belle_sip_uri_get_user_password(uri))} + " host " +
           lowered(bareHost(belle_sip_uri_get_host(uri))) + " port " + std::to_string(belle_sip_uri_get_port(uri)) +
           " params " + paramsOf(BELLE_SIP_PARAMETERS(uri)) + " headers " + joined(std::move(headers));
}

std::string describe(belle_sip_uri_t* uri, belle_generic_uri_t* other) {
    if (uri != nullptr) return describe(uri);
    return other != nullptr ? marshalled(other) : std::string{};
}

std::string describe(belle_sip_header_address_t* address) {
    return "name " + std::string{textOf(belle_sip_header_address_get_displayname(address))} + " uri " +
           describe(belle_sip_header_address_get_uri(address), belle_sip_header_address_get_absolute_uri(address)) +
           " params " + paramsOf(BELLE_SIP_PARAMETERS(address));
}

std::string describe(belle_sip_header_via_t* via) {
    std::vector<std::string> params = pairsOf(BELLE_SIP_PARAMETERS(via));
    if (const auto received = textOf(belle_sip_header_via_get_received(via)); !received.empty()) {
        params.push_back(pairOf("received", received));  // it keeps that one apart
    }
    return std::string{textOf(belle_sip_header_via_get_transport(via))} + " host " +
           lowered(bareHost(belle_sip_header_via_get_host(via))) + " port " +
           std::to_string(std::max(belle_sip_header_via_get_port(via), 0)) + " params " + joined(std::move(params));
}

// ---- both

bool isAddress(const std::string& name) {
    static const std::set<std::string> kNames{"from",         "to",       "contact",     "route",
                                              "record-route", "refer-to", "referred-by", "p-preferred-identity"};
    return kNames.contains(name);
}

bool isList(const std::string& name) {
    static const std::set<std::string> kNames{"accept",  "allow",         "allow-events", "supported",
                                              "require", "proxy-require", "unsupported"};
    return kNames.contains(name);
}

void addOther(Facts& facts, const std::string& name, std::string_view value) {
    auto parts = listValues(value);
    auto& values = facts[name];
    if (isList(name)) {
        for (auto& part : parts) values.push_back(lowered(part));
        return;
    }
    // belle-sip gives the parameters of a challenge back in an order of its own, behind two spaces.
    auto first = parts.empty() ? std::string{} : parts.front();
    if (const auto space = first.find(' '); name.find("auth") != std::string::npos && space != std::string::npos) {
        parts.front() = first.substr(space + 1);
        parts.push_back(first.substr(0, space));
    }
    values.push_back(joined(std::move(parts)));
}

/// From what goes onto the wire, so that writing is compared along with reading.
Facts factsOf(const Message& message) {
    Facts facts;
    const auto text = message.toString();
    std::string_view head{text};
    head = head.substr(0, head.find("\r\n\r\n") + 2);
    const auto startLine = head.substr(0, head.find("\r\n"));
    head.remove_prefix(startLine.size() + 2);
    if (message.isRequest()) {
        facts["method"] = {std::string{message.methodName()}};
        facts["uri"] = {describe(message.requestUri())};
    } else {
        facts["status"] = {std::to_string(message.status()) + " " + std::string{message.reason()}};
    }
    while (!head.empty()) {
        const auto line = head.substr(0, head.find("\r\n"));
        head.remove_prefix(line.size() + 2);
        const auto name = lowered(line.substr(0, line.find(':')));
        const auto value = trim(line.substr(line.find(':') + 1));
        if (name == "via") {
            facts[name].push_back(describe(parseVia(value).value()));
        } else if (name == "contact" && value == "*") {
            facts[name].emplace_back("*");
        } else if (isAddress(name)) {
            facts[name].push_back(describe(parseNameAddr(value).value()));
        } else if (name == "cseq") {
            const auto cseq = parseCSeq(value).value();
            facts[name].push_back(std::to_string(cseq.number) + " " + std::string{cseq.method});
        } else if (name == "max-forwards" || name == "content-length") {
            facts[name].push_back(std::to_string(parseNumber(value, UINT32_MAX).value()));
        } else {
            addOther(facts, name, value);
        }
    }
    return facts;
}

void addHeader(Facts& facts, belle_sip_header_t* header) {
    const auto text = marshalled(header);
    const auto name = lowered(std::string_view{text}.substr(0, text.find(':')));
    auto& values = facts[name];
    if (name == "via") {
        values.push_back(describe(BELLE_SIP_HEADER_VIA(header)));
    } else if (name == "contact" && belle_sip_header_contact_is_wildcard(BELLE_SIP_HEADER_CONTACT(header)) != 0) {
        values.emplace_back("*");
    } else if (isAddress(name)) {
        values.push_back(describe(BELLE_SIP_HEADER_ADDRESS(header)));
    } else if (name == "cseq") {
        const auto* cseq = BELLE_SIP_HEADER_CSEQ(header);
        values.push_back(std::to_string(belle_sip_header_cseq_get_seq_number(cseq)) + " " +
                         belle_sip_header_cseq_get_method(cseq));
    } else {
        addOther(facts, name, trim(std::string_view{text}.substr(text.find(':') + 1)));
        if (name == "max-forwards" || name == "content-length") values.back() = values.back().substr(1);
    }
}

Facts factsOf(belle_sip_message_t* message) {
    Facts facts;
    if (belle_sip_message_is_request(message) != 0) {
        auto* request = BELLE_SIP_REQUEST(message);
        facts["method"] = {belle_sip_request_get_method(request)};
        facts["uri"] = {describe(belle_sip_request_get_uri(request), belle_sip_request_get_absolute_uri(request))};
    } else {
        auto* response = BELLE_SIP_RESPONSE(message);
        facts["status"] = {std::to_string(belle_sip_response_get_status_code(response)) + " " +
                           std::string{textOf(belle_sip_response_get_reason_phrase(response))}};
    }
    auto* all = belle_sip_message_get_all_headers(message);
    for (auto* item = all; item != nullptr; item = item->next) {
        addHeader(facts, static_cast<belle_sip_header_t*>(item->data));
    }
    belle_sip_list_free(all);
    return facts;
}

/// The facts that the two tell differently, between spaces.
std::string differences(const Facts& ours, const Facts& theirs) {
    std::set<std::string> names;
    for (const auto& [name, values] : ours) {
        const auto found = theirs.find(name);
        if (found == theirs.end() || found->second != values) names.insert(name);
    }
    for (const auto& [name, values] : theirs) {
        if (!ours.contains(name)) names.insert(name);
    }
    std::string text;
    for (const auto& name : names) text.append(text.empty() ? "" : " ").append(name);
    return text;
}

std::string differences(const std::string& bytes) {
    const auto ours = readMessage(bytes);
    std::size_t length = 0;
    const auto pool = adopt(belle_sip_object_pool_push());  // frees what its parser makes and then gives up
    const auto theirs = retain(belle_sip_message_parse_raw(bytes.data(), bytes.size(), &length));
    if (!theirs) return "all";
    auto facts = factsOf(ours);
    const auto theirFacts = factsOf(theirs.get());
    if (lowered(bytes).find("content-length") == std::string::npos &&
        lowered(bytes).find("\nl:") == std::string::npos) {
        facts.erase("content-length");  // we wrote one where none was
    }
    const auto different = differences(facts, theirFacts);
    for (const auto& [name, values] : facts) {
        if ((" " + different + " ").find(" " + name + " ") == std::string::npos) continue;
        for (const auto& value : values) UNSCOPED_INFO("ours:   " << name << ": " << value);
    }
    for (const auto& [name, values] : theirFacts) {
        if ((" " + different + " ").find(" " + name + " ") == std::string::npos) continue;
        for (const auto& value : values) UNSCOPED_INFO("theirs: " << name << ": " << value);
    }
    return different;
}

}  // namespace

TEST_CASE("the reader understands what belle-sip's parser understands", "[sip][rfc3261-7]") {
    std::map<std::string, std::string> messages = furtherMessages();
    for (const char* const folder : {"phones", "rfc4475", "rfc5118"}) {
        for (auto& [name, bytes] : corpus(folder)) {
            if (std::holds_alternative<Message>(Reader{}.read(bytes, Source::Datagram))) messages.emplace(name, bytes);
        }
    }
    CHECK(messages.size() > 50);
    std::map<std::string, std::string> expected;
    for (const auto& quirk : kQuirks) {
        CAPTURE(quirk.message, quirk.why);
        CHECK(messages.contains(quirk.message));
        expected.emplace(quirk.message, quirk.facts);
    }
    for (const auto& [name, bytes] : messages) {
        CAPTURE(name);
        const auto quirk = expected.find(name);
        CHECK(differences(bytes) == (quirk == expected.end() ? std::string{} : quirk->second));
    }
}
