// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What an administrator may set of the exchange as a whole: the names it answers to.
#pragma once

#include "config/option.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace beffroi::app {

[[nodiscard]] inline bool isDomainName(const std::string& name) {
    const auto fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == ':';
    };
    return !name.empty() && name.size() <= 253 && std::all_of(name.begin(), name.end(), fits);
}

inline constexpr config::Option<std::vector<std::string>> kDomains{
    .key = "sip.domains",
    .fallback = "localhost",
    .bounds = {1, 16},
    .reload = config::Reload::Restart,
    .since = "0.1",
    .help =
        "The SIP domains that the exchange answers for; the first one is written into addresses it makes. The "
        "exchange's own addresses always count as such a domain.",
    .check = [](const std::vector<std::string>& domains) -> std::string {
        for (const auto& domain : domains) {
            if (!isDomainName(domain)) return "must be domain names in lower case; \"" + domain + "\" is none";
        }
        return {};
    },
};

inline constexpr config::Option<std::string> kRealm{
    .key = "sip.realm",
    .fallback = "",
    .bounds = {0, 128},
    .reload = config::Reload::Restart,
    .since = "0.1",
    .help =
        "The realm of passwords, which must be the realm of the extension plan; empty: the first of sip.domains. "
        "Changing it makes every password of the plan invalid.",
    .check = [](const std::string& realm) -> std::string {
        return realm.find_first_of("\"\\\r\n") == std::string::npos ? "" : "must have no quotation mark or backslash";
    },
};

}  // namespace beffroi::app
