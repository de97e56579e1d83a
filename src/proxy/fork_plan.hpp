// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Where one request is to be sent: stages that follow one another as each says, the branches of a round together.
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

struct HeaderField {
    const char* name;  // lives for ever
    std::string value;
};

/// From and To as the other side of the town's edge is to see them, each a name-addr without a tag. Nothing else goes
/// there of what says who calls; what is to be said of it is in the branch's header fields.
struct Presentation {
    std::string from;
    std::string to;       // empty: as the caller wrote it
    bool hidden = false;  // From is anonymous
};

struct Branch {
    std::string requestUri;           // empty: the request's own
    std::vector<std::string> routes;  // Route values to put in front (a binding's Path)
    std::optional<Flow> flow;         // nothing: the next hop's URI is resolved (RFC 3263)
    std::string label;                // who is called, for the call record: "2104 (2104-bureau)"
    std::string identity{};           // P-Asserted-Identity of who answers here; empty: nothing is asserted
    std::vector<Branch> others{};     // more flows of the same telephone, the best last: each if those before it failed
    std::string extension{};          // of a telephone: whose, and its account
    std::string account{};
    std::string gateway{};               // of a way outside: its id. The last of `others` is the next hop to be tried
    std::string destination{};           // number that is rung, for the call record
    std::string forwardedBy{};           // whose forward led here
    std::string numberClass{};           // of a number outside
    std::string presented{};             // number that is shown there
    std::vector<HeaderField> headers{};  // what this branch is told besides
    std::optional<Presentation> presentation{};
};

/// Branches that ring together.
struct ForkRound {
    std::vector<Branch> branches;
    Clock::Duration timeout{};  // until it is given up; 0: timer C alone decides
};

/// What became of a stage, the best of its branches.
enum class Outcome : std::uint8_t {
    Unreachable,  // nobody rang, or could have
    Busy,         // a telephone is in a call
    NoAnswer,     // it rang and nobody took the call, or somebody did not want to
    Redirected    // a telephone knows a better place: the caller is told, and nothing follows
};

struct ForkStage {
    static constexpr std::size_t kEnd = static_cast<std::size_t>(-1);  // the caller gets the best of the failures

    std::vector<ForkRound> rounds;  // one after the other, each when the one before it has failed, in whatever way
    // The stage that follows, always a later one.
    std::size_t ifBusy = kEnd;
    std::size_t ifNoAnswer = kEnd;
    std::size_t ifUnreachable = kEnd;
    // Rung for a group: whoever stops ringing because the call goes on has not missed it, and sends nobody elsewhere.
    bool shared = false;
};

struct ForkPlan {
    std::vector<ForkStage> stages;  // begun with the first
    bool hideSender = false;        // who sends this is not to be told (RFC 3323): From is anonymous beyond us
    std::string senderName{};       // else the display name of From beyond us, as it is written; empty: none
    bool secure = false;            // a sips call: what its branches are asked for is sips as well (RFC 5630 §5.3)
    int failure = 0;                // what the caller is answered if nobody takes the call; 0: the best of the failures

    [[nodiscard]] bool reachesAnybody() const noexcept {
        for (const auto& stage : stages) {
            for (const auto& round : stage.rounds) {
                if (!round.branches.empty()) return true;
            }
        }
        return false;
    }
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
