// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Where calls go: every target exists, no way leads back to where it began, and whoever has a number can be reached.

#include "beffroi/announcements.hpp"
#include "beffroi/plan_target.hpp"
#include "directory/plan_findings.hpp"
#include "directory/plan_forwards.hpp"
#include "directory/plan_language.hpp"

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <unordered_set>

namespace beffroi::directory {
namespace {

using Strings = std::vector<std::string>;

constexpr std::size_t kMostForwards = 5;  // routing goes no further
constexpr std::size_t kLongestPath = 64;

// What is called first, then where each step leads.
std::string pathText(const std::vector<std::string_view>& path) {
    std::string text;
    for (const auto number : path) text.append(text.empty() ? "" : ", ").append(number);
    return text;
}

std::string kindName(const Extension& extension) {
    return std::string{wordOf(extension.kind)} + ' ' + extension.number;
}

// Groups that ring one another by members and aliases: those of a circle have the same number here, whoever is in none
// has one of its own (Tarjan's strongly connected components, without recursion: each step is taken once).
class RingCircles {
public:
    explicit RingCircles(const Plan& plan) : plan_{plan} {
        for (const auto& [number, extension] : plan.extensions) {
            if (!places_.contains(&extension)) visit(extension);
        }
    }

    [[nodiscard]] bool areOne(const Extension& one, const Extension& other) const {
        return places_.at(&one).circle == places_.at(&other).circle;
    }

private:
    struct Place {
        std::size_t circle = 0;  // while it is open: in which order it was entered
        bool open = true;
    };
    struct Step {
        const Extension* at = nullptr;
        std::size_t next = 0;
        std::size_t first = 0;  // the earliest that can be reached from here and is open
    };

    void visit(const Extension& from) {
        enter(from);
        while (!steps_.empty()) {
            const auto* next = follow(steps_.back());
            if (next == nullptr) {
                leave();
            } else if (const auto known = places_.find(next); known == places_.end()) {
                enter(*next);
            } else if (known->second.open) {
                steps_.back().first = std::min(steps_.back().first, known->second.circle);
            }
        }
    }

    void enter(const Extension& extension) {
        const auto order = places_.size();
        places_.emplace(&extension, Place{order});
        open_.push_back(&extension);
        steps_.push_back({&extension, 0, order});
    }

    void leave() {
        const auto step = steps_.back();
        steps_.pop_back();
        if (!steps_.empty()) steps_.back().first = std::min(steps_.back().first, step.first);
        if (step.first != places_.at(step.at).circle) return;
        const Extension* closed = nullptr;
        while (closed != step.at) {
            closed = open_.back();
            open_.pop_back();
            places_.at(closed) = {step.first, false};
        }
    }

    const Extension* follow(Step& step) const {
        const bool isAlias = step.at->kind == ExtensionKind::Alias;
        const auto count = isAlias ? 1 : step.at->members.size();
        while (step.next < count) {
            const auto to = plan_.extensions.find(isAlias ? step.at->target : step.at->members[step.next]);
            ++step.next;
            if (to != plan_.extensions.end()) return &to->second;
        }
        return nullptr;
    }

    const Plan& plan_;
    std::unordered_map<const Extension*, Place> places_;
    std::vector<const Extension*> open_;
    std::vector<Step> steps_;
};

class WayCheck {
public:
    WayCheck(const Plan& plan, const country::Country* country, PlanFindings& findings)
        : plan_{plan}, country_{country}, findings_{findings}, forwards_{plan}, circles_{plan} {
        for (const auto& [account, device] : plan.devices) {
            withDevice_.insert(device.extension);
            hotDesks_ = hotDesks_ || device.hotDesk;
        }
    }

    void run() {
        checkTargets();
        for (const auto& [number, extension] : plan_.extensions) {
            checkKind(extension);
            checkMembers(extension);
            checkReach(extension);
            if (forwards_.endsAt(number)) continue;  // as most do
            checkCircle(number, ForwardWhen::Always);
            for (const auto when : {ForwardWhen::Busy, ForwardWhen::NoAnswer, ForwardWhen::Unreachable}) {
                checkCircle(number, when);
                checkLength(number, when);
            }
        }
        for (const auto& [number, code] : plan_.shortCodes) checkCircle(number, ForwardWhen::Always);
    }

private:
    void checkTargets() {
        static const Plan kNothing;
        for (const auto& table : planTables()) {
            std::vector<const Field*> fields;
            for (const auto& field : table.fields) {
                if (field.type == FieldType::Target || field.type == FieldType::Targets) fields.push_back(&field);
            }
            if (fields.empty()) continue;
            table.pairs(kNothing, plan_, [&](const std::string& key, const void*, const void* entry) {
                for (const auto* field : fields) {
                    if (!isBlank(table, *field, entry)) checkTargets(table, key, *field, field->get(entry));
                }
            });
        }
    }

