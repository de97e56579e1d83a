// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What an administrator can ask about settings of telephones, opening hours and who is on call:
//   {"command":"lines","extension":"2101"} ("": all for which something is set)
//   {"command":"line-change","extension":…,"forward_always":…,…,"do_not_disturb":…,"call_waiting":…} (what is given)
//   {"command":"line-clear","extension":…} · {"command":"line-log-out","account":…}
//   {"command":"hours","department":"","at":"2026-12-24 10:00"} (""; "": now)
//   {"command":"hours-change","department":…,"state":"open|closed|planned","until":"14:00","announcement":…}
//   {"command":"oncall","rota":"","at":""}
// Thread: loop.
#pragma once

#include "admin/control_server.hpp"
#include "beffroi/directory.hpp"
#include "beffroi/line_states.hpp"
#include "country/country.hpp"
#include "lines/line_settings_table.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace beffroi::app {

class LineControl {
public:
    struct Parts {
        const Clock& clock;
        const Directory& directory;
        const country::Country& country;
        const LineStates& lines;
        lines::LineSettingsTable& settings;
    };
    using Respond = admin::ControlServer::Respond;

    explicit LineControl(const Parts& parts) : parts_{parts} {}

    /// False if `command` is none of its own. Throws std::invalid_argument as request_fields.hpp does.
    [[nodiscard]] bool obey(const std::string& command, const nlohmann::json& request,
                            const Respond& respond) BEFFROI_ON_LOOP;

private:
    void lines(const nlohmann::json& request, const Respond& respond) const BEFFROI_ON_LOOP;
    void changeLine(const nlohmann::json& request, const Respond& respond) BEFFROI_ON_LOOP;
    void clearLine(const nlohmann::json& request, const Respond& respond) BEFFROI_ON_LOOP;
    void logOut(const nlohmann::json& request, const Respond& respond) BEFFROI_ON_LOOP;
    void hours(const nlohmann::json& request, const Respond& respond) const BEFFROI_ON_LOOP;
    void changeHours(const nlohmann::json& request, const Respond& respond) BEFFROI_ON_LOOP;
    void onCall(const nlohmann::json& request, const Respond& respond) const BEFFROI_ON_LOOP;
    void edit(const nlohmann::json& request, lines::LineSettingsTable::Edit edit,
              const Respond& respond) BEFFROI_ON_LOOP;
    [[nodiscard]] nlohmann::json describe(const std::string& extension) const BEFFROI_ON_LOOP;
    [[nodiscard]] nlohmann::json describe(const Department& department, Clock::WallTime at) const BEFFROI_ON_LOOP;
    [[nodiscard]] Clock::WallTime momentOf(const nlohmann::json& request) const BEFFROI_ON_LOOP;

    Parts parts_;
};

}  // namespace beffroi::app
