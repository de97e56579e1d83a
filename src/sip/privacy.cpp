// SPDX-License-Identifier: AGPL-3.0-or-later
#include "sip/privacy.hpp"

#include <algorithm>
#include <string>

namespace beffroi::sip {
namespace {

// "id; critical", or, as some write it, with commas.
std::optional<std::string_view> nextWord(std::string_view& rest) noexcept {
    constexpr std::string_view kSeparators{";, \t"};
    rest.remove_prefix(std::min(rest.find_first_not_of(kSeparators), rest.size()));
    if (rest.empty()) return std::nullopt;
    const auto word = rest.substr(0, rest.find_first_of(kSeparators));
    rest.remove_prefix(word.size());
    return word;
}

}  // namespace

Privacy privacyOf(const Message& message) {
    Privacy privacy;
    bool critical = false;
    bool beyondUs = false;
    for (auto words : message.headers("Privacy")) {
        while (const auto word = nextWord(words)) {
            const bool history = equalsIgnoreCase(*word, "history");
            privacy.history = privacy.history || history || equalsIgnoreCase(*word, "header");
            if (history || equalsIgnoreCase(*word, "none")) continue;
            if (equalsIgnoreCase(*word, "critical")) {
                critical = true;
            } else if (equalsIgnoreCase(*word, "session")) {
                beyondUs = true;
            } else {
                privacy.hidden = true;
                beyondUs = beyondUs || !(equalsIgnoreCase(*word, "id") || equalsIgnoreCase(*word, "user"));
            }
        }
    }
    privacy.impossible = critical && beyondUs;
    return privacy;
}

bool isAnonymous(const UriView& from) {
    return from.isSip() && equalsIgnoreCase(from.host, "anonymous.invalid") && equalsIgnoreCase(from.user, "anonymous");
}

void hideSender(Message& request) {
    std::string from{"\"Anonymous\" <sip:anonymous@anonymous.invalid>"};
    if (const auto tag = request.from().tag(); !tag.empty()) from.append(";tag=").append(tag);
    request.set("From", from);
    for (const auto* name :
         {"Call-Info", "In-Reply-To", "Organization", "Referred-By", "Reply-To", "Subject", "User-Agent"}) {
        request.remove(name);
    }
}

void nameSender(Message& request, std::string_view name) {
    const auto& from = request.from();
    if (from.displayName == name) return;
    std::string value{name};
    value.append(name.empty() ? "<" : " <").append(from.uri.text).append(1, '>').append(from.params.text());
    request.set("From", value);
}

}  // namespace beffroi::sip
