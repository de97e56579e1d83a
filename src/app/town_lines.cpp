// SPDX-License-Identifier: AGPL-3.0-or-later
#include "app/town_lines.hpp"

#include <algorithm>

namespace beffroi::app {

const LineSettings* TownLines::settingsOf(std::string_view extension) const {
    assertOnLoop();
    return parts_.settings.settingsOf(extension);
}

const HoursOverride* TownLines::overrideOf(std::string_view department, Clock::WallTime at) const {
    assertOnLoop();
    return parts_.settings.overrideOf(department, at);
}

bool TownLines::isBusy(std::string_view extension) const {
    assertOnLoop();
    return parts_.usage.isBusy(extension);
}

// By a telephone of its own where nobody else has logged in, or by one where its person has.
bool TownLines::isReachable(std::string_view extension) const {
    assertOnLoop();
    const auto now = parts_.clock.now();
    const auto lives = [now](const registrar::Binding& binding) { return binding.expiresAt > now; };
    const auto& own = parts_.bindings.of(extension);
    if (std::any_of(own.begin(), own.end(), [&](const registrar::Binding& binding) {
            assertOnLoop();
            const auto guest = parts_.settings.extensionAt(binding.account);
            return lives(binding) && (guest.empty() || guest == extension);
        })) {
        return true;
    }
    const auto* settings = parts_.settings.settingsOf(extension);
    if (settings == nullptr || settings->loggedInAt.empty()) return false;
    const auto directory = parts_.directory.snapshot();
    return std::any_of(settings->loggedInAt.begin(), settings->loggedInAt.end(), [&](const std::string& account) {
        assertOnLoop();
        const auto* device = directory->device(account);
        if (device == nullptr) return false;
        const auto& there = parts_.bindings.of(device->extension);
        return std::any_of(there.begin(), there.end(), [&](const registrar::Binding& binding) {
            return binding.account == account && lives(binding);
        });
    });
}

Clock::WallTime TownLines::idleSince(std::string_view extension) const {
    assertOnLoop();
    return parts_.usage.idleSince(extension);
}

std::uint32_t TownLines::callsOf(std::string_view group) const {
    assertOnLoop();
    return parts_.usage.callsOf(group);
}

std::uint32_t TownLines::callsBy(std::string_view gateway) const {
    assertOnLoop();
    return parts_.usage.callsBy(gateway);
}

std::string_view TownLines::extensionAt(std::string_view account) const {
    assertOnLoop();
    return parts_.settings.extensionAt(account);
}

}  // namespace beffroi::app
