// SPDX-License-Identifier: AGPL-3.0-or-later
#include "guard/guard_options.hpp"

#include <algorithm>

namespace beffroi::guard {

void addOptions(config::Schema& schema) {
    schema.add(kTrustedNetworks).add(kPhoneMessages).add(kHostMessages).add(kStrangersMessages).add(kRefusals);
    schema.add(kAccountRequests).add(kWrongAnswers).add(kWindow).add(kAccountBan);
    schema.add(kHostAccounts).add(kHostWrongAnswers).add(kHostBan).add(kScanners).add(kNftablesFile);
}

GuardSettings guardSettings(const config::Settings& settings) {
    GuardSettings result;
    for (const auto& text : settings[kTrustedNetworks]) {
        if (const auto range = AddressRange::parse(text)) result.trusted.push_back(*range);
    }
    result.phoneMessages = settings[kPhoneMessages];
    result.hostMessages = settings[kHostMessages];
    result.strangersMessages = settings[kStrangersMessages];
    result.refusals = settings[kRefusals];
    result.accountRequests = settings[kAccountRequests];
    result.scanners = settings[kScanners];
    auto& rules = result.rules;
    rules.answers = settings[kWrongAnswers];
    rules.window = settings[kWindow];
    rules.accountBan = settings[kAccountBan];
    rules.longestBan = std::max(rules.longestBan, rules.accountBan);
    rules.hostAccounts = settings[kHostAccounts];
    rules.hostAnswers = settings[kHostWrongAnswers];
    rules.hostBan = settings[kHostBan];
    return result;
}

}  // namespace beffroi::guard
