// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What leaves the town: numbers that are presented belong to it, and an emergency call says where it comes from.

#include "beffroi/address_range.hpp"
#include "directory/plan_findings.hpp"
#include "directory/plan_numbers.hpp"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

namespace beffroi::directory {
namespace {

// The numbers by which the outside knows the town.
class Own {
public:
    explicit Own(const Plan& plan) : plan_{plan} {
        for (const auto& [id, site] : plan.sites) {
            single_.insert(site.number);
            single_.insert(site.emergencyNumber);
        }
    }

    [[nodiscard]] bool has(const std::string& number) const {
        if (single_.contains(number)) return true;
        auto range = plan_.directNumbers.upper_bound(number);
        if (range == plan_.directNumbers.begin()) return false;
        --range;
        const auto& last = range->second.last.empty() ? range->first : range->second.last;
        return number.size() == last.size() && number <= last;
    }

private:
    const Plan& plan_;
    std::set<std::string> single_;
};

void checkPresented(const Plan& plan, PlanFindings& findings) {
    const Own own{plan};
    for (const auto& [id, gateway] : plan.gateways) {
        for (std::size_t i = 0; i < gateway.presents.size(); ++i) {
            const auto& range = gateway.presents[i];
            const auto dash = range.find('-');
            const auto first = range.substr(0, dash);
            const auto last = dash == std::string::npos ? first : range.substr(dash + 1);
            for (const auto& number : {first, last}) {
                if (own.has(number)) continue;
                findings.warning({TableId::Gateway, id, "presents", i},
                                 "presents: " + number + " is no number of a site and no direct number");
                break;
            }
        }
        if (gateway.number.empty() || own.has(gateway.number)) continue;
        findings.warning({TableId::Gateway, id, "number"},
                         "number: " + gateway.number + " is no number of a site and no direct number");
    }
}

// Whoever calls from an address is taken for the operator that has it: it can be one only.
void checkSources(const Plan& plan, PlanFindings& findings) {
    std::vector<std::pair<AddressRange, PlanSpot>> known;
    for (const auto& [id, gateway] : plan.gateways) {
        for (std::size_t i = 0; i < gateway.sources.size(); ++i) {
            const auto range = AddressRange::parse(gateway.sources[i]);
            if (!range) continue;
            const PlanSpot spot{TableId::Gateway, id, "sources", i};
            const auto same = std::find_if(known.begin(), known.end(), [&range, &spot](const auto& each) {
                return each.second.entry != spot.entry && (each.first.contains(*range) || range->contains(each.first));
            });
            if (same != known.end()) {
                const auto [earlier, later] = findings.inOrder(same->second, spot);
                findings.mistake(later,
                                 "sources: calls from there are those of gateway \"" + earlier.entry + "\" already");
            }
            known.emplace_back(*range, spot);
        }
    }
}

// Without a gateway no emergency call leaves, whatever stands here.
void checkEmergency(const Plan& plan, PlanFindings& findings) {
    if (plan.gateways.empty()) return;
    std::set<std::string> told;
    for (const auto& [account, device] : plan.devices) {
        const auto site = plan.sites.find(device.site);
        if (device.site.empty()) {
            findings.warning({TableId::Device, account},
                             "device \"" + account +
                                 (plan.town.gateway.empty()
                                      ? "\" has no site, and the town no gateway: no emergency call leaves from it"
                                      : "\" has no site: an emergency call from it does not say where it is"));
        } else if (site != plan.sites.end() && site->second.emergencyNumber.empty() &&
                   told.insert(device.site).second) {
            findings.warning(
                {TableId::Site, device.site},
                "site \"" + device.site +
                    "\" has telephones and no emergency-number: the emergency services do not see where they are");
        }
    }
    for (const auto& [id, site] : plan.sites) {
        if (told.contains(id) || !site.gateway.empty() || !plan.town.gateway.empty()) continue;
        const bool used = std::any_of(plan.devices.begin(), plan.devices.end(),
                                      [&id = id](const auto& each) { return each.second.site == id; });
        if (used)
            findings.warning({TableId::Site, id}, "site \"" + id +
                                                      "\" has telephones and no gateway, and the town has none either: "
                                                      "no emergency call leaves from here");
    }
}

}  // namespace

void checkOutside(const Plan& plan, PlanFindings& findings) {
    checkPresented(plan, findings);
    checkSources(plan, findings);
    checkEmergency(plan, findings);
}

}  // namespace beffroi::directory
