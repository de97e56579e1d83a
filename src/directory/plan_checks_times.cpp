// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Hours, rotas, time zones and holidays: whether they can be read, and say something.

#include "calendar/time_zones.hpp"
#include "directory/plan_findings.hpp"
#include "directory/plan_times.hpp"

namespace beffroi::directory {
namespace {

class TimeCheck {
public:
    TimeCheck(const Plan& plan, const country::Country* country, PlanFindings& findings)
        : plan_{plan}, country_{country}, findings_{findings} {}

    void run() {
        checkPlace({TableId::Town, {}}, plan_.town.timeZone, plan_.town.holidays);
        for (const auto& [id, site] : plan_.sites) checkPlace({TableId::Site, id}, site.timeZone, site.holidays);
        for (const auto& [id, hours] : plan_.hours) checkHours(hours);
        for (const auto& [id, rota] : plan_.rotas) checkRota(rota);
    }

private:
    void checkPlace(PlanSpot spot, const std::string& zone, const std::string& region) {
        if (!zone.empty() && !calendar::readTimeZone(zone)) {
            spot.key = "time-zone";
            findings_.mistake(spot, "there is no time zone \"" + zone + '"');
        }
        if (region.empty() || country_ == nullptr || country_->holidays(region) != nullptr) return;
        spot.key = "holidays";
        std::string known;
        for (const auto each : country_->regions()) known.append(known.empty() ? "" : ", ").append(each);
        findings_.mistake(spot, "there are no holidays of \"" + region + "\"; the country has " + known);
    }

    void tell(TableId table, const std::string& id, std::vector<TimeMistake> mistakes) {
        for (auto& each : mistakes) {
            findings_.mistake({table, id, each.key, each.element, each.offset},
                              std::string{each.key} + ": " + each.text);
        }
    }

    void checkHours(const Hours& hours) {
        std::vector<TimeMistake> mistakes;
        static_cast<void>(timesOf(hours, &mistakes));
        tell(TableId::Hours, hours.id, std::move(mistakes));
        if (hours.weekly.empty() && hours.exceptions.empty())
            findings_.warning({TableId::Hours, hours.id}, "hours \"" + hours.id + "\" are never open");
    }

    void checkRota(const Rota& rota) {
        const PlanSpot spot{TableId::Rota, rota.id};
        std::vector<TimeMistake> mistakes;
        const auto times = timesOf(rota, &mistakes);
        tell(TableId::Rota, rota.id, std::move(mistakes));
        if (rota.turns.empty() && rota.cycle.empty()) {
            findings_.mistake(spot, "nobody is ever on call: rota \"" + rota.id + "\" needs turns or a cycle");
        }
        if (rota.cycle.empty() != rota.start.empty()) {
            findings_.mistake({TableId::Rota, rota.id, rota.cycle.empty() ? "start" : "cycle"},
                              "a cycle and the start of its first turn go together");
        }
        if (times.turns.size() != rota.turns.size()) return;  // some could not be read
        for (std::size_t i = 0; i < rota.turns.size(); ++i) {
            const auto& target = times.turns[i].target;
            checkTarget(plan_, country_, {TableId::Rota, rota.id, "turns", i, rota.turns[i].size() - target.size() + 1},
                        target, findings_);
        }
    }

    const Plan& plan_;
    const country::Country* country_;
    PlanFindings& findings_;
};

}  // namespace

void checkTimes(const Plan& plan, const country::Country* country, PlanFindings& findings) {
    TimeCheck{plan, country, findings}.run();
}

}  // namespace beffroi::directory
