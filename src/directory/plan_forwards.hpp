// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Where a call to a number goes by the plan alone, one step at a time: aliases, short codes, and the forwards of an
// extension, its person and its department, in this order.
// Thread: any. The plan outlives it and does not change.
#pragma once

#include "directory/plan.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace beffroi::directory {

enum class ForwardWhen : std::uint8_t { Always, Busy, NoAnswer, Unreachable, Closed };

class PlanForwards {
public:
    explicit PlanForwards(const Plan& plan);

    struct Forward {
        std::string_view target;
        PlanSpot spot;  // where it is written
    };
    /// Of an extension: where all calls go, or else those of this kind.
    [[nodiscard]] std::optional<Forward> find(std::string_view extension, ForwardWhen when) const;

    /// Whether no call to this extension goes anywhere else, whatever happens.
    [[nodiscard]] bool endsAt(std::string_view extension) const;

    struct Step {
        std::string_view to;  // an extension or a short code
        PlanSpot spot;
        bool always = true;     // every call takes it
        bool forwards = false;  // it is a forward, not another name
    };
    /// Nothing if the way ends here, or leads outside. What a department says for all its extensions counts only where
    /// every call takes it: one of them may well be where it leads.
    [[nodiscard]] std::optional<Step> step(std::string_view number, ForwardWhen when) const;

private:
    struct Source {
        const Forwards* forwards = nullptr;
        TableId table = TableId::Extension;
        std::string_view entry;
    };
    struct Known {
        const Extension* extension = nullptr;
        Source sources[3];
        bool ends = true;
    };
    [[nodiscard]] static std::optional<Forward> ask(const Source& source, ForwardWhen when);
    [[nodiscard]] bool exists(std::string_view number) const;

    std::unordered_map<std::string_view, Known> extensions_;
    std::unordered_map<std::string_view, const ShortCode*> shortCodes_;
};

}  // namespace beffroi::directory
