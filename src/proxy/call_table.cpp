// SPDX-License-Identifier: AGPL-3.0-or-later
//
// One entry for each INVITE that opens a call; found again by Call-ID and tag when its dialog ends.

#include "proxy/call_table.hpp"

#include "base/log.hpp"

#include <algorithm>
#include <utility>

namespace beffroi::proxy {
namespace {

constexpr log::Area kLog{"proxy.calls"};

std::string keyOf(std::string_view callId, std::string_view tag) {
    std::string key{callId};
    return key.append(1, '\n').append(tag);
}

CallEnd causeOf(int status, bool cancelledByCaller, bool timedOut) {
    if (cancelledByCaller) return CallEnd::Cancelled;
    if (timedOut || status == 408) return CallEnd::NoAnswer;
    if (status == 486 || status == 603 || status == 600 || status == 403 || status == 404) return CallEnd::Refused;
    return CallEnd::Failed;
}

}  // namespace

class CallTable::Call final : public ForkObserver, public std::enable_shared_from_this<Call> {
public:
    Call(CallTable& table, std::string key, CallRecord record)
        : table_{table}, key_{std::move(key)}, record_{std::move(record)}, lifeTimer_{table.scheduler_, [this] {
                                                                                          onTooLong();
                                                                                      }} {}

    void holdCaller(const Caller& caller) {
        assertOnLoop();
        if (caller.gateway.empty()) callerLine_ = table_.usage_.hold(caller.number, caller.account);
        callerGateway_ = table_.usage_.holdGateway(caller.gateway);
    }

    [[nodiscard]] const CallRecord& record() const noexcept { return record_; }

    void onBranch(std::size_t id, const Branch& branch) override {
        assertOnLoop();
        if (closed()) return;
        if (!record_.answer) describe(branch);
        if (record_.kind == CallKind::Emergency) table_.write(record_);  // whatever becomes of us
        auto& usage = table_.usage_;
        branches_[id] =
            branch.gateway.empty() ? usage.hold(branch.extension, branch.account) : usage.holdGateway(branch.gateway);
    }

    void onBranchEnded(std::size_t id) override { branches_.erase(id); }

    void onRinging() override {
        if (record_.ring || closed()) return;
        record_.ring = now();
        table_.write(record_);
    }

    void onAnswered(std::size_t, const Branch& branch, std::string_view toTag) override {
        if (closed()) return;
        record_.answer = now();
        describe(branch);
        record_.answeredBy = branch.label;
        record_.status = 200;
        calleeTag_ = toTag;
        lifeTimer_.start(table_.longest_);
        table_.write(record_);
        log::info(kLog, "call answered", {{"call", record_.id}, {"by", record_.answeredBy}});
    }

    void onFailed(int status, bool cancelledByCaller, bool timedOut) override {
        close(causeOf(status, cancelledByCaller, timedOut), status);
    }

    [[nodiscard]] bool isOfDialog(std::string_view calleeTag) const noexcept { return calleeTag_ == calleeTag; }

    void close(CallEnd cause, int status) {
        if (closed()) return;
        const auto self = shared_from_this();  // the table lets go of us below
        lifeTimer_.stop();
        branches_.clear();
        callerLine_ = {};
        callerGateway_ = {};
        record_.end = now();
        record_.cause = cause;
        record_.status = static_cast<std::uint16_t>(status);
        table_.write(record_);
        log::info(kLog, "call ended", {{"call", record_.id}, {"status", status}});
        if (const auto place = table_.calls_.find(key_); place != table_.calls_.end() && place->second == self) {
            table_.calls_.erase(place);
        }
    }

private:
    void describe(const Branch& branch) {
        record_.destination = branch.destination;
        record_.forwardedBy = branch.forwardedBy;
        record_.gateway = branch.gateway;
        record_.numberClass = branch.numberClass;
        record_.presented = branch.presented;
    }
    [[nodiscard]] bool closed() const noexcept { return record_.end.has_value(); }
    [[nodiscard]] Clock::WallTime now() const { return table_.scheduler_.clock().wallNow(); }
    void onTooLong() {
        assertOnLoop();
        close(CallEnd::Failed, record_.status);
    }

