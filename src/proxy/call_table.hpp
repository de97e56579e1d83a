// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The calls in progress, for the call records and for `beffroi calls`. The proxy routes a dialog without it (its state
// travels in the Record-Route), so a lost entry costs a record's end, never a call.
// Thread: loop.
#pragma once

#include "beffroi/call_record.hpp"
#include "beffroi/clock.hpp"
#include "beffroi/scheduler.hpp"
#include "beffroi/thread_roles.hpp"
#include "proxy/fork_plan.hpp"
#include "proxy/line_usage.hpp"
#include "sip/message.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace beffroi::proxy {

class CallTable {
public:
    /// Who calls, as the authentication and the directory know it.
    struct Caller {
        std::string number;
        std::string name;
        std::string account;
        std::string gateway{};  // by which a call from outside came
    };

    /// `newId` makes the identifiers of records. A call that nobody ends is closed after `longest`.
    CallTable(Scheduler& scheduler, CallRecordStore& store, std::function<std::string()> newId,
              Clock::Duration longest);
    ~CallTable();

    /// Opens the record of a new call. The observer completes it as the INVITE proceeds.
    [[nodiscard]] std::shared_ptr<ForkObserver> begin(const sip::Message& invite, const Caller& caller,
                                                      std::string_view dialled,
                                                      CallKind kind = CallKind::Ordinary) BEFFROI_ON_LOOP;

    /// A call that was refused before it was forked has a record too.
    void refused(const sip::Message& invite, const Caller& caller, std::string_view dialled, int status,
                 CallKind kind = CallKind::Ordinary) BEFFROI_ON_LOOP;

    /// The extensions of the two sides of the dialog that `request` belongs to, its sender's first; empty for a side
    /// that is no extension, and if no call in progress has this dialog.
    [[nodiscard]] std::pair<std::string, std::string> partiesOf(const sip::Message& request) const BEFFROI_ON_LOOP;
    /// True if a call in progress has this Call-ID.
    [[nodiscard]] bool knows(std::string_view callId) const BEFFROI_ON_LOOP;

    /// A BYE passed: ends the call of its dialog, if there is one.
    void onBye(const sip::Message& bye) BEFFROI_ON_LOOP;

    /// The records of the calls in progress, oldest first.
    [[nodiscard]] std::vector<CallRecord> active() const BEFFROI_ON_LOOP;
    [[nodiscard]] std::size_t size() const noexcept { return calls_.size(); }

    /// Who takes part in these calls. Both sides of a call hold their lines from its first INVITE to its end.
    [[nodiscard]] LineUsage& usage() noexcept { return usage_; }
    [[nodiscard]] const LineUsage& usage() const noexcept { return usage_; }

private:
    class Call;
    void write(const CallRecord& record) { store_.write(record); }

    Scheduler& scheduler_;
    CallRecordStore& store_;
    std::function<std::string()> newId_;
    Clock::Duration longest_;
    LineUsage usage_;                                               // outlives the calls
    std::unordered_map<std::string, std::shared_ptr<Call>> calls_;  // by Call-ID and caller's tag
};

}  // namespace beffroi::proxy
