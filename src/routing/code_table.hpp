// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The feature codes that a town has, and how keys are matched with them. Telephones send codes with and without the
// last '#', and users leave out the '*' before a number: all of that is one code.
// Thread: any.
#pragma once

#include "beffroi/directory.hpp"
#include "beffroi/route_plan.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace beffroi::routing {

/// What stands behind a code.
enum class CodeArgument : std::uint8_t {
    None,
    Number,         // "*21*2105#"
    NumberSeconds,  // "*61*2105*20#", the seconds may be left out
    NumberPin,      // "*70*2101*1234#"
    PinNumber       // "*33*1234*0612345678"
};

struct Code {
    std::string_view code;  // as a profile writes it: "*21*"
    std::string_view function;
    FeatureRequest::Verb verb = FeatureRequest::Verb::Set;
    CodeArgument argument = CodeArgument::None;
    enum class Hash : std::uint8_t { Any, Required, Absent } hash = Hash::Any;  // of the last '#'
};

/// The codes of the profile `france`.
[[nodiscard]] const std::vector<Code>& franceCodes();

/// "*21" of "*21*", "#21" of "#21#".
[[nodiscard]] std::string_view beginningOf(std::string_view code);

struct ReadCode {
    Code code;
    std::string first;   // the number, or the PIN where it comes first
    std::string second;  // seconds, the PIN, or the number behind a PIN
    bool complete = true;
};

/// The code with the longest beginning that these keys have, as the plan has the codes. Nothing: it is none.
[[nodiscard]] std::optional<ReadCode> readCode(std::string_view keys, const DirectorySnapshot& directory);

}  // namespace beffroi::routing
