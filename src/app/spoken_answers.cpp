// SPDX-License-Identifier: AGPL-3.0-or-later
#include "app/spoken_answers.hpp"

#include "app/asserted_identity.hpp"
#include "beffroi/announcements.hpp"

#include <utility>

namespace beffroi::app {
namespace {

constexpr int kUnavailable = 480;

}  // namespace

void SpokenAnswers::say(const Transaction& transaction, const proxy::CallTable::Caller& caller,
                        const std::string& dialled, const std::string& announcement) const {
    forward(transaction, caller, dialled, parts_.execution.announcement(announcement, false), kUnavailable,
            CallKind::Ordinary);
}

void SpokenAnswers::refuse(const Transaction& transaction, const proxy::CallTable::Caller& caller,
                           const std::string& dialled, int status, const std::string& announcement,
                           CallKind kind) const {
    if (!transaction->isInvite()) return transaction->respond(status);
    if (!announcements::isAnnouncement(announcement)) {
        parts_.calls.refused(transaction->request(), caller, dialled, status, kind);
        return transaction->respond(status);
    }
    forward(transaction, caller, dialled, parts_.execution.announcement(announcement, true), status, kind);
}

void SpokenAnswers::forward(const Transaction& transaction, const proxy::CallTable::Caller& caller,
                            const std::string& dialled, proxy::Branch branch, int failure, CallKind kind) const {
    proxy::ForkPlan fork;
    fork.failure = failure;
    fork.hideSender = hidesCaller(transaction->request());
    fork.stages.emplace_back().rounds.push_back({{std::move(branch)}, {}});
    transaction->respond(100);
    parts_.proxy.forward(transaction, std::move(fork),
                         parts_.calls.begin(transaction->request(), caller, dialled, kind));
}

}  // namespace beffroi::app
