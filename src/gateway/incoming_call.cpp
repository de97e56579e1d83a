// SPDX-License-Identifier: AGPL-3.0-or-later
#include "gateway/incoming_call.hpp"

#include "sip/privacy.hpp"

#include <algorithm>
#include <optional>
#include <variant>

namespace beffroi::gateway {
namespace {

constexpr std::size_t kLongestName = 64;

std::optional<std::string> numberOf(const sip::UriView& uri, NumberFormat format, const country::Country& country) {
    if (!uri.isSip() && uri.scheme != sip::UriView::Scheme::Tel) return std::nullopt;
    auto read = country.readFrom(sip::dialledNumber(uri).number, format);
    if (auto* found = std::get_if<country::OutsideNumber>(&read)) return std::move(found->number);
    return std::nullopt;
}

// Shown on a display, and written into a quoted string: nothing but printable characters.
std::string plainName(std::string_view displayName) {
    auto name = sip::displayNameText(displayName);
    const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
    if (name.size() > kLongestName || std::any_of(name.begin(), name.end(), control)) return {};
    return name;
}

struct Identity {
    std::string number;
    std::string name;
};

// P-Asserted-Identity may have a sip and a tel URI (RFC 3325 §9.1); From is the caller's own word.
Identity identityOf(const sip::Message& invite, const Gateway& gateway, const country::Country& country) {
    for (auto list : invite.headers("P-Asserted-Identity")) {
        while (const auto value = sip::nextListValue(list)) {
            const auto address = sip::parseNameAddr(*value);
            if (!address) continue;
            if (auto number = numberOf(address->uri, gateway.calling, country)) {
                return {std::move(*number), plainName(address->displayName)};
            }
        }
    }
    const auto& from = invite.from();
    return {numberOf(from.uri, gateway.calling, country).value_or(""), plainName(from.displayName)};
}

}  // namespace

IncomingCall incomingCall(const sip::Message& invite, const Gateway& gateway, const DirectorySnapshot& directory,
                          const country::Country& country) {
    IncomingCall call;
    const auto requestUri = invite.requestUri();
    auto called = numberOf(requestUri, gateway.called, country);
    if (!called) called = numberOf(invite.to().uri, gateway.called, country);  // some call the account they registered
    call.called = called ? std::move(*called) : sip::dialledNumber(requestUri).number;
    call.withheld = sip::isAnonymous(invite.from().uri) || sip::privacyOf(invite).hidden;
    if (call.withheld) return call;
    auto identity = identityOf(invite, gateway, country);
    const auto contact = directory.contacts.find(identity.number);
    call.name = contact == directory.contacts.end() ? std::move(identity.name) : contact->second.name;
    call.caller = std::move(identity.number);
    return call;
}

std::string dialBack(std::string_view number, const DirectorySnapshot& directory, const country::Country& country) {
    return directory.town.outsidePrefix + country.write(number, NumberFormat::National);
}

}  // namespace beffroi::gateway
