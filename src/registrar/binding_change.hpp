// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What a REGISTER does to the bindings that its extension has: all of what it asks for, or nothing (RFC 3261 §10.3,
// step 7). Thread: any; pure.
#pragma once

#include "registrar/binding_table.hpp"
#include "registrar/register_request.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

namespace beffroi::registrar {

/// What a REGISTER does to the bindings of its extension.
struct Change {
    std::vector<Binding> bindings;  // when all is done
    std::vector<std::uint64_t> changed;
    std::vector<std::uint64_t> removed;
    std::vector<std::uint64_t> renewed;
    [[nodiscard]] bool needsCommit() const noexcept { return !changed.empty() || !removed.empty(); }
    [[nodiscard]] bool touches(std::uint64_t id) const {
        return std::find(changed.begin(), changed.end(), id) != changed.end() ||
               std::find(renewed.begin(), renewed.end(), id) != renewed.end();
    }
};

class BindingChange {
public:
    /// `nextId` is the number of the next binding that is new; it is counted on.
    BindingChange(const Asked& asked, Clock::TimePoint now, std::uint64_t& nextId)
        : asked_{asked}, now_{now}, nextId_{nextId} {}

    /// The new state, made beside the old one; of more contacts than `most` only who had them already keeps them.
    [[nodiscard]] std::variant<Change, Refusal> applyTo(const std::vector<Binding>& old, std::size_t most);

private:
    [[nodiscard]] std::optional<Refusal> removeAll(Change& change) const;
    [[nodiscard]] std::optional<Refusal> applyOne(Binding wanted, std::chrono::seconds expires, Change& change);
    [[nodiscard]] std::optional<Refusal> supersede(const Binding& wanted, Change& change) const;

    const Asked& asked_;
    Clock::TimePoint now_;
    std::uint64_t& nextId_;
};

}  // namespace beffroi::registrar
