// SPDX-License-Identifier: AGPL-3.0-or-later
#include "directory/plan_notes.hpp"

namespace beffroi::directory {

void PlanPlaces::add(TableId table, const std::string& entry, std::string_view key, std::size_t element,
                     PlanPlace place) {
    entries_[table][entry].push_back({key, element, place});
}

PlanPlace PlanPlaces::find(const PlanSpot& spot) const {
    const auto table = entries_.find(spot.table);
    if (table == entries_.end()) return {};
    const auto entry = table->second.find(spot.entry);
    if (entry == table->second.end()) return {};
    const Known* nearest = &entry->second.front();
    for (const auto& known : entry->second) {
        if (known.key != spot.key) continue;
        if (known.element == spot.element) return {known.place.line, known.place.column + spot.offset};
        if (known.element == PlanSpot::kWhole) nearest = &known;
    }
    return nearest->place;
}

}  // namespace beffroi::directory