    CallTable& table_;
    std::string key_;
    CallRecord record_;
    std::string calleeTag_;
    Timer lifeTimer_;
    LineUsage::Hold callerLine_;
    LineUsage::Hold callerGateway_;
    std::unordered_map<std::size_t, LineUsage::Hold> branches_;  // those that ring, then the one that answered
};

CallTable::CallTable(Scheduler& scheduler, CallRecordStore& store, std::function<std::string()> newId,
                     Clock::Duration longest)
    : scheduler_{scheduler}, store_{store}, newId_{std::move(newId)}, longest_{longest}, usage_{scheduler.clock()} {}

CallTable::~CallTable() = default;

std::shared_ptr<ForkObserver> CallTable::begin(const sip::Message& invite, const Caller& caller,
                                               std::string_view dialled, CallKind kind) {
    CallRecord record;
    record.kind = kind;
    record.incomingGateway = caller.gateway;
    record.id = newId_();
    record.callId = invite.callId();
    record.caller = caller.number;
    record.callerName = caller.name;
    record.callerAccount = caller.account;
    record.dialled = dialled;
    record.start = scheduler_.clock().wallNow();
    write(record);
    log::info(kLog, "call started", {{"call", record.id}, {"caller", record.caller}, {"dialled", record.dialled}});
    auto key = keyOf(invite.callId(), invite.from().tag());
    auto call = std::make_shared<Call>(*this, key, std::move(record));
    call->holdCaller(caller);
    auto& place = calls_[std::move(key)];
    if (const auto before = std::exchange(place, call)) {  // its telephone has forgotten it, else it had other tags
        before->close(CallEnd::Failed, before->record().status);
    }
    return call;
}

void CallTable::refused(const sip::Message& invite, const Caller& caller, std::string_view dialled, int status,
                        CallKind kind) {
    // One that comes back to us has the names of the call that is running, which goes on.
    auto running = calls_.extract(keyOf(invite.callId(), invite.from().tag()));
    begin(invite, caller, dialled, kind)->onFailed(status, false, false);
    if (!running.empty()) calls_.insert(std::move(running));
}

void CallTable::onBye(const sip::Message& bye) {
    const auto fromTag = bye.from().tag();
    const auto toTag = bye.to().tag();
    if (const auto found = calls_.find(keyOf(bye.callId(), fromTag)); found != calls_.end()) {
        const auto call = found->second;
        if (call->isOfDialog(toTag)) call->close(CallEnd::CallerHungUp, call->record().status);
    } else if (const auto other = calls_.find(keyOf(bye.callId(), toTag)); other != calls_.end()) {
        const auto call = other->second;
        if (call->isOfDialog(fromTag)) call->close(CallEnd::CalleeHungUp, call->record().status);
    }
}

std::pair<std::string, std::string> CallTable::partiesOf(const sip::Message& request) const {
    const auto fromTag = request.from().tag();
    const auto toTag = request.to().tag();
    const auto callerOf = [](const Call& call) {
        return call.record().incomingGateway.empty() ? call.record().caller : std::string{};
    };
    const auto calleeOf = [](const Call& call) {
        return call.record().gateway.empty() ? call.record().destination : std::string{};
    };
    if (const auto sent = calls_.find(keyOf(request.callId(), fromTag)); sent != calls_.end()) {
        if (sent->second->isOfDialog(toTag)) return {callerOf(*sent->second), calleeOf(*sent->second)};
    } else if (const auto other = calls_.find(keyOf(request.callId(), toTag)); other != calls_.end()) {
        if (other->second->isOfDialog(fromTag)) return {calleeOf(*other->second), callerOf(*other->second)};
    }
    return {};
}

bool CallTable::knows(std::string_view callId) const {
    return std::any_of(calls_.begin(), calls_.end(),
                       [callId](const auto& entry) { return entry.second->record().callId == callId; });
}

std::vector<CallRecord> CallTable::active() const {
    std::vector<CallRecord> records;
    records.reserve(calls_.size());
    for (const auto& [key, call] : calls_) records.push_back(call->record());
    std::sort(records.begin(), records.end(), [](const auto& a, const auto& b) { return a.start < b.start; });
    return records;
}

}  // namespace beffroi::proxy
