// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Carries out what feature codes ask for, once routing has read and judged them: changes settings, opens and closes
// departments, lets people log in at hot-desk devices, checks PINs. Says what the caller is to hear, after the change
// is on disk; nothing of it waits on the loop. Thread: loop.
#pragma once

#include "beffroi/directory.hpp"
#include "beffroi/line_states.hpp"
#include "beffroi/route_plan.hpp"
#include "country/country.hpp"
#include "lines/line_settings_table.hpp"
#include "lines/pin_attempts.hpp"
#include "lines/pin_checker.hpp"

#include <functional>
#include <string>
#include <variant>

namespace beffroi::app {

class FeatureDesk {
public:
    struct Parts {
        const Clock& clock;
        const Directory& directory;
        const country::Country& country;
        const LineStates& lines;
        lines::LineSettingsTable& settings;
        lines::PinChecker& pins;
    };
    /// What is said, as in CallService.
    struct Say {
        std::string announcement;
        friend bool operator==(const Say&, const Say&) = default;
    };
    /// A right PIN: the call goes on to this number, with CallAttempt::byPin.
    struct CallOn {
        std::string number;
        friend bool operator==(const CallOn&, const CallOn&) = default;
    };
    using Outcome = std::variant<Say, CallOn>;
    using Done = std::function<void(Outcome)>;

    explicit FeatureDesk(const Parts& parts) : parts_{parts}, attempts_{parts.clock} {}

    /// `account`: the device that dialled. `done` is called once, now or in a later turn of the loop.
    void carryOut(const FeatureRequest& request, const std::string& account, Done done) BEFFROI_ON_LOOP;

private:
    void changeSettings(const FeatureRequest& request, Done done) BEFFROI_ON_LOOP;
    void changeHours(const FeatureRequest& request, const std::string& account, Done done) BEFFROI_ON_LOOP;
    void logIn(const FeatureRequest& request, const std::string& account, Done done) BEFFROI_ON_LOOP;
    void logOut(const std::string& account, Done done) BEFFROI_ON_LOOP;
    void callByPin(const FeatureRequest& request, const std::string& account, Done done) BEFFROI_ON_LOOP;
    /// Checks the PIN of the person of `extension`; `right` is called if it is, else `done` says why not.
    void checkPin(const std::string& account, const std::string& extension, std::string pin, const Done& done,
                  std::function<void()> right) BEFFROI_ON_LOOP;
    [[nodiscard]] HoursOverride untilMidnight(const Department& department, bool open) const BEFFROI_ON_LOOP;

    Parts parts_;
    lines::PinAttempts attempts_;
};

}  // namespace beffroi::app
