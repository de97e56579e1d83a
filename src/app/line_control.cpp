// SPDX-License-Identifier: AGPL-3.0-or-later
#include "app/line_control.hpp"

#include "app/department_hours.hpp"
#include "app/local_moment.hpp"
#include "app/request_fields.hpp"
#include "base/log.hpp"
#include "beffroi/announcements.hpp"
#include "beffroi/plan_target.hpp"
#include "calendar/on_call.hpp"
#include "calendar/spoken.hpp"
#include "routing/opening.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <stdexcept>

namespace beffroi::app {
namespace {

using nlohmann::json;
using std::chrono::sys_seconds;

constexpr log::Area kLog{"lines"};
constexpr const char* kNotSaved = "nothing was changed: it could not be saved, or there is no room for it";

struct ForwardField {
    const char* name;
    std::string Forwards::*target;
};
constexpr ForwardField kForwards[] = {{"forward_always", &Forwards::always},
                                      {"forward_busy", &Forwards::busy},
                                      {"forward_no_answer", &Forwards::noAnswer},
                                      {"forward_unreachable", &Forwards::unreachable}};

json failure(const std::string& text) { return {{"error", text}}; }

json millisecondsOf(const std::optional<sys_seconds>& moment) {
    if (!moment) return nullptr;
    return std::chrono::duration_cast<std::chrono::milliseconds>(moment->time_since_epoch()).count();
}

std::string whoAsks(const json& request) { return fieldOr<std::string>(request, "who", "?"); }

template <typename T>
std::map<std::string, const T*> sorted(const DirectorySnapshot::ByName<T>& all) {
    std::map<std::string, const T*> result;
    for (const auto& [name, value] : all) result.emplace(name, &value);
    return result;
}

bool isNumber(std::string_view text) {
    constexpr std::string_view kKeys = "0123456789*#";
    const auto keys = text.substr(text.starts_with('+') ? 1 : 0);
    return !keys.empty() && keys.find_first_not_of(kKeys) == std::string_view::npos;
}

/// What is wrong with the target of a forward; empty if nothing is. Whether calls may go there is judged with each
/// call.
std::string faultOf(const std::string& text, const DirectorySnapshot& directory) {
    const auto target = planTarget(text);
    const bool fits =
        text.size() <= lines::kLongestTarget &&
        (target.kind == PlanTarget::Kind::None || (target.kind == PlanTarget::Kind::Number && isNumber(target.value)) ||
         (target.kind == PlanTarget::Kind::Announcement && announcements::isAnnouncement(target.value)) ||
         (target.kind == PlanTarget::Kind::OnCall && directory.rotas.find(target.value) != directory.rotas.end()));
    return fits ? "" : '"' + text + "\" is no number, announcement:NAME or on-call:ROTA";
}

}  // namespace

bool LineControl::obey(const std::string& command, const json& request, const Respond& respond) {
    if (command == "lines") return lines(request, respond), true;
    if (command == "line-change") return changeLine(request, respond), true;
    if (command == "line-clear") return clearLine(request, respond), true;
    if (command == "line-log-out") return logOut(request, respond), true;
    if (command == "hours") return hours(request, respond), true;
    if (command == "hours-change") return changeHours(request, respond), true;
    if (command == "oncall") return onCall(request, respond), true;
    return false;
}

json LineControl::describe(const std::string& extension) const {
    const auto directory = parts_.directory.snapshot();
    const auto* known = directory->extension(extension);
    const auto* set = parts_.settings.settingsOf(extension);
    const LineSettings settings = set == nullptr ? LineSettings{} : *set;
    json line{{"extension", extension},
              {"label", known == nullptr ? "" : known->label},
              {"no_answer_seconds", settings.forwards.noAnswerAfter.count()},
              {"do_not_disturb", settings.doNotDisturb},
              {"call_waiting", settings.callWaiting},
              {"left_groups", settings.leftGroups},
              {"logged_in_at", settings.loggedInAt}};
    for (const auto& [name, target] : kForwards) line[name] = settings.forwards.*target;
    return line;
}

void LineControl::lines(const json& request, const Respond& respond) const {
    const auto extension = fieldOr<std::string>(request, "extension", "");
    json list = json::array();
    if (extension.empty()) {
        for (const auto& [number, settings] : parts_.settings.all().lines) list.push_back(describe(number));
    } else if (parts_.directory.snapshot()->extension(extension) == nullptr) {
        return respond(failure("there is no extension " + extension));
    } else {
        list.push_back(describe(extension));
    }
    respond({{"lines", std::move(list)}});
}

void LineControl::edit(const json& request, lines::LineSettingsTable::Edit edit, const Respond& respond) {
    const auto extension = fieldOr<std::string>(request, "extension", "");
    if (parts_.directory.snapshot()->extension(extension) == nullptr) {
        return respond(failure("there is no extension " + extension));
    }
    parts_.settings.change(extension, std::move(edit), [this, extension, respond, who = whoAsks(request)](bool saved) {
        assertOnLoop();
        if (saved) log::info(kLog, "settings changed", {{"extension", extension}, {"by", who}});
        respond(saved ? json{{"lines", json::array({describe(extension)})}} : failure(kNotSaved));
    });
}

void LineControl::changeLine(const json& request, const Respond& respond) {
    std::vector<std::pair<std::string Forwards::*, std::string>> targets;
    for (const auto& [name, target] : kForwards) {
        if (!request.contains(name)) continue;
        targets.emplace_back(target, fieldOr<std::string>(request, name, ""));
        const auto fault = faultOf(targets.back().second, *parts_.directory.snapshot());
        if (!fault.empty()) return respond(failure(fault));
    }
    std::optional<bool> doNotDisturb;
    std::optional<bool> callWaiting;
    if (request.contains("do_not_disturb")) doNotDisturb = fieldOr(request, "do_not_disturb", false);
    if (request.contains("call_waiting")) callWaiting = fieldOr(request, "call_waiting", true);
    edit(
        request,
        [targets, doNotDisturb, callWaiting](LineSettings& settings) {
            for (const auto& [target, value] : targets) settings.forwards.*target = value;
            settings.doNotDisturb = doNotDisturb.value_or(settings.doNotDisturb);
            settings.callWaiting = callWaiting.value_or(settings.callWaiting);
        },
        respond);
}

void LineControl::clearLine(const json& request, const Respond& respond) {
    edit(
        request,
        [](LineSettings& settings) {
            auto loggedInAt = std::move(settings.loggedInAt);
            settings = {};
            settings.loggedInAt = std::move(loggedInAt);
        },
        respond);
}

void LineControl::logOut(const json& request, const Respond& respond) {
    const auto account = fieldOr<std::string>(request, "account", "");
    if (parts_.settings.extensionAt(account).empty()) return respond(failure("nobody is logged in at " + account));
    parts_.settings.logIn(account, "", [account, respond, who = whoAsks(request)](bool saved) {
        if (saved) log::info(kLog, "logged out", {{"account", account}, {"by", who}});
        respond(saved ? json{{"account", account}} : failure(kNotSaved));
    });
}

Clock::WallTime LineControl::momentOf(const json& request) const {
    const auto now = parts_.clock.wallNow();
    const auto text = fieldOr<std::string>(request, "at", "");
    if (text.empty()) return now;
    const auto directory = parts_.directory.snapshot();
    const auto moment =
        readMoment(text, routing::zoneOf(*directory, ""), std::chrono::floor<std::chrono::seconds>(now), Day::Today);
    if (!moment) throw std::invalid_argument{'"' + text + "\" is no moment such as 2026-12-24 10:00"};
    return *moment;
}

json LineControl::describe(const Department& department, Clock::WallTime at) const {
    const auto directory = parts_.directory.snapshot();
    const auto found = hoursOf(*directory, parts_.country, parts_.lines, department, at);
    const auto now = std::chrono::floor<std::chrono::seconds>(at);
    return {{"department", department.id},
            {"name", department.name},
            {"open", found.open},
            {"why", found.why},
            {"by_hand", found.byHand != nullptr},
            {"announcement", found.byHand == nullptr ? "" : found.byHand->announcement},
            {"until", writeMoment(found.until, *found.zone)},
            {"until_ms", millisecondsOf(found.until)},
            {"next_opening", writeMoment(found.nextOpening, *found.zone)},
            {"next_opening_ms", millisecondsOf(found.nextOpening)},
            {"in_french", calendar::describe(found.state, now, *found.zone, calendar::Language::French)},
            {"in_english", calendar::describe(found.state, now, *found.zone, calendar::Language::English)},
            {"has_hours", found.any}};
}

void LineControl::hours(const json& request, const Respond& respond) const {
    const auto directory = parts_.directory.snapshot();
    const auto wanted = fieldOr<std::string>(request, "department", "");
    const auto at = momentOf(request);
    if (!wanted.empty() && directory->departments.find(wanted) == directory->departments.end()) {
        return respond(failure("there is no department " + wanted));
    }
    json list = json::array();
    for (const auto& [id, department] : sorted(directory->departments)) {
        if (!wanted.empty() && id != wanted) continue;
        auto described = describe(*department, at);
        if (!wanted.empty() || described["has_hours"].get<bool>()) list.push_back(std::move(described));
    }
    respond({{"hours", std::move(list)}});
}

void LineControl::changeHours(const json& request, const Respond& respond) {
    const auto directory = parts_.directory.snapshot();
    const auto id = fieldOr<std::string>(request, "department", "");
    const auto found = directory->departments.find(id);
    if (found == directory->departments.end()) return respond(failure("there is no department " + id));
    const auto state = fieldOr<std::string>(request, "state", "");
    if (state != "open" && state != "closed" && state != "planned") return respond(failure("no such state"));
    std::optional<HoursOverride> wanted;
    if (state != "planned") {
        wanted = HoursOverride{state == "open", std::nullopt, fieldOr<std::string>(request, "announcement", "")};
        const auto until = fieldOr<std::string>(request, "until", "");
        const auto now = std::chrono::floor<std::chrono::seconds>(parts_.clock.wallNow());
        if (!until.empty()) {
            wanted->until = readMoment(until, routing::zoneOf(*directory, routing::siteOf(*directory, found->second)),
                                       now, Day::NextWithSuchTime);
            if (!wanted->until)
                return respond(failure('"' + until + "\" is no moment such as 14:00 or 2026-12-24 14:00"));
            if (*wanted->until <= now) return respond(failure(until + " has passed"));
        }
        if (!wanted->announcement.empty() && !announcements::isAnnouncement(wanted->announcement)) {
            return respond(failure('"' + wanted->announcement + "\" is no announcement such as closed+next-opening"));
        }
    }
    parts_.settings.setOverride(id, std::move(wanted), [this, id, state, respond, who = whoAsks(request)](bool saved) {
        assertOnLoop();
        if (saved) log::info(kLog, "hours changed", {{"department", id}, {"state", state}, {"by", who}});
        const auto now = parts_.directory.snapshot();
        const auto department = now->departments.find(id);
        if (!saved || department == now->departments.end()) return respond(failure(kNotSaved));
        respond({{"hours", json::array({describe(department->second, parts_.clock.wallNow())})}});
    });
}

void LineControl::onCall(const json& request, const Respond& respond) const {
    const auto directory = parts_.directory.snapshot();
    const auto wanted = fieldOr<std::string>(request, "rota", "");
    const auto at = std::chrono::floor<std::chrono::seconds>(momentOf(request));
    if (!wanted.empty() && directory->rotas.find(wanted) == directory->rotas.end()) {
        return respond(failure("there is no rota " + wanted));
    }
    json list = json::array();
    for (const auto& [id, rota] : sorted(directory->rotas)) {
        if (!wanted.empty() && id != wanted) continue;
        const auto& zone = routing::zoneOf(*directory, rota->site);
        const auto duty = calendar::onCallAt(rota->times, zone, at);
        list.push_back({{"rota", id},
                        {"name", rota->name},
                        {"target", duty.target},
                        {"since", writeMoment(duty.since, zone)},
                        {"since_ms", millisecondsOf(duty.since)},
                        {"until", writeMoment(duty.until, zone)},
                        {"until_ms", millisecondsOf(duty.until)},
                        {"next", duty.next},
                        {"escalation", rota->escalation}});
    }
    respond({{"rotas", std::move(list)}});
}

}  // namespace beffroi::app
