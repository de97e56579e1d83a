// SPDX-License-Identifier: AGPL-3.0-or-later
#include "registrar/binding_table.hpp"

#include <algorithm>

namespace beffroi::registrar {
namespace {

std::int64_t secondOf(Clock::TimePoint time) {
    return std::chrono::ceil<std::chrono::seconds>(time.time_since_epoch()).count();
}

bool isConnection(const Binding& binding) { return binding.flow && isReliable(binding.flow->transport); }

}  // namespace

const std::vector<Binding>& BindingTable::of(std::string_view extension) const {
    static const std::vector<Binding> kNone;
    const auto found = bindings_.find(extension);
    return found == bindings_.end() ? kNone : found->second;
}

void BindingTable::noteExpiry(const std::string& extension, const Binding& binding) {
    due_[secondOf(binding.expiresAt)].push_back({extension, binding.id});
}

void BindingTable::replace(const std::string& extension, std::vector<Binding> bindings) {
    auto& current = bindings_[extension];
    for (const auto& binding : bindings) {
        const bool known =
            std::any_of(current.begin(), current.end(), [&](const Binding& old) { return old.id == binding.id; });
        if (!known) noteExpiry(extension, binding);
        if (!isConnection(binding)) continue;
        auto& extensions = byConnection_[*binding.flow];
        if (std::find(extensions.begin(), extensions.end(), extension) == extensions.end())
            extensions.push_back(extension);
    }
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

std::vector<std::uint64_t> BindingTable::expire() {
    std::vector<std::uint64_t> removed;
    const auto now = clock_.now();
    while (!due_.empty() &&
           due_.begin()->first <= std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count()) {
        const auto entries = std::move(due_.begin()->second);
        due_.erase(due_.begin());
        for (const auto& [extension, id] : entries) {
            const auto found = bindings_.find(extension);
            if (found == bindings_.end()) continue;
            auto& list = found->second;
            const auto wanted = id;
            const auto binding =
                std::find_if(list.begin(), list.end(), [wanted](const Binding& b) { return b.id == wanted; });
            if (binding == list.end()) continue;
            if (binding->expiresAt > now) {
                noteExpiry(extension, *binding);  // it was renewed meanwhile
                continue;
            }
            removed.push_back(id);
            list.erase(binding);
            --count_;
            if (list.empty()) bindings_.erase(found);
        }
    }
    return removed;
}

std::vector<std::uint64_t> BindingTable::removeFlow(const Flow& flow) {
    std::vector<std::uint64_t> removed;
    const auto extensions = byConnection_.extract(flow);
    if (extensions.empty()) return removed;
    for (const auto& extension : extensions.mapped()) {
        const auto found = bindings_.find(extension);
        if (found == bindings_.end()) continue;
        auto& list = found->second;
        const auto gone =
            std::stable_partition(list.begin(), list.end(), [&](const Binding& b) { return b.flow != flow; });
        for (auto binding = gone; binding != list.end(); ++binding) removed.push_back(binding->id);
        count_ -= static_cast<std::size_t>(list.end() - gone);
        list.erase(gone, list.end());
        if (list.empty()) bindings_.erase(found);
    }
    return removed;
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
