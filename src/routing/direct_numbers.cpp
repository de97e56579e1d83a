// SPDX-License-Identifier: AGPL-3.0-or-later
#include "routing/direct_numbers.hpp"

#include "beffroi/announcements.hpp"
#include "routing/targets.hpp"

#include <algorithm>
#include <charconv>

namespace beffroi::routing {
namespace {

// The number `away` places after `first`, in as many digits.
std::optional<std::string> numberAfter(const std::string& first, std::uint64_t away) {
    std::uint64_t value = 0;
    const auto* const end = first.data() + first.size();
    if (const auto [stop, error] = std::from_chars(first.data(), end, value); error != std::errc{} || stop != end) {
        return std::nullopt;
    }
    auto digits = std::to_string(value + away);
    if (digits.size() < first.size()) digits.insert(0, first.size() - digits.size(), '0');
    return digits;
}

std::uint64_t digitsOf(std::string_view number) {
    std::uint64_t value = 0;
    if (number.starts_with('+')) number.remove_prefix(1);
    std::from_chars(number.data(), number.data() + number.size(), value);
    return value;
}

}  // namespace

std::optional<DirectTarget> directTarget(const DirectorySnapshot& directory, std::string_view number) {
    const auto& all = directory.directNumbers;
    const auto after =
        std::upper_bound(all.begin(), all.end(), number,
                         [](std::string_view wanted, const DirectNumbers& entry) { return wanted < entry.first; });
    if (after == all.begin()) return std::nullopt;
    const auto& entry = *std::prev(after);
    // Numbers of one length are in the order of their digits; a range has one length.
    if (number.size() != entry.first.size() || number > entry.last) return std::nullopt;
    if (entry.firstExtension.empty()) return DirectTarget{entry.target, &entry};
    auto extension = numberAfter(entry.firstExtension, digitsOf(number) - digitsOf(entry.first));
    if (!extension) return std::nullopt;
    return DirectTarget{std::move(*extension), &entry};
}

Ending leadToDirectTarget(Decision& decision, const DirectTarget& direct, Way way) {
    const bool computed = !direct.entry->firstExtension.empty();
    if (computed && decision.world.directory.extension(direct.target) == nullptr) {
        return Ending::noWay(404, "there is no extension " + direct.target, announcements::kUnknownNumber);
    }
    return leadTo(decision, direct.target, std::move(way));
}

Ending leadToDirectNumber(Decision& decision, std::string_view dialled) {
    const auto& world = decision.world;
    std::string number{dialled};
    if (!dialled.starts_with('+')) {
        const auto read = world.country.normalise(dialled);
        if (const auto* outside = std::get_if<country::OutsideNumber>(&read)) number = outside->number;
    }
    const auto direct = directTarget(world.directory, number);
    if (!direct) {
        return Ending::noWay(404, number + " is no direct number of the town", announcements::kUnknownNumber);
    }
    decision.decide(number + " is the direct number of " + direct->target, "direct-numbers " + direct->entry->first,
                    direct->entry->firstExtension.empty() ? "target" : "first-extension");
    return leadToDirectTarget(decision, *direct, callersWay(decision));
}

}  // namespace beffroi::routing
