// SPDX-License-Identifier: AGPL-3.0-or-later
#include "bridge/invitation.hpp"

#include "beffroi/announcements.hpp"

#include <strings.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstring>

namespace beffroi::bridge {
namespace {

std::string text(const char* value) { return value != nullptr ? value : ""; }

bool same(const char* value, std::string_view wanted) {
    return value != nullptr && std::strlen(value) == wanted.size() &&
           strncasecmp(value, wanted.data(), wanted.size()) == 0;
}

std::string callerOf(belle_sip_request_t* request) {
    const auto* from = belle_sip_message_get_header_by_type(request, belle_sip_header_from_t);
    auto* uri = from != nullptr ? belle_sip_header_address_get_uri(BELLE_SIP_HEADER_ADDRESS(from)) : nullptr;
    if (uri == nullptr) return {};
    auto user = text(belle_sip_uri_get_user(uri));
    return user.empty() ? text(belle_sip_uri_get_host(uri)) : user;
}

/// 1 to 99999; nothing for anything else.
std::optional<std::size_t> readCount(std::string_view digits) {
    std::size_t count = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), count);
    if (error != std::errc{} || end != digits.data() + digits.size() || count == 0 || count > 99'999) {
        return std::nullopt;
    }
    return count;
}

}  // namespace

std::variant<CallRequest, Refusal> readInvitation(belle_sip_request_t* invite) {
    auto* uri = belle_sip_request_get_uri(invite);
    if (uri == nullptr) return Refusal{416, "no SIP URI"};
    CallRequest request;
    request.extension = text(belle_sip_uri_get_user(uri));
    if (request.extension.empty()) return Refusal{404, "no extension"};
    const auto* parameters = BELLE_SIP_PARAMETERS(uri);
    request.service = text(belle_sip_parameters_get_parameter(parameters, "service"));
    if (const char* members = belle_sip_parameters_get_parameter(parameters, "members")) {
        request.members = readCount(members);
        if (!request.members) return Refusal{400, "members is not a number"};
    }
    if (const char* say = belle_sip_parameters_get_parameter(parameters, "say")) {
        request.announcement = say;
        if (!announcements::isAnnouncement(request.announcement)) return Refusal{400, "that cannot be said"};
    }
    request.early = asksForEarlyMedia(invite);
    request.caller = callerOf(invite);
    request.callId = callIdOf(invite);
    return request;
}

bool asksForEarlyMedia(belle_sip_request_t* invite) {
    const auto* uri = belle_sip_request_get_uri(invite);
    return uri != nullptr && belle_sip_parameters_has_parameter(BELLE_SIP_PARAMETERS(uri), "early") != 0;
}

Body readBody(belle_sip_request_t* request, std::string_view type, std::string_view subtype) {
    auto* message = BELLE_SIP_MESSAGE(request);
    const auto size = belle_sip_message_get_body_size(message);
    if (size == 0) return {};
    const auto* kind = belle_sip_message_get_header_by_type(request, belle_sip_header_content_type_t);
    if (kind == nullptr || !same(belle_sip_header_content_type_get_type(kind), type) ||
        !same(belle_sip_header_content_type_get_subtype(kind), subtype)) {
        return {{}, true};
    }
    // Not asked for earlier: belle-sip cannot give the body of a multipart that it could not split, and ends.
    const char* body = belle_sip_message_get_body(message);
    return body != nullptr ? Body{{body, size}, false} : Body{{}, true};
}

std::optional<char> readKey(belle_sip_request_t* info) {
    if (const auto body = readBody(info, "application", "dtmf-relay"); !body.text.empty()) return parseKey(body.text);
    if (const auto body = readBody(info, "application", "dtmf"); !body.text.empty()) return parseKey(body.text);
    return std::nullopt;
}

std::optional<char> parseKey(std::string_view body) {
    constexpr std::string_view kSignal = "signal=";
    const auto found = std::search(body.begin(), body.end(), kSignal.begin(), kSignal.end(),
                                   [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; });
    auto rest =
        found == body.end() ? body : body.substr(static_cast<std::size_t>(found - body.begin()) + kSignal.size());
    while (!rest.empty() && rest.front() == ' ') rest.remove_prefix(1);
    if (rest.empty()) return std::nullopt;
    const auto key = static_cast<char>(std::toupper(static_cast<unsigned char>(rest.front())));
    if (std::string_view{"0123456789*#ABCD"}.find(key) == std::string_view::npos) return std::nullopt;
    if (rest.size() > 1 && std::isalnum(static_cast<unsigned char>(rest[1])) != 0) return std::nullopt;
    return key;
}

std::optional<SocketAddress> sourceOf(belle_sip_request_t* request) {
    const auto* via = belle_sip_message_get_header_by_type(request, belle_sip_header_via_t);
    if (via == nullptr) return std::nullopt;
    const char* host = belle_sip_header_via_get_received(via);
    if (host == nullptr) host = belle_sip_header_via_get_host(via);
    return host != nullptr ? SocketAddress::parse(host, 0) : std::nullopt;
}

std::string callIdOf(belle_sip_request_t* request) {
    const auto* callId = belle_sip_message_get_header_by_type(request, belle_sip_header_call_id_t);
    return callId != nullptr ? text(belle_sip_header_call_id_get_call_id(callId)) : std::string{};
}

}  // namespace beffroi::bridge
