// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Which of the failures of a forked request its caller is told (RFC 3261 §16.7, step 6 and 7): a pure choice.
// Thread: loop.
#pragma once

#include "sip/message.hpp"

#include <optional>
#include <vector>

namespace beffroi::proxy {

/// Keeps the best final failure seen so far and every challenge, and makes the answer of them.
class ResponseChoice {
public:
    /// `failure` is a final response of 300 or more, its top Via already removed.
    void add(sip::Message failure);
    /// A branch that ended without a response: counts as this status.
    void addStatus(int status);
    /// A branch that could not be sent anywhere: chosen as a 503 would be (§16.9), but told as 480. The caller learns
    /// that a telephone is out of reach, not that the exchange is broken.
    void addUnreachable();

    /// Status of what answer() would give; 408 if nothing was added.
    [[nodiscard]] int status() const noexcept;

    /// The response to send: the best one received, with the challenges of all branches if it is a challenge, or one
    /// of our own making. A 503 becomes 500: the service that is unavailable is not ours.
    [[nodiscard]] sip::Message answer(const sip::Message& request, const std::string& localTag);

private:
    /// True if it is the best so far.
    bool take(int status, int rank) noexcept;

    std::optional<sip::Message> best_;
    int bestStatus_ = 0;
    int bestRank_ = 0;
    std::vector<std::string> wwwChallenges_;
    std::vector<std::string> proxyChallenges_;
};

}  // namespace beffroi::proxy
