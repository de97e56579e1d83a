// SPDX-License-Identifier: AGPL-3.0-or-later
#include "edge/tls/certificate_names.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace beffroi::edge::tls {
namespace {

constexpr std::string_view kSip = "sip:";

bool contains(const std::vector<std::string>& values, std::string_view value) {
    return std::find(values.begin(), values.end(), value) != values.end();
}

// The host of "sip:example.org"; empty if it is another scheme or names a user (RFC 5922 §7.1).
std::string_view domainOf(std::string_view uri) {
    if (!uri.starts_with(kSip)) return {};
    uri.remove_prefix(kSip.size());
    uri = uri.substr(0, uri.find_first_of(";?"));
    return uri.find('@') == std::string_view::npos ? uri : std::string_view{};
}

// RFC 6125 §6.4.3: the wildcard is one whole label, the leftmost, of a name of at least three.
bool isWildcardOf(std::string_view pattern, std::string_view name) {
    if (!pattern.starts_with("*.") || pattern.find('.', 2) == std::string_view::npos) return false;
    const auto dot = name.find('.');
    return dot != 0 && dot != std::string_view::npos && name.substr(dot) == pattern.substr(1);
}

}  // namespace

bool identifies(const CertificateNames& names, std::string_view domain) {
    if (domain.empty()) return false;
    if (const auto address = SocketAddress::parse(domain, 0)) {
        return std::any_of(names.addresses.begin(), names.addresses.end(),
                           [&address](const auto& own) { return own.sameHost(*address); });
    }
    const auto wanted = base::lowerCase(domain);
    if (wanted.find('*') != std::string::npos) return false;
    bool anyUri = false;
    for (const auto& uri : names.uris) {
        const auto own = domainOf(uri);
        if (own == wanted) return true;
        anyUri = anyUri || !own.empty();
    }
    if (anyUri) return false;
    if (names.hasAlternatives) return contains(names.hosts, wanted);
    return names.commonName == wanted;
}

bool serves(const CertificateNames& names, std::string_view server) {
    const auto wanted = base::lowerCase(server);
    const auto named = [&wanted](const std::string& own) { return own == wanted || isWildcardOf(own, wanted); };
    const auto namedByUri = [&wanted](const std::string& own) { return domainOf(own) == wanted; };
    return !wanted.empty() && (std::any_of(names.hosts.begin(), names.hosts.end(), named) ||
                               std::any_of(names.uris.begin(), names.uris.end(), namedByUri) ||
                               (!names.hasAlternatives && named(names.commonName)));
}

std::vector<std::string> deviceNames(const CertificateNames& names) {
    auto all = names.hosts;
    for (const auto& uri : names.uris) {
        if (uri.starts_with(kSip) && !contains(all, uri)) all.push_back(uri);
    }
    if (!names.commonName.empty() && !contains(all, names.commonName)) all.push_back(names.commonName);
    return all;
}

std::string shownName(const CertificateNames& names) {
    if (!names.hosts.empty()) return names.hosts.front();
    if (!names.uris.empty()) return names.uris.front();
    if (!names.addresses.empty()) return names.addresses.front().host();
    return names.commonName;
}

}  // namespace beffroi::edge::tls
