// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What a plan is judged by besides itself: the countries whose numbers it may have.
// Thread: any.
#pragma once

#include "country/country.hpp"

#include <functional>
#include <memory>
#include <string>

namespace beffroi::directory {

struct PlanKnowledge {
    /// The country of this name, or null if there is none. Empty: nothing is known of countries; numbers outside are
    /// then accepted in E.164 form only, and where a forward leads outside is not checked.
    std::function<std::shared_ptr<const country::Country>(const std::string& name)> country;

    /// Reads the data files in `folder`, each once.
    [[nodiscard]] static PlanKnowledge of(const std::string& folder);
};

}  // namespace beffroi::directory
