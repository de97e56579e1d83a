// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Every number has one owner, and dialling it reaches him: no extension hides an emergency number, a number outside or
// the prefix that leads there.

#include "directory/plan_findings.hpp"
#include "directory/plan_numbers.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace beffroi::directory {
namespace {

// Where no country is known.
constexpr std::array<std::string_view, 11> kEmergency{"15",     "17",     "18",  "112", "114", "115",
                                                      "116000", "116117", "119", "191", "196"};

bool isEmergency(const std::string& number, const country::Country* country) {
    if (country == nullptr) return std::find(kEmergency.begin(), kEmergency.end(), number) != kEmergency.end();
    const auto& known = country->emergencyNumbers();
    return std::any_of(known.begin(), known.end(), [&number](const auto& each) { return each.number == number; });
}

class NumberCheck {
public:
    NumberCheck(const Plan& plan, const country::Country* country, PlanFindings& findings)
        : plan_{plan}, country_{country}, findings_{findings} {}

    void run() {
        for (const auto& [number, extension] : plan_.extensions)
            checkInternal({TableId::Extension, number}, "extension");
        for (const auto& [number, code] : plan_.shortCodes) {
            checkInternal({TableId::ShortCode, number}, "short code");
            if (!plan_.extensions.contains(number)) continue;
            auto [earlier, later] = findings_.inOrder({TableId::Extension, number}, {TableId::ShortCode, number});
            findings_.mistake(std::move(later),
                              number + (earlier.table == TableId::Extension ? " is an extension already"
                                                                            : " is a short code already"));
        }
        tellHidden();
        checkRanges();
    }

private:
    void checkInternal(PlanSpot spot, const std::string& what) {
        const auto number = spot.entry;
        const auto& prefix = plan_.town.outsidePrefix;
        if (isEmergency(number, country_)) {
            findings_.mistake(std::move(spot), number + " is an emergency number and can be nobody's " + what);
        } else if (!prefix.empty() && number.starts_with(prefix)) {
            findings_.mistake(std::move(spot),
                              number + " begins with the outside prefix " + prefix + " and can be nobody's " + what);
        } else if (const auto help = emergencyBy(number)) {
            if (spot.table == TableId::Extension) {
                findings_.warning(std::move(spot), number + " rings here, and not the emergency number " + *help +
                                                       " for who dials " + number.substr(0, 1) +
                                                       " before a number outside by habit");
            } else {
                findings_.mistake(std::move(spot),
                                  number + " calls the emergency number " + *help + " and can be nobody's " + what);
            }
        } else if (prefix.empty() && country_ != nullptr) {
            const auto outside = country_->normalise(number);
            if (!std::holds_alternative<country::OutsideNumber>(outside)) return;
            if (hidden_++ == 0) firstHidden_ = std::move(spot);
        }
    }

    // The emergency number that is called by dialling this: with a digit that other exchanges want before it.
    [[nodiscard]] std::optional<std::string> emergencyBy(const std::string& number) const {
        if (country_ == nullptr) return std::nullopt;
        const auto match = country_->emergency(number, plan_.town.outsidePrefix);
        return match ? std::optional{match->number->number} : std::nullopt;
    }

    // One line for all: a town of extensions 3000 to 3999 knows what it does.
    void tellHidden() {
        if (hidden_ == 0) return;
        const auto first = firstHidden_.entry;
        findings_.warning(firstHidden_,
                          first + (hidden_ == 1 ? "" : " and " + std::to_string(hidden_ - 1) + " more") +
                              (hidden_ == 1 ? " is" : " are") +
                              " also numbers outside, which nobody can dial while the town has no outside-prefix");
    }

    void checkRanges() {
        std::vector<const DirectNumbers*> ranges;
        for (const auto& [first, numbers] : plan_.directNumbers) {
            if (checkRange(numbers)) ranges.push_back(&numbers);
        }
        // By length and value: an overlap is one of neighbours.
        std::sort(ranges.begin(), ranges.end(), [](const DirectNumbers* a, const DirectNumbers* b) {
            return std::pair{a->first.size(), a->first} < std::pair{b->first.size(), b->first};
        });
        const DirectNumbers* widest = nullptr;
        for (const auto* range : ranges) {
            if (widest != nullptr && widest->first.size() == range->first.size() && range->first <= lastOf(*widest)) {
                const auto [earlier, later] =
                    findings_.inOrder({TableId::DirectNumbers, widest->first}, {TableId::DirectNumbers, range->first});
                findings_.mistake(later, "the direct numbers overlap with those that begin with " + earlier.entry);
            }
            if (widest == nullptr || widest->first.size() != range->first.size() || lastOf(*range) > lastOf(*widest))
                widest = range;
        }
    }

    static const std::string& lastOf(const DirectNumbers& numbers) {
        return numbers.last.empty() ? numbers.first : numbers.last;
    }

    bool checkRange(const DirectNumbers& numbers) {
        const PlanSpot entry{TableId::DirectNumbers, numbers.first};
        const auto size = rangeSize(numbers.first, numbers.last);
        if (size == 0) {
            findings_.mistake({TableId::DirectNumbers, numbers.first, "last"},
                              "last: a number of the same length is expected, up to " +
                                  std::to_string(kLargestRange - 1) + " behind the first");
            return false;
        }
        if (numbers.target.empty() == numbers.firstExtension.empty()) {
            findings_.mistake(entry,
                              "direct numbers lead to a target or, one by one, to extensions from first-extension on");
        } else if (!numbers.firstExtension.empty()) {
            checkExtensions(numbers, size);
        }
        return true;
    }

    void checkExtensions(const DirectNumbers& numbers, std::uint64_t size) {
        const PlanSpot spot{TableId::DirectNumbers, numbers.first, "first-extension"};
        const auto last = numberAfter(numbers.firstExtension, size - 1);
        if (last.empty()) {
            findings_.mistake(spot, "first-extension: from " + numbers.firstExtension + " on there are no " +
                                        std::to_string(size) + " numbers of " +
                                        std::to_string(numbers.firstExtension.size()) + " digits");
            return;
        }
        auto known = plan_.extensions.lower_bound(numbers.firstExtension);
        for (; known != plan_.extensions.end() && known->first <= last; ++known) {
            if (known->first.size() == last.size()) return;
        }
        findings_.mistake(spot,
                          "first-extension: none of " + numbers.firstExtension + " to " + last + " is an extension");
    }

    const Plan& plan_;
    const country::Country* country_;
    PlanFindings& findings_;
    std::size_t hidden_ = 0;
    PlanSpot firstHidden_;
};

}  // namespace

void checkNumbers(const Plan& plan, const country::Country* country, PlanFindings& findings) {
    NumberCheck{plan, country, findings}.run();
}

}  // namespace beffroi::directory
