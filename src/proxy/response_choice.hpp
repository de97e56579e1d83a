// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Which of the failures of a forked request its caller is told (RFC 3261 §16.7, step 6): a pure choice.
// Thread: loop.
#pragma once

#include "sip/message.hpp"

#include <optional>

namespace beffroi::proxy {

/// Keeps the best final failure seen so far and makes the answer of it.
///
/// A challenge is not passed on, against §16.7 step 7: the caller would answer with a digest of its password, for a
/// realm and nonce of the called telephone's choice. Nobody in a town may ask for one but the exchange.
class ResponseChoice {
public:
    /// `failure` is a final response of 300 or more, its top Via already removed. A 401 or 407 counts as 403.
    void add(sip::Message failure);
    /// A branch that ended without a response: counts as this status.
    void addStatus(int status);
    /// A branch that could not be sent anywhere: chosen as a 503 would be (§16.9), but told as 480. The caller learns
    /// that a telephone is out of reach, not that the exchange is broken.
    void addUnreachable();

    /// Status of what answer() would give; 408 if nothing was added.
    [[nodiscard]] int status() const noexcept;

    /// The response to send: the best one received, or one of our own making. A 503 becomes 500: the service that is
    /// unavailable is not ours.
    [[nodiscard]] sip::Message answer(const sip::Message& request, const std::string& localTag);

private:
    /// True if it is the best so far.
    bool take(int status, int rank) noexcept;

    std::optional<sip::Message> best_;
    int bestStatus_ = 0;
    int bestRank_ = 0;
};

}  // namespace beffroi::proxy
