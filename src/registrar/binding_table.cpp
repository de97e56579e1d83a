// SPDX-License-Identifier: AGPL-3.0-or-later
#include "registrar/binding_table.hpp"

#include "sip/grammar.hpp"

#include <algorithm>
#include <utility>

namespace beffroi::registrar {
namespace {

std::int64_t secondOf(Clock::TimePoint time) {
    return std::chrono::ceil<std::chrono::seconds>(time.time_since_epoch()).count();
}

/// The user part, escapes undone: two spellings of one URI are found by the same.
std::string userOf(std::string_view contact) {
    const auto uri = sip::parseUri(contact);
    return uri ? uri->userUnescaped() : std::string{};
}

// One entry of `extension` under `key`, where there is one for each binding.
template <typename Index, typename Key>
void takeOne(Index& index, const Key& key, const std::string& extension) {
    const auto found = index.find(key);
    auto& extensions = found->second;
    extensions.erase(std::find(extensions.begin(), extensions.end(), extension));
    if (extensions.empty()) index.erase(found);
}

}  // namespace

bool sameInstance(const Binding& a, const Binding& b) noexcept {
    const auto id = [](const Binding& binding) {
        return std::string_view{binding.instance}.substr(0, binding.instance.find(kRegId));
    };
    return isOutbound(a) && isOutbound(b) && a.account == b.account && id(a) == id(b);
}

const std::vector<Binding>& BindingTable::of(std::string_view extension) const {
    static const std::vector<Binding> kNone;
    const auto found = bindings_.find(extension);
    return found == bindings_.end() ? kNone : found->second;
}

void BindingTable::comeUp(const std::string& extension, Binding& binding, std::int64_t second) {
    binding.comesUpAt = second;
    due_[second].push_back({extension, binding.id});
}

// A binding that lives longer than before is noted anew when it comes up; one that lives shorter at once.
void BindingTable::replace(const std::string& extension, std::vector<Binding> bindings) {
    auto& current = bindings_[extension];
    for (auto& binding : bindings) {
        const auto id = binding.id;
        const auto old =
            std::find_if(current.begin(), current.end(), [id](const Binding& known) { return known.id == id; });
        const auto second = secondOf(binding.expiresAt);
        if (old != current.end()) binding.comesUpAt = old->comesUpAt;
        if (old == current.end() || second < old->comesUpAt) comeUp(extension, binding, second);
    }
    for (const auto& binding : current) forget(extension, binding);
    for (const auto& binding : bindings) note(extension, binding);
    count_ += bindings.size();
    count_ -= current.size();
    current = std::move(bindings);
    if (current.empty()) bindings_.erase(extension);
}

std::vector<const Binding*> BindingTable::live(std::string_view extension) const {
    std::vector<const Binding*> result;
    const auto now = clock_.now();
    for (const auto& binding : of(extension)) {
        if (binding.expiresAt > now) result.push_back(&binding);
    }
    std::reverse(result.begin(), result.end());
    std::stable_sort(result.begin(), result.end(), [](const Binding* a, const Binding* b) { return a->q > b->q; });
    return result;
}

std::optional<Binding> BindingTable::expireOne(const Due& due, std::int64_t second, bool busy) {
    const auto found = bindings_.find(due.extension);
    if (found == bindings_.end()) return std::nullopt;
    auto& list = found->second;
    const auto binding = std::find_if(list.begin(), list.end(), [&due](const Binding& b) { return b.id == due.id; });
    if (binding == list.end() || binding->comesUpAt != second) return std::nullopt;
    if (busy || binding->expiresAt > clock_.now()) {
        comeUp(due.extension, *binding, std::max(secondOf(binding->expiresAt), secondOf(clock_.now()) + 1));
        return std::nullopt;
    }
    forget(due.extension, *binding);
    std::optional<Binding> gone{std::move(*binding)};
    list.erase(binding);
    --count_;
    if (list.empty()) bindings_.erase(found);
    return gone;
}

std::vector<Binding> BindingTable::expire(const std::function<bool(const std::string&)>& busy) {
    std::vector<Binding> removed;
    const auto now = std::chrono::floor<std::chrono::seconds>(clock_.now().time_since_epoch()).count();
    while (!due_.empty() && due_.begin()->first <= now) {
        const auto entries = due_.extract(due_.begin());
        for (const auto& due : entries.mapped()) {
            if (auto gone = expireOne(due, entries.key(), busy(due.extension))) removed.push_back(std::move(*gone));
        }
    }
    return removed;
}

std::vector<std::string> BindingTable::withFlow(const Flow& flow) const {
    const auto found = byFlow_.find(flow);
    if (found == byFlow_.end()) return {};
    auto extensions = found->second;
    std::sort(extensions.begin(), extensions.end());
    extensions.erase(std::unique(extensions.begin(), extensions.end()), extensions.end());
    return extensions;
}

void BindingTable::note(const std::string& extension, const Binding& binding) {
    const auto user = userOf(binding.contact);
    auto found = byContactUser_.find(user);
    if (found == byContactUser_.end()) found = byContactUser_.emplace(user, std::vector<std::string>{}).first;
    found->second.push_back(extension);
    if (binding.flow) byFlow_[*binding.flow].push_back(extension);
}

void BindingTable::forget(const std::string& extension, const Binding& binding) {
    takeOne(byContactUser_, userOf(binding.contact), extension);
    if (binding.flow) takeOne(byFlow_, *binding.flow, extension);
}

const std::vector<std::string>& BindingTable::withContactUser(std::string_view user) const {
    static const std::vector<std::string> kNone;
    const auto found = byContactUser_.find(user);
    return found == byContactUser_.end() ? kNone : found->second;
}

void BindingTable::forEach(const std::function<void(const std::string&, const Binding&)>& visit) const {
    const auto now = clock_.now();
    for (const auto& [extension, list] : bindings_) {
        for (const auto& binding : list) {
            if (binding.expiresAt > now) visit(extension, binding);
        }
    }
}

}  // namespace beffroi::registrar
