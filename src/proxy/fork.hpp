// SPDX-License-Identifier: AGPL-3.0-or-later
//
// One request on its way to one or several places: the response context of RFC 3261 §16. Sends the branches of a plan
// as its stages follow one another, passes provisional responses and every 2xx upstream, cancels what is no longer
// wanted, and when all have failed answers with the best failure. An in-dialog request is a fork of one branch.
// Thread: loop. Lifetime: kept by its transactions, ends with them.
#pragma once

#include "beffroi/network.hpp"
#include "beffroi/next_hop.hpp"
#include "beffroi/scheduler.hpp"
#include "proxy/fork_plan.hpp"
#include "proxy/response_choice.hpp"
#include "proxy/stage_outcome.hpp"
#include "sip/client_transaction.hpp"
#include "sip/server_transaction.hpp"

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

namespace beffroi::sip {
class TransactionLayer;
}

namespace beffroi::proxy {

class FlowTokens;

/// What every fork needs; owned by the Proxy.
struct ForkEnvironment {
    sip::TransactionLayer& transactions;
    Network& network;
    NextHopResolver& resolver;
    Scheduler& scheduler;
    const FlowTokens& tokens;
    Clock::Duration timerC;
    std::function<bool(const sip::UriView&)> isOurs;  // a number of ours, or a telephone that is registered here
};

/// Header fields that the proxy puts on the copies of one request.
struct ForkTraits {
    std::uint32_t breadth = 60;  // Max-Breadth to share among the branches (RFC 5393)
    std::string loopHash;        // end of every branch parameter
    bool recordRoute = false;    // the request may open a dialog
};

class Fork final : public sip::ClientTransactionUser,
                   public sip::ServerTransaction::Context,
                   public std::enable_shared_from_this<Fork> {
public:
    Fork(const ForkEnvironment& environment, std::shared_ptr<sip::ServerTransaction> server, ForkPlan plan,
         ForkTraits traits, std::shared_ptr<ForkObserver> observer);

    void start() BEFFROI_ON_LOOP;
    /// The caller gave up: every branch is cancelled; the caller gets its 487 when all have ended.
    void cancel(std::string_view reason) BEFFROI_ON_LOOP;

    // sip::ClientTransactionUser
    void onResponse(sip::ClientTransaction& transaction, sip::Message response) BEFFROI_ON_LOOP override;
    void onTimeout(sip::ClientTransaction& transaction) BEFFROI_ON_LOOP override;
    void onTransportError(sip::ClientTransaction& transaction) BEFFROI_ON_LOOP override;

private:
    enum class Progress : std::uint8_t { Resolving, Pending, Failed, Answered };
    struct Attempt {
        Branch branch;
        Progress progress = Progress::Resolving;
        std::string domain;                     // whom a peer by TLS has to be
        std::vector<Destination> destinations;  // not yet tried
        std::unique_ptr<NextHopResolver::Lookup> lookup;
        std::shared_ptr<sip::ClientTransaction> transaction;
        std::unique_ptr<Timer> timerC;
        std::unique_ptr<Timer> silence;      // of a gateway that has said nothing yet
        std::vector<std::string> earlyTags;  // To tags of its provisional responses (RFC 6228)
        std::size_t id = 0;                  // its place in attempts_
        std::size_t stage = 0;
        std::uint32_t breadth = 1;
        bool ringing = false;
        bool progressed = false;  // a provisional response came, other than 100
        bool givenUp = false;     // cancelled: nothing is tried in its place
    };

    [[nodiscard]] std::size_t follower(Outcome outcome) const noexcept;
    [[nodiscard]] bool goOn();
    void startRound() BEFFROI_ON_LOOP;
    [[nodiscard]] bool hasDeclined(const Branch& branch) const noexcept;
    void decline(const Attempt& by);
    void judge(const Attempt& attempt, Outcome outcome) noexcept;
    void begin(Attempt& attempt) BEFFROI_ON_LOOP;
    void resolve(Attempt& attempt);
    void tryNextDestination(Attempt& attempt);
    void sendBy(Attempt& attempt, const Flow& flow);
    /// RFC 5626 §7: another flow of the same telephone; false if there is none, or nobody wants it any more.
    [[nodiscard]] bool tryOtherFlow(Attempt& attempt);
    [[nodiscard]] sip::Message prepare(const Attempt& attempt, const Flow& flow) const;
    [[nodiscard]] bool mayRedirect(const Attempt& attempt, sip::Message& response) const;
    void onProvisional(Attempt& attempt, sip::Message response);
    void onSuccess(Attempt& attempt, sip::Message response);
    void onFailure(Attempt& attempt, sip::Message response);
    void fail(Attempt& attempt, int status);
    void unreachable(Attempt& attempt);
    void ended(Attempt& attempt, int status);
    void released(const Attempt& attempt);
    void announceEnd(const Attempt& attempt, int status);
    /// All that is pending, or what rings for the user of this branch, in its stage.
    void cancelPending(std::string_view reason, const Attempt* ofUser = nullptr);
    void onStageTimeout();
    void onTimerC(Attempt& attempt);
    void concludeIfDone();
    [[nodiscard]] static bool isPending(const Attempt& attempt) noexcept;
    [[nodiscard]] bool anyPending() const noexcept;
    /// Pending, and not given up: what the next round waits for.
    [[nodiscard]] bool anyRinging() const noexcept;
    [[nodiscard]] bool isWanted(const Attempt& attempt) const noexcept;
    [[nodiscard]] Attempt* find(const sip::ClientTransaction& transaction) noexcept;
    void armTimerC(Attempt& attempt);
    void expectWord(Attempt& attempt);
    void onSilence(Attempt& attempt);

    const ForkEnvironment& environment_;
    std::shared_ptr<sip::ServerTransaction> server_;
    ForkPlan plan_;
    ForkTraits traits_;
    std::shared_ptr<ForkObserver> observer_;
    std::deque<Attempt> attempts_;  // references stay valid while later stages are added
    ResponseChoice choice_;
    Timer stageTimer_;
    std::size_t stage_ = 0;
    std::size_t nextRound_ = 0;
    Outcome outcome_ = Outcome::Unreachable;  // of the stage so far
    std::vector<std::string> declined_;       // whose 6xx came in this stage: none of their telephones rings again
    bool cancelled_ = false;
    bool answered_ = false;  // a 2xx went upstream
    bool timedOut_ = false;  // a round ran out of time
    bool concluded_ = false;
};

}  // namespace beffroi::proxy