    void checkTargets(const Table& table, const std::string& key, const Field& field, const FieldValue& value) {
        if (const auto* list = std::get_if<Strings>(&value)) {
            for (std::size_t i = 0; i < list->size(); ++i)
                checkTarget(plan_, country_, {table.id, key, field.key, i}, (*list)[i], findings_);
        } else {
            checkTarget(plan_, country_, {table.id, key, field.key}, std::get<std::string>(value), findings_);
        }
    }

    void checkKind(const Extension& extension) {
        const PlanSpot spot{TableId::Extension, extension.number};
        if (extension.kind == ExtensionKind::Alias && extension.target.empty() &&
            !findings_.isWrong({TableId::Extension, extension.number, "target"})) {
            findings_.mistake(spot, "alias " + extension.number + " needs a target");
        }
        if (extension.kind != ExtensionKind::Department) return;
        if (extension.department.empty()) {
            findings_.mistake(spot,
                              "extension " + extension.number + " is a department's number: it needs a department");
            return;
        }
        const auto [owner, first] = departmentNumbers_.emplace(extension.department, extension.number);
        if (!first) {
            const auto [earlier, later] = findings_.inOrder({TableId::Extension, owner->second}, spot);
            findings_.mistake(later,
                              "department \"" + extension.department + "\" is called by " + earlier.entry + " already");
        }
        checkClosing(extension);
    }

    // Hours, its own or those of a department above it, but no way outside of them.
    void checkClosing(const Extension& extension) {
        if (forwards_.find(extension.number, ForwardWhen::Closed)) return;
        auto department = plan_.departments.find(extension.department);
        for (std::size_t depth = 0; department != plan_.departments.end() && depth < kLongestPath; ++depth) {
            if (!department->second.hours.empty()) {
                return findings_.warning(
                    {TableId::Extension, extension.number},
                    "department \"" + extension.department +
                        "\" closes, and no forward-closed says where its calls go then: callers are "
                        "told that it is closed");
            }
            department = plan_.departments.find(department->second.parent);
        }
    }

    void checkMembers(const Extension& extension) {
        if (extension.kind != ExtensionKind::Group && extension.kind != ExtensionKind::Department) return;
        if (extension.members.empty() && !findings_.isWrong({TableId::Extension, extension.number, "members"}) &&
            !forwards_.find(extension.number, ForwardWhen::Unreachable)) {
            findings_.mistake(
                {TableId::Extension, extension.number},
                kindName(extension) + " rings nobody: it needs members, forward-always or forward-unreachable");
        }
        for (std::size_t i = 0; i < extension.members.size(); ++i) {
            const PlanSpot spot{TableId::Extension, extension.number, "members", i};
            const auto member = plan_.extensions.find(extension.members[i]);
            if (member == plan_.extensions.end()) continue;
            if (member->second.kind == ExtensionKind::Room || member->second.kind == ExtensionKind::EchoTest) {
                findings_.mistake(spot, member->first + " is a " + std::string{wordOf(member->second.kind)} +
                                            " and no member of a group");
            } else if (circles_.areOne(member->second, extension)) {
                findings_.mistake(spot,
                                  kindName(extension) + " is within itself: " + member->first + " rings it again");
            } else if (std::find(extension.members.begin(), extension.members.begin() + static_cast<std::ptrdiff_t>(i),
                                 member->first) != extension.members.begin() + static_cast<std::ptrdiff_t>(i)) {
                findings_.mistake(spot, member->first + " is a member twice");
            }
        }
    }

    void checkReach(const Extension& extension) {
        if (extension.kind != ExtensionKind::Phone || withDevice_.contains(extension.number)) return;
        if (hotDesks_ && !extension.person.empty()) return;
        const auto person = plan_.people.find(extension.person);
        if (person != plan_.people.end() && !person->second.secretary.empty()) return;
        if (forwards_.find(extension.number, ForwardWhen::Unreachable)) return;
        findings_.warning({TableId::Extension, extension.number},
                          "nobody can be reached at " + extension.number + ": it has no device and no forward");
    }

