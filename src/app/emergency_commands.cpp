// SPDX-License-Identifier: AGPL-3.0-or-later
#include "app/emergency_commands.hpp"

#include "app/command_output.hpp"
#include "app/emergency_audit.hpp"
#include "app/text_table.hpp"
#include "base/system_clock.hpp"
#include "country/country_options.hpp"
#include "directory/database.hpp"
#include "directory/plan_store.hpp"
#include "directory/store_options.hpp"

#include <algorithm>

namespace beffroi::app {
namespace {

using nlohmann::json;

std::string joined(const json& list) {
    std::string text;
    for (const auto& each : list) text.append(text.empty() ? "" : "; ").append(each.get<std::string>());
    return text;
}

std::string orDash(const json& text) { return text.get<std::string>().empty() ? "-" : text.get<std::string>(); }

std::string auditText(const json& audit) {
    TextTable table{{"SITE", "TELEPHONE", "EXTENSION", "PRESENTED", "GATEWAY", "TOLD", ""}};
    for (const auto& device : audit["devices"]) {
        std::string words;
        if (!device["faults"].empty()) words = "FAULT: " + joined(device["faults"]);
        if (!device["remarks"].empty()) words += (words.empty() ? "" : "; ") + joined(device["remarks"]);
        table.add({orDash(device["site"]), device["account"], device["extension"], orDash(device["presented"]),
                   orDash(device["gateway"]), orDash(device["notify"]), words});
    }
    std::string numbers;
    for (const auto& number : audit["numbers"]) numbers += ' ' + number.get<std::string>();
    const auto faults = audit["faults"].get<std::size_t>();
    return "Emergency numbers:" + numbers + "\n\n" + table.toString() + '\n' +
           (faults == 0 ? std::string{"No fault.\n"} : std::to_string(faults) + " faults.\n");
}

json auditOffline(const config::Settings& settings) {
    directory::Database database{settings[directory::kStorePath]};
    auto& session = database.session();
    const auto snapshot = directory::snapshotOf(directory::loadPlan(session), directory::planRevision(session));
    const auto country = country::Country::read(settings[country::kFolder], snapshot.town.country);
    return emergencyAudit(snapshot, country, NobodyThere{}, base::SystemClock{}.wallNow());
}

}  // namespace

int auditEmergency(const config::Settings& settings, const CommandOptions& options) {
    const auto audit =
        options.offline ? auditOffline(settings) : askExchange(settings, {{"command", "emergency-audit"}});
    static_cast<void>(show(audit, options, [&audit] { return auditText(audit); }));
    return audit["faults"].get<std::size_t>() == 0 ? 0 : kRefused;
}

}  // namespace beffroi::app
