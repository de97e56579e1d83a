// SPDX-License-Identifier: AGPL-3.0-or-later
#include "routing/rights.hpp"

#include "country/number_class.hpp"
#include "routing/opening.hpp"
#include "routing/presentation.hpp"

namespace beffroi::routing {
namespace {

bool has(const NumberClasses& classes, NumberClass numberClass) {
    return classes.test(static_cast<std::size_t>(numberClass));
}

bool isInNobodysClass(NumberClass numberClass) {
    return numberClass == NumberClass::Free || numberClass == NumberClass::National ||
           numberClass == NumberClass::Mobile;
}

const ClassOfService* classOf(const DirectorySnapshot& directory, std::string_view payer) {
    if (const auto* extension = directory.extension(payer)) {
        if (const auto* own = find(directory.classes, extension->classOfService)) return own;
        const auto* person = personOf(directory, *extension);
        if (person != nullptr) {
            if (const auto* persons = find(directory.classes, person->classOfService)) return persons;
        }
    }
    return find(directory.classes, directory.town.classOfService);
}

}  // namespace

Right rightTo(const Decision& decision, NumberClass numberClass, const Way& way) {
    const auto& directory = decision.world.directory;
    const auto kind = std::string{country::toString(numberClass)} + " numbers";
    const auto* its = classOf(directory, way.payer);
    if (its == nullptr) {
        const bool given = isInNobodysClass(numberClass);
        return {
            given, false, "without a class of service " + kind + (given ? " are allowed" : " are not allowed"), {}, {}};
    }
    const auto entry = "class-of-service " + its->id;
    const auto answer = [&](bool given, std::string condition, std::string key) {
        return Right{given, false,
                     "the class " + its->id + (given ? " allows " : " does not allow ") + std::move(condition) + kind,
                     entry, std::move(key)};
    };
    if (way.forwarded) return answer(has(its->forwards, numberClass), "forwards to ", "forwards");
    const auto* hours = find(directory.hours, its->hours);
    const bool closed = hours != nullptr && !isOpenAt(decision, *hours, payersSite(decision, way));
    auto right = closed ? answer(has(its->allowedClosed, numberClass), "outside its hours ", "allowed-closed")
                        : answer(has(its->allowed, numberClass), "", "allowed");
    if (right.given || !has(its->allowedByPin, numberClass)) return right;
    if (decision.call.byPin) return answer(true, "with the PIN ", "allowed-by-pin");
    right.byPinOnly = true;
    right.reason += " without the PIN";
    return right;
}

}  // namespace beffroi::routing