    // A circle is told once, at its first number. One that every call runs into is a mistake; one that needs a busy
    // line or so at each step is a way that ends.
    void checkCircle(const std::string& from, ForwardWhen when) {
        std::vector<std::string_view> path{from};
        std::optional<PlanSpot> spot;
        bool always = true;
        for (auto step = forwards_.step(from, when); step; step = forwards_.step(path.back(), when)) {
            if (!spot) spot = step->spot;
            always = always && step->always;
            path.push_back(step->to);
            if (step->to == from) break;
            if (step->to < from || path.size() > kLongestPath) return;
        }
        if (path.size() == 1 || path.back() != from || always != (when == ForwardWhen::Always)) return;
        auto text = "calls to " + from + " go round in a circle: " + pathText(path);
        if (always) return findings_.mistake(std::move(*spot), std::move(text));
        if (path.size() > 2) findings_.warning(std::move(*spot), text + "; where it closes they end");
    }

    void checkLength(const std::string& from, ForwardWhen when) {
        std::vector<std::string_view> path{from};
        std::optional<PlanSpot> spot;
        std::size_t forwards = 0;
        for (auto step = forwards_.step(from, when); step && path.size() < kLongestPath;
             step = forwards_.step(path.back(), when)) {
            if (!spot) spot = step->spot;
            if (step->forwards) ++forwards;
            if (std::find(path.begin(), path.end(), step->to) != path.end()) return;  // a circle, told as such
            path.push_back(step->to);
        }
        if (forwards != kMostForwards + 1) return;  // longer ones hold one of this length
        findings_.mistake(std::move(*spot), "more than " + std::to_string(kMostForwards) +
                                                " forwards follow one another: " + pathText(path));
    }

    const Plan& plan_;
    const country::Country* country_;
    PlanFindings& findings_;
    const PlanForwards forwards_;
    const RingCircles circles_;
    std::unordered_set<std::string_view> withDevice_;
    bool hotDesks_ = false;
    std::map<std::string, std::string> departmentNumbers_;
};

void checkAnnouncement(PlanSpot spot, std::string_view names, PlanFindings& findings) {
    while (!names.empty()) {
        const auto name = names.substr(0, names.find('+'));
        names.remove_prefix(std::min(name.size() + 1, names.size()));
        const bool known =
            name == announcements::kNextOpening || name.find(':') != std::string_view::npos ||
            std::find(announcements::kAll.begin(), announcements::kAll.end(), name) != announcements::kAll.end();
        if (known) continue;
        findings.warning(spot,
                         "Beffroi brings no announcement \"" + std::string{name} + "\": bridge.prompts must have it");
    }
}

}  // namespace

void checkTarget(const Plan& plan, const country::Country* country, PlanSpot spot, std::string_view text,
                 PlanFindings& findings) {
    const auto target = planTarget(text);
    const std::string value{target.value};
    switch (target.kind) {
        case PlanTarget::Kind::None: return;
        case PlanTarget::Kind::Announcement: return checkAnnouncement(std::move(spot), value, findings);
        case PlanTarget::Kind::OnCall:
            if (!plan.rotas.contains(value)) findings.mistake(std::move(spot), "there is no rota \"" + value + '"');
            return;
        case PlanTarget::Kind::Number: break;
    }
    if (country == nullptr || plan.extensions.contains(value) || plan.shortCodes.contains(value)) return;
    const auto outside = country->normalise(value, plan.town.outsidePrefix);
    if (const auto* fault = std::get_if<country::NumberFault>(&outside)) {
        findings.mistake(std::move(spot),
                         "\"" + value + "\" is neither an extension nor a short code, and as a number outside it " +
                             std::string{toString(*fault)});
        return;
    }
    // Somebody who dials an alias or a short code calls for help; a call that is led on does not.
    const bool dialled = spot.key == "target" && spot.table != TableId::DirectNumbers;
    const auto& found = std::get<country::OutsideNumber>(outside);
    if (found.numberClass == NumberClass::Emergency && !dialled)
        findings.mistake(std::move(spot), found.number + " is an emergency number, to which no call is forwarded");
}

void checkWays(const Plan& plan, const country::Country* country, PlanFindings& findings) {
    WayCheck{plan, country, findings}.run();
}

}  // namespace beffroi::directory
