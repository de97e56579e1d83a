// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The present as routing asks for it, put together from whoever knows it: settings from lines/, calls from proxy/,
// telephones from registrar/.
// Thread: loop.
#pragma once

#include "beffroi/directory.hpp"
#include "beffroi/line_states.hpp"
#include "beffroi/thread_roles.hpp"
#include "lines/line_settings_table.hpp"
#include "proxy/line_usage.hpp"
#include "registrar/binding_table.hpp"

namespace beffroi::app {

class TownLines final : public LineStates {
public:
    struct Parts {
        const Directory& directory;
        const lines::LineSettingsTable& settings;
        const proxy::LineUsage& usage;
        const registrar::BindingTable& bindings;
        const Clock& clock;
    };

    explicit TownLines(const Parts& parts) : parts_{parts} {}

    [[nodiscard]] const LineSettings* settingsOf(std::string_view extension) const override;
    [[nodiscard]] const HoursOverride* overrideOf(std::string_view department, Clock::WallTime at) const override;
    [[nodiscard]] bool isBusy(std::string_view extension) const override;
    [[nodiscard]] bool isReachable(std::string_view extension) const override;
    [[nodiscard]] Clock::WallTime idleSince(std::string_view extension) const override;
    [[nodiscard]] std::uint32_t callsOf(std::string_view group) const override;
    [[nodiscard]] std::uint32_t callsBy(std::string_view gateway) const override;
    [[nodiscard]] std::string_view extensionAt(std::string_view account) const override;

private:
    Parts parts_;
};

}  // namespace beffroi::app
