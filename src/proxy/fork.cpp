// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The response context, in the order of RFC 3261 §16.6 (forwarding), §16.7 (responses), §16.8 (timer C), §16.9
// (transport errors) and §16.10 (CANCEL).

#include "proxy/fork.hpp"

#include "base/assert.hpp"
#include "proxy/branch_message.hpp"
#include "proxy/flow_token.hpp"
#include "proxy/forwarding.hpp"
#include "sip/transaction_layer.hpp"

#include <algorithm>

namespace beffroi::proxy {
namespace {

constexpr std::string_view kCompletedElsewhere = "SIP;cause=200;text=\"Call completed elsewhere\"";
constexpr std::size_t kMaximumEarlyTags = 8;
constexpr Clock::Duration kGatewaySilence = std::chrono::seconds{4};

bool lists(const sip::Message& request, const char* header, std::string_view option) {
    for (auto list : request.headers(header)) {
        while (const auto value = sip::nextListValue(list)) {
            if (sip::equalsIgnoreCase(*value, option)) return true;
        }
    }
    return false;
}

}  // namespace

Fork::Fork(const ForkEnvironment& environment, std::shared_ptr<sip::ServerTransaction> server, ForkPlan plan,
           ForkTraits traits, std::shared_ptr<ForkObserver> observer)
    : environment_{environment},
      server_{std::move(server)},
      plan_{std::move(plan)},
      traits_{std::move(traits)},
      observer_{std::move(observer)},
      stageTimer_{environment.scheduler, [this] { onStageTimeout(); }} {}

void Fork::start() {
    const auto self = shared_from_this();
    concludeIfDone();
}

std::size_t Fork::follower(Outcome outcome) const noexcept {
    const auto& stage = plan_.stages[stage_];
    const std::size_t followers[] = {stage.ifUnreachable, stage.ifBusy, stage.ifNoAnswer, ForkStage::kEnd};
    const auto next = followers[static_cast<std::size_t>(outcome)];
    return next > stage_ && next < plan_.stages.size() ? next : ForkStage::kEnd;
}

// The next round of the stage, or what follows the stage as it has ended.
bool Fork::goOn() {
    assertOnLoop();
    if (stage_ >= plan_.stages.size()) return false;
    if (nextRound_ < plan_.stages[stage_].rounds.size()) {
        startRound();
        return true;
    }
    const auto next = follower(outcome_);
    if (next == ForkStage::kEnd) return false;
    stage_ = next;
    nextRound_ = 0;
    outcome_ = Outcome::Unreachable;
    declined_.clear();
    return true;
}

bool Fork::hasDeclined(const Branch& branch) const noexcept {
    const auto declined = std::find(declined_.begin(), declined_.end(), branch.extension);
    return branch.gateway.empty() && declined != declined_.end();
}

// RFC 5393 §5.3.3: the branches of a round share the breadth that is left; what exceeds it waits for the next round.
void Fork::startRound() {
    auto& rounds = plan_.stages[stage_].rounds;
    auto branches = std::move(rounds[nextRound_].branches);
    const auto timeout = rounds[nextRound_].timeout;
    ++nextRound_;
    const auto unwanted = [this](const Branch& branch) { return hasDeclined(branch); };
    branches.erase(std::remove_if(branches.begin(), branches.end(), unwanted), branches.end());
    if (branches.size() > traits_.breadth) {
        ForkRound rest{{branches.begin() + traits_.breadth, branches.end()}, timeout};
        branches.resize(traits_.breadth);
        rounds.insert(rounds.begin() + static_cast<std::ptrdiff_t>(nextRound_), std::move(rest));
    }
    stageTimer_.stop();
    if (timeout > Clock::Duration::zero() && !branches.empty()) stageTimer_.start(timeout);
    const auto first = attempts_.size();
    const auto share =
        branches.empty() ? traits_.breadth : traits_.breadth / static_cast<std::uint32_t>(branches.size());
    for (auto& branch : branches) {
        auto& attempt = attempts_.emplace_back();
        attempt.branch = std::move(branch);
        attempt.id = attempts_.size() - 1;
        attempt.stage = stage_;
        attempt.breadth = std::max<std::uint32_t>(1, share);
    }
    const auto last = attempts_.size();  // a branch that fails at once may have begun the next round behind them
    for (auto i = first; i < last && !cancelled_ && !answered_; ++i) {
        if (observer_) observer_->onBranch(i, attempts_[i].branch);
        begin(attempts_[i]);
    }
}

void Fork::begin(Attempt& attempt) {
    if (attempt.branch.flow) {
        if (environment_.network.alive(*attempt.branch.flow)) return sendBy(attempt, *attempt.branch.flow);
        return unreachable(attempt);
    }
    resolve(attempt);
}

bool Fork::tryOtherFlow(Attempt& attempt) {
    assertOnLoop();
    auto& others = attempt.branch.others;
    if (others.empty() || !isWanted(attempt)) return false;
    auto next = std::move(others.back());
    others.pop_back();
    next.others = std::move(others);
    attempt.branch = std::move(next);
    attempt.destinations.clear();  // of the flow before
    begin(attempt);
    return true;
}

void Fork::resolve(Attempt& attempt) {
    const auto target = prepare(attempt, server_->flow());
    const auto hop = nextHopOf(target);
    if (!hop) return fail(attempt, 416);
    const std::weak_ptr<Fork> weak = weak_from_this();
    auto* which = &attempt;
    attempt.progress = Progress::Resolving;
    attempt.domain = hop->host;
    attempt.lookup = environment_.resolver.resolve(*hop, [weak, which](std::vector<Destination> found) {
        assertOnLoop();
        const auto self = weak.lock();
        if (!self || which->progress != Progress::Resolving) return;
        which->destinations = std::move(found);
        std::reverse(which->destinations.begin(), which->destinations.end());  // taken from the back
        self->tryNextDestination(*which);
        self->concludeIfDone();
    });
}

void Fork::tryNextDestination(Attempt& attempt) {
    assertOnLoop();
    while (!attempt.destinations.empty()) {
        const auto next = attempt.destinations.back();
        attempt.destinations.pop_back();
        if (environment_.network.isOwnAddress(next.address)) continue;  // to ourselves is never a way on
        if (const auto flow = environment_.network.flowTo(next.transport, next.address, attempt.domain)) {
            return sendBy(attempt, *flow);
        }
    }
    unreachable(attempt);
}

void Fork::sendBy(Attempt& attempt, const Flow& flow) {
    assertOnLoop();
    attempt.progress = Progress::Pending;
    auto request = prepare(attempt, flow);
    if (server_->isInvite()) armTimerC(attempt);
    if (server_->isInvite() && !attempt.branch.gateway.empty()) expectWord(attempt);
    attempt.transaction =
        environment_.transactions.send(std::move(request), flow, shared_from_this(), traits_.loopHash);
}

sip::Message Fork::prepare(const Attempt& attempt, const Flow& flow) const {
    assertOnLoop();
    const auto& first = server_->request();
    const auto& branch = attempt.branch;
    auto request = first.share();
    address(request, plan_, branch, attempt.breadth);
    if (traits_.recordRoute) {
        const bool hidden = branch.presentation ? branch.presentation->hidden : plan_.hideSender;
        const auto flows = dialogOf(first, server_->flow(), request, flow, hidden, environment_.tokens);
        proxy::addRecordRoute(request, flows, environment_.tokens, environment_.network);
    }
    for (auto route = branch.routes.rbegin(); route != branch.routes.rend(); ++route) {
        request.addFirst("Route", *route);
    }
    postprocessStrictRoute(request);
    return request;
}

void Fork::armTimerC(Attempt& attempt) {
    if (!attempt.timerC) {
        auto* which = &attempt;
        attempt.timerC = std::make_unique<Timer>(environment_.scheduler, [this, which] { onTimerC(*which); });
    }
    attempt.timerC->start(environment_.timerC);
}

// A gateway that works says 100 at once. Who calls for help does not wait for timer B, if there is another way.
void Fork::expectWord(Attempt& attempt) {
    auto* which = &attempt;
    attempt.silence = std::make_unique<Timer>(environment_.scheduler, [this, which] { onSilence(*which); });
    attempt.silence->start(kGatewaySilence);
}

// The silent one is cancelled, and may yet answer; what is left of its ways is a branch of its own.
void Fork::onSilence(Attempt& attempt) {
    assertOnLoop();
    if (attempt.progress != Progress::Pending || !isWanted(attempt)) return;
    const auto self = shared_from_this();
    const bool elsewhere = !attempt.destinations.empty() || !attempt.branch.others.empty();
    if (!elsewhere && follower(Outcome::Unreachable) == ForkStage::kEnd) return;
    attempt.givenUp = true;
    if (elsewhere) {
        auto& next = attempts_.emplace_back();
        next.branch = attempt.branch;
        next.id = attempts_.size() - 1;
        next.stage = attempt.stage;
        next.breadth = attempt.breadth;
        next.domain = attempt.domain;
        next.destinations = std::move(attempt.destinations);
        if (observer_) observer_->onBranch(next.id, next.branch);
        tryNextDestination(next);
    }
    if (attempt.transaction) attempt.transaction->cancel({});
    concludeIfDone();
}

Fork::Attempt* Fork::find(const sip::ClientTransaction& transaction) noexcept {
    for (auto& attempt : attempts_) {
        if (attempt.transaction.get() == &transaction) return &attempt;
    }
    return nullptr;
}

void Fork::onResponse(sip::ClientTransaction& transaction, sip::Message response) {
    const auto self = shared_from_this();
    auto* attempt = find(transaction);
    if (attempt == nullptr) return;
    // One answer is all that a request gets that is no INVITE, and its transaction has forgotten what was asked.
    if (!server_->isInvite() && server_->answered()) return;
    response.removeFirst("Via");
    attempt->silence.reset();
    crossBoundary(attempt->branch, server_->request(), response);
    if (response.count("Via") == 0) {  // it cannot go on to the caller, and no other answer will come
        if (response.status() < 200 || attempt->progress != Progress::Pending) return;
        fail(*attempt, 502);
    } else if (response.status() < 200) {
        onProvisional(*attempt, std::move(response));
    } else if (response.status() < 300) {
        onSuccess(*attempt, std::move(response));
    } else {
        onFailure(*attempt, std::move(response));
    }
    concludeIfDone();
}

void Fork::onProvisional(Attempt& attempt, sip::Message response) {
    assertOnLoop();
    if (response.status() == 100) return;
    if (!server_->isInvite() || attempt.progress != Progress::Pending || answered_ || cancelled_) return;
    armTimerC(attempt);
    attempt.progressed = true;
    const auto tag = response.to().tag();
    auto& tags = attempt.earlyTags;
    const auto known = std::find(tags.begin(), tags.end(), tag);
    if (response.status() == 199) {  // said by a proxy behind us: not to be said again
        if (known != tags.end()) tags.erase(known);
    } else if (!tag.empty() && tags.size() < kMaximumEarlyTags && known == tags.end()) {
        tags.emplace_back(tag);
    }
    if (response.status() == 180 && !attempt.ringing) {
        attempt.ringing = true;
        if (observer_) observer_->onRinging();
    }
    server_->respond(response);
}

void Fork::onSuccess(Attempt& attempt, sip::Message response) {
    assertOnLoop();
    const bool again = attempt.progress == Progress::Answered;
    attempt.progress = Progress::Answered;
    attempt.timerC.reset();
    stageTimer_.stop();
    const bool first = !answered_;
    answered_ = true;
    server_->respond(response);
    if (!first && !again) released(attempt);  // the caller hangs up on who was as quick
    if (!first) return;
    if (observer_) observer_->onAnswered(attempt.id, attempt.branch, response.to().tag());
    cancelPending(kCompletedElsewhere);
}

void Fork::onFailure(Attempt& attempt, sip::Message response) {
    if (attempt.progress != Progress::Pending) return;
    const int status = response.status();
    if (status == 503 && !attempt.destinations.empty() && isWanted(attempt)) {
        return tryNextDestination(attempt);
    }
    constexpr int kFlowFailed = 430;
    const bool passedOn = !attempt.branch.gateway.empty() && status == 503 && !attempt.progressed;
    if ((status == kFlowFailed || status == 408 || passedOn) && tryOtherFlow(attempt)) return;
    if (status == kFlowFailed) return unreachable(attempt);  // it means us, not the caller (RFC 5626 §11.5)
    if (status < 400 && !mayRedirect(attempt, response)) return fail(attempt, 480);
    judge(attempt, outcomeOf(status, attempt.ringing));
    choice_.add(std::move(response));
    ended(attempt, status);
    if (status >= 600 && !answered_) decline(attempt);
}

// RFC 3261 §16.7, step 5: it speaks for its user, at whatever telephone, and for nobody else. A number outside is
// nobody's of ours, and each one is somebody else's.
void Fork::decline(const Attempt& by) {
    assertOnLoop();
    if (!by.branch.gateway.empty()) return;
    if (by.stage == stage_) declined_.push_back(by.branch.extension);
    cancelPending({}, &by);
}

// A group's call stays the group's, and what is outside does not send us elsewhere.
bool Fork::mayRedirect(const Attempt& attempt, sip::Message& response) const {
    if (plan_.stages[attempt.stage].shared || !attempt.branch.gateway.empty()) return false;
    keepOwnContacts(response, environment_.isOurs);
    return response.count("Contact") > 0;
}

void Fork::judge(const Attempt& attempt, Outcome outcome) noexcept {
    if (!attempt.givenUp && attempt.stage == stage_) outcome_ = std::max(outcome_, outcome);
}

void Fork::onTimeout(sip::ClientTransaction& transaction) {
    const auto self = shared_from_this();
    auto* attempt = find(transaction);
    if (attempt == nullptr || attempt->progress != Progress::Pending) return;
    if (!attempt->destinations.empty() && isWanted(*attempt)) {
        tryNextDestination(*attempt);
    } else if (!tryOtherFlow(*attempt)) {
        choice_.addStatus(408);
        ended(*attempt, 408);  // it said nothing at all: it is as good as not there
    }
    concludeIfDone();
}

void Fork::onTransportError(sip::ClientTransaction& transaction) {
    const auto self = shared_from_this();
    auto* attempt = find(transaction);
    if (attempt == nullptr || attempt->progress != Progress::Pending) return;
    if (isWanted(*attempt)) {
        tryNextDestination(*attempt);
    } else {
        unreachable(*attempt);
    }
    concludeIfDone();
}

void Fork::fail(Attempt& attempt, int status) {
    judge(attempt, outcomeOf(status, attempt.ringing));
    choice_.addStatus(status);
    ended(attempt, status);
}

void Fork::unreachable(Attempt& attempt) {
    if (tryOtherFlow(attempt)) return;
    choice_.addUnreachable();
    ended(attempt, 503);
}

void Fork::ended(Attempt& attempt, int status) {
    attempt.progress = Progress::Failed;
    attempt.timerC.reset();
    attempt.silence.reset();
    attempt.lookup.reset();
    released(attempt);
    announceEnd(attempt, status);
}

void Fork::released(const Attempt& attempt) {
    if (observer_) observer_->onBranchEnded(attempt.id);
}

// RFC 6228 §6: the caller learns that an early dialog is over while others go on; never if it wants every provisional
// response acknowledged, which a proxy cannot do.
void Fork::announceEnd(const Attempt& attempt, int status) {
    assertOnLoop();
    if (attempt.earlyTags.empty() || answered_ || cancelled_ || !server_->isInvite() || !anyPending()) return;
    const auto& request = server_->request();
    if (!lists(request, "Supported", "199") || lists(request, "Require", "100rel")) return;
    for (const auto& tag : attempt.earlyTags) {
        auto announcement = sip::Message::answer(request, 199, tag);
        announcement.add("Reason", "SIP;cause=" + std::to_string(status));
        server_->respond(announcement);
    }
}

void Fork::cancelPending(std::string_view reason, const Attempt* ofUser) {
    assertOnLoop();
    for (auto& attempt : attempts_) {
        if (ofUser != nullptr &&
            (attempt.stage != ofUser->stage || attempt.branch.extension != ofUser->branch.extension)) {
            continue;
        }
        attempt.givenUp = true;
        if (attempt.progress == Progress::Resolving) {
            fail(attempt, 487);
        } else if (attempt.progress == Progress::Pending && attempt.transaction) {
            attempt.transaction->cancel(reason);
        }
    }
}

void Fork::cancel(std::string_view reason) {
    if (cancelled_ || answered_ || concluded_) return;
    const auto self = shared_from_this();
    cancelled_ = true;
    stageTimer_.stop();
    cancelPending(reason);
    concludeIfDone();
}

void Fork::onStageTimeout() {
    assertOnLoop();
    const auto self = shared_from_this();
    timedOut_ = true;
    outcome_ = std::max(outcome_, Outcome::NoAnswer);
    const auto& stage = plan_.stages[stage_];
    const bool goesOn = nextRound_ < stage.rounds.size() || follower(outcome_) != ForkStage::kEnd;
    cancelPending(stage.shared && goesOn ? kCompletedElsewhere : std::string_view{});
    concludeIfDone();
}

void Fork::onTimerC(Attempt& attempt) {
    assertOnLoop();
    const auto self = shared_from_this();
    timedOut_ = true;
    judge(attempt, Outcome::NoAnswer);
    attempt.givenUp = true;
    if (attempt.progress == Progress::Pending && attempt.transaction) attempt.transaction->cancel({});
    concludeIfDone();
}

bool Fork::isWanted(const Attempt& attempt) const noexcept { return !attempt.givenUp && !cancelled_ && !answered_; }

bool Fork::isPending(const Attempt& attempt) noexcept {
    return attempt.progress == Progress::Resolving || attempt.progress == Progress::Pending;
}

bool Fork::anyPending() const noexcept {
    return std::any_of(attempts_.begin(), attempts_.end(), [](const Attempt& attempt) { return isPending(attempt); });
}

bool Fork::anyRinging() const noexcept {
    return std::any_of(attempts_.begin(), attempts_.end(),
                       [](const Attempt& attempt) { return isPending(attempt) && !attempt.givenUp; });
}

void Fork::concludeIfDone() {
    assertOnLoop();
    if (answered_ || concluded_) return;
    while (!anyRinging() && !cancelled_ && goOn()) {
    }
    if (anyPending() || answered_ || concluded_) return;
    concluded_ = true;
    stageTimer_.stop();
    if (attempts_.empty()) choice_.addUnreachable();
    int status = choice_.status();
    if (cancelled_) {
        status = 487;
        server_->respond(status);
    } else if (plan_.failure != 0) {
        status = plan_.failure;
        server_->respond(status);
    } else if (timedOut_ && (status == 487 || status == 408)) {
        status = 480;
        server_->respond(status);
    } else if (status == 408 && !server_->isInvite()) {
        server_->abandon();  // RFC 4320 §4.2: a 408 would come too late for anyone
    } else {
        server_->respond(choice_.answer(server_->request(), server_->localTag()));
    }
    if (observer_) observer_->onFailed(status, cancelled_, timedOut_ && status == 480);
}

}  // namespace beffroi::proxy
