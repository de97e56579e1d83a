// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The order of preference: 6xx, then the lowest class; within 4xx what tells the caller how to try again.

#include "proxy/response_choice.hpp"

#include <array>

namespace beffroi::proxy {
namespace {

// Smaller is better. RFC 3261 §16.7: any 6xx first; then the lowest class; within 4xx the ones that affect a
// resubmission; a 503 never before another 5xx.
int rankOf(int status) noexcept {
    if (status >= 600) return 0;
    constexpr std::array kHelpful{415, 420, 484};
    const int base = (status / 100) * 10;
    for (const int helpful : kHelpful) {
        if (status == helpful) return base;
    }
    // What a person did says more than what the network did.
    if (status == 486 || status == 480) return base + 1;
    if (status == 408 || status == 487 || status == 503) return base + 3;
    return base + 2;
}

}  // namespace

bool ResponseChoice::take(int status, int rank) noexcept {
    if (bestStatus_ != 0 && rank >= bestRank_) return false;
    bestStatus_ = status;
    bestRank_ = rank;
    best_.reset();
    return true;
}

void ResponseChoice::add(sip::Message failure) {
    if (failure.status() == 401 || failure.status() == 407) return addStatus(403);
    failure.remove("WWW-Authenticate");
    failure.remove("Proxy-Authenticate");
    if (take(failure.status(), rankOf(failure.status()))) best_ = std::move(failure);
}

void ResponseChoice::addStatus(int status) { take(status, rankOf(status)); }

void ResponseChoice::addUnreachable() { take(480, rankOf(503)); }

int ResponseChoice::status() const noexcept {
    if (bestStatus_ == 0) return 408;
    return bestStatus_ == 503 ? 500 : bestStatus_;
}

sip::Message ResponseChoice::answer(const sip::Message& request, const std::string& localTag) {
    if (!best_ || bestStatus_ == 503) return sip::Message::answer(request, status(), localTag);
    return best_->share();
}

}  // namespace beffroi::proxy
