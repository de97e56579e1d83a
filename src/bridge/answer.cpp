// SPDX-License-Identifier: AGPL-3.0-or-later
#include "bridge/answer.hpp"

#include <algorithm>

namespace beffroi::bridge {
namespace {

void add(belle_sip_response_t* response, const char* name, const std::string& value) {
    belle_sip_message_add_header(BELLE_SIP_MESSAGE(response), belle_sip_header_create(name, value.c_str()));
}

/// A quoted string may hold neither quotes nor controls; what we say has none, what we quote might.
std::string quoted(std::string text) {
    std::replace_if(
        text.begin(), text.end(),
        [](char c) { return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, '\'');
    return '"' + text + '"';
}

}  // namespace

belle_sip_response_t* makeAnswer(belle_sip_request_t* request, int status) {
    auto* response = belle_sip_response_create_from_request(request, status);
    if (status == 405 || status == 200) add(response, "Allow", kAllowedMethods);
    if (status == 415) add(response, "Accept", "application/sdp");
    if (status == 503) add(response, "Retry-After", "5");
    return response;
}

belle_sip_response_t* makeAnswer(belle_sip_request_t* request, const Refusal& refusal) {
    auto* response = makeAnswer(request, refusal.status);
    if (!refusal.reason.empty()) add(response, "Warning", "399 beffroi-bridge " + quoted(refusal.reason));
    return response;
}

belle_sip_response_t* refuseExtensions(belle_sip_request_t* request) {
    auto* message = BELLE_SIP_MESSAGE(request);
    const auto* required = belle_sip_message_get_headers(message, "Require");
    if (required == nullptr) return nullptr;
    auto* response = makeAnswer(request, 420);
    for (; required != nullptr; required = required->next) {
        add(response, "Unsupported",
            belle_sip_header_get_unparsed_value(static_cast<belle_sip_header_t*>(required->data)));
    }
    return response;
}

void addSession(belle_sip_response_t* response, const std::string& extension, const SocketAddress& address,
                std::string_view description) {
    auto* uri = belle_sip_uri_new();
    belle_sip_uri_set_user(uri, extension.c_str());
    belle_sip_uri_set_host(uri, address.host().c_str());
    belle_sip_uri_set_port(uri, address.port());
    auto* contact = belle_sip_header_contact_new();
    belle_sip_header_address_set_uri(BELLE_SIP_HEADER_ADDRESS(contact), uri);
    auto* message = BELLE_SIP_MESSAGE(response);
    belle_sip_message_add_header(message, BELLE_SIP_HEADER(contact));
    auto* type = belle_sip_header_content_type_create("application", "sdp");
    belle_sip_message_add_header(message, BELLE_SIP_HEADER(type));
    belle_sip_message_set_body(message, description.data(), description.size());
}

void send(belle_sip_provider_t* provider, belle_sip_request_t* request, belle_sip_response_t* response) {
    auto* transaction = belle_sip_provider_create_server_transaction(provider, request);
    belle_sip_server_transaction_send_response(transaction, response);
}

}  // namespace beffroi::bridge
