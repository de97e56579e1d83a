// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The country that the product ships, read once.
#pragma once

#include "country/country.hpp"

namespace beffroi::test {

inline const country::Country& france() {
    static const auto kFrance = country::Country::read(BEFFROI_SOURCE_DIR "/config/countries", "france");
    return kFrance;
}

}  // namespace beffroi::test
