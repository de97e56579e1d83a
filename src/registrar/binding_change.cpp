// SPDX-License-Identifier: AGPL-3.0-or-later
#include "registrar/binding_change.hpp"

#include "registrar/outbound.hpp"

#include <utility>

namespace beffroi::registrar {
namespace {

using std::chrono::seconds;

bool onlyRenews(const Binding& old, const Binding& fresh) {
    return old.contact == fresh.contact && old.parameters == fresh.parameters && old.path == fresh.path &&
           old.flow == fresh.flow && old.local == fresh.local && old.account == fresh.account &&
           old.userAgent == fresh.userAgent;
}

}  // namespace

std::variant<Change, Refusal> BindingChange::applyTo(const std::vector<Binding>& old, std::size_t most) {
    Change change;
    for (const auto& binding : old) {
        if (binding.expiresAt > now_ && !asked_.replaces(binding)) {
            change.bindings.push_back(binding);
        } else if (!asked_.query) {
            change.removed.push_back(binding.id);
        }
    }
    const auto before = change.bindings.size();
    if (asked_.removeAll) {
        if (const auto refusal = removeAll(change)) return *refusal;
        return change;
    }
    for (const auto& contact : asked_.contacts) {
        if (const auto refusal = applyOne(contact.binding, contact.expires, change)) return *refusal;
    }
    // Who had more before the limit was lowered may keep them.
    if (change.bindings.size() > std::max(before, most))
        return Refusal{403, "too many contacts", SecurityEvent::Kind::SessionLimit};
    return change;
}

std::optional<Refusal> BindingChange::removeAll(Change& change) const {
    for (const auto& binding : change.bindings) {
        if (binding.callId == asked_.callId && asked_.cseq <= binding.cseq) return Refusal{500, "CSeq out of order"};
        change.removed.push_back(binding.id);
    }
    change.bindings.clear();
    return std::nullopt;
}

std::optional<Refusal> BindingChange::applyOne(Binding wanted, seconds expires, Change& change) {
    if (expires > seconds{0}) {
        if (const auto refusal = supersede(wanted, change)) return refusal;
    }
    auto& list = change.bindings;
    auto old = std::find_if(list.begin(), list.end(), [&](const Binding& b) { return sameBinding(b, wanted); });
    if (old == list.end()) {
        old = std::find_if(list.begin(), list.end(),
                           [&](const Binding& b) { return samePhone(b, wanted) && !asked_.names(b); });
    }
    if (old == list.end()) {
        if (expires == seconds{0}) return std::nullopt;
        wanted.id = nextId_++;
        wanted.expiresAt = now_ + expires;
        change.changed.push_back(wanted.id);
        list.push_back(std::move(wanted));
        return std::nullopt;
    }
    // A contact that stands twice in one request is no later request: its last word counts.
    const bool outOfOrder = old->callId == asked_.callId && asked_.cseq <= old->cseq;
    if (outOfOrder && !change.touches(old->id)) return Refusal{500, "CSeq out of order"};
    if (expires == seconds{0}) {
        change.removed.push_back(old->id);
        list.erase(old);
        return std::nullopt;
    }
    wanted.id = old->id;
    wanted.expiresAt = now_ + expires;
    (onlyRenews(*old, wanted) ? change.renewed : change.changed).push_back(wanted.id);
    *old = std::move(wanted);
    return std::nullopt;
}

// A phone that rebooted has one contact more than it should: all but one of those that it no longer names go. That one
// becomes the new contact, unless the new contact has a binding already.
std::optional<Refusal> BindingChange::supersede(const Binding& wanted, Change& change) const {
    if (wanted.instance.empty()) return std::nullopt;
    auto& list = change.bindings;
    bool spared = std::none_of(list.begin(), list.end(), [&](const Binding& b) { return sameBinding(b, wanted); });
    for (auto binding = list.begin(); binding != list.end();) {
        if (!samePhone(*binding, wanted) || asked_.names(*binding) || std::exchange(spared, false)) {
            ++binding;
            continue;
        }
        if (binding->callId == asked_.callId && asked_.cseq <= binding->cseq) return Refusal{500, "CSeq out of order"};
        change.removed.push_back(binding->id);
        binding = list.erase(binding);
    }
    return std::nullopt;
}

}  // namespace beffroi::registrar
