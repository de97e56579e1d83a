// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Where one request is to be sent: stages one after the other, the branches of a stage together.
// Thread: loop; values.
#pragma once

#include "beffroi/clock.hpp"
#include "beffroi/flow.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace beffroi::proxy {

struct Branch {
    std::string requestUri;           // empty: the request's own
    std::vector<std::string> routes;  // Route values to put in front (a binding's Path)
    std::optional<Flow> flow;         // nothing: the next hop's URI is resolved (RFC 3263)
    std::string label;                // who is called, for the call record: "2104 (2104-bureau)"
    std::string identity{};           // P-Asserted-Identity of who answers here; empty: nothing is asserted
    std::vector<Branch> others{};     // more flows of the same telephone, the best last: each if those before it failed
    std::string extension{};          // of a telephone: whose, and its account
    std::string account{};
    std::string gateway{};  // of a way outside: its id
};

struct ForkStage {
    std::vector<Branch> branches;
    Clock::Duration timeout{};  // until the next stage is tried, or the call given up; 0: timer C alone decides
};

struct ForkPlan {
    std::vector<ForkStage> stages;
    bool hideSender = false;   // who sends this is not to be told (RFC 3323): From is anonymous beyond us
    std::string senderName{};  // else the display name of From beyond us, as it is written; empty: none
    bool secure = false;       // a sips call: what its branches are asked for is sips as well (RFC 5630 §5.3)
};

/// What happens to a forked INVITE, for its call record.
class ForkObserver {
public:
    virtual ~ForkObserver() = default;
    /// Something is sent to this branch. `id` is its own within the call, also where another flow takes its place.
    virtual void onBranch(std::size_t id, const Branch& branch) = 0;
    /// It was refused, has failed or was given up: nobody rings there any more.
    virtual void onBranchEnded(std::size_t id) = 0;
    virtual void onRinging() = 0;
    /// The first 2xx. `toTag` names the callee's side of the dialog.
    virtual void onAnswered(std::size_t id, const Branch& branch, std::string_view toTag) = 0;
    /// No 2xx came: the status that the caller was sent.
    virtual void onFailed(int status, bool cancelledByCaller, bool timedOut) = 0;
};

}  // namespace beffroi::proxy
