// SPDX-License-Identifier: AGPL-3.0-or-later
#include "routing/code_table.hpp"

#include "beffroi/feature_functions.hpp"

#include <algorithm>

namespace beffroi::routing {
namespace {

using Verb = FeatureRequest::Verb;
using Hash = Code::Hash;

bool areDigits(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool isNumber(std::string_view text) {
    if (text.starts_with('+')) text.remove_prefix(1);
    return areDigits(text);
}

// What a code of the plan's own does follows from its first keys, as in the profile: '*' sets, '#' clears, "*#" asks.
Code codeOf(const CodeChange& change) {
    Code code{change.code, change.function};
    const std::string_view function = change.function;
    if (code.code.starts_with("*#")) {
        code.verb = Verb::Query;
    } else if (code.code.starts_with('#')) {
        code.verb = Verb::Clear;
    }
    const bool takesNumber = function == functions::kForwardAlways || function == functions::kForwardBusy ||
                             function == functions::kForwardUnreachable;
    if (function == functions::kHideNumber) {
        code.argument = CodeArgument::Number;
    } else if (function == functions::kCallByPin) {
        code.argument = CodeArgument::PinNumber;
    } else if (function == functions::kGroup) {
        code.verb = Verb::Toggle;
        code.argument = CodeArgument::Number;
    } else if (function == functions::kForwards) {
        code.verb = Verb::Clear;
    } else if (function == functions::kStatus) {
        code.verb = Verb::Query;
    } else if (code.verb != Verb::Set) {
        return code;
    } else if (takesNumber) {
        code.argument = CodeArgument::Number;
    } else if (function == functions::kForwardNoAnswer) {
        code.argument = CodeArgument::NumberSeconds;
    } else if (function == functions::kHotDesk) {
        code.argument = CodeArgument::NumberPin;
    } else if (!code.code.ends_with('#') && (function == functions::kDoNotDisturb || function == functions::kHours)) {
        code.verb = Verb::Toggle;
    }
    return code;
}

// The argument behind a code; nothing: the keys do not go with it.
std::optional<ReadCode> readArgument(const Code& code, std::string_view rest) {
    ReadCode read{code, {}, {}, true};
    if (code.argument == CodeArgument::None) return rest.empty() ? std::optional{read} : std::nullopt;
    if (rest.starts_with('*') || rest.starts_with('#')) rest.remove_prefix(1);
    const auto star = rest.find('*');
    const bool two = star != std::string_view::npos;
    read.first = rest.substr(0, star);
    if (two) read.second = rest.substr(star + 1);
    if (!read.first.empty() && !isNumber(read.first)) return std::nullopt;
    if (!read.second.empty() && !isNumber(read.second)) return std::nullopt;
    switch (code.argument) {
        case CodeArgument::None: break;
        case CodeArgument::Number:
            if (two) return std::nullopt;
            read.complete = !read.first.empty();
            break;
        case CodeArgument::NumberSeconds:
            read.complete = !read.first.empty() && (!two || (areDigits(read.second) && read.second.size() <= 3));
            break;
        case CodeArgument::NumberPin: read.complete = !read.first.empty() && areDigits(read.second); break;
        case CodeArgument::PinNumber: read.complete = areDigits(read.first) && !read.second.empty(); break;
    }
    return read;
}

bool fits(const Code& code, bool hash) { return code.hash == Hash::Any || (code.hash == Hash::Required) == hash; }

}  // namespace

std::string_view beginningOf(std::string_view code) {
    while (!code.empty() && (code.back() == '*' || code.back() == '#')) code.remove_suffix(1);
    return code;
}

const std::vector<Code>& franceCodes() {
    using namespace functions;
    static const std::vector<Code> kCodes{
        {"*21*", kForwardAlways, Verb::Set, CodeArgument::Number},
        {"#21#", kForwardAlways, Verb::Clear},
        {"*#21#", kForwardAlways, Verb::Query},
        {"*61*", kForwardNoAnswer, Verb::Set, CodeArgument::NumberSeconds},
        {"#61#", kForwardNoAnswer, Verb::Clear},
        {"*#61#", kForwardNoAnswer, Verb::Query},
        {"*22", kForwardNoAnswer, Verb::Set, CodeArgument::NumberSeconds},
        {"*67*", kForwardBusy, Verb::Set, CodeArgument::Number},
        {"#67#", kForwardBusy, Verb::Clear},
        {"*#67#", kForwardBusy, Verb::Query},
        {"*69*", kForwardBusy, Verb::Set, CodeArgument::Number},
        {"#69#", kForwardBusy, Verb::Clear},
        {"*#69#", kForwardBusy, Verb::Query},
        {"*23", kForwardBusy, Verb::Set, CodeArgument::Number},
        {"*62*", kForwardUnreachable, Verb::Set, CodeArgument::Number},
        {"#62#", kForwardUnreachable, Verb::Clear},
        {"*#62#", kForwardUnreachable, Verb::Query},
        {"*20", kForwards, Verb::Clear},
        {"#20", kForwards, Verb::Clear},
        {"#002#", kForwards, Verb::Clear},
        {"##002#", kForwards, Verb::Clear},
        {"*25", kDoNotDisturb, Verb::Toggle, CodeArgument::None, Hash::Absent},
        {"*25#", kDoNotDisturb, Verb::Set, CodeArgument::None, Hash::Required},
        {"#25#", kDoNotDisturb, Verb::Clear},
        {"*#25#", kDoNotDisturb, Verb::Query},
        {"*43#", kCallWaiting, Verb::Set},
        {"#43#", kCallWaiting, Verb::Clear},
        {"*#43#", kCallWaiting, Verb::Query},
        {"*31*", kHideNumber, Verb::Set, CodeArgument::Number},
        {"#31#", kHideNumber, Verb::Set, CodeArgument::Number},
        {"3651", kHideNumber, Verb::Set, CodeArgument::Number},
        {"*33*", kCallByPin, Verb::Set, CodeArgument::PinNumber},
        {"*50", kGroup, Verb::Toggle, CodeArgument::Number},
        {"*27", kHours, Verb::Toggle, CodeArgument::None, Hash::Absent},
        {"*27#", kHours, Verb::Set, CodeArgument::None, Hash::Required},
        {"#27#", kHours, Verb::Clear},
        {"*#27#", kHours, Verb::Query},
        {"*70*", kHotDesk, Verb::Set, CodeArgument::NumberPin},
        {"#70#", kHotDesk, Verb::Clear},
        {"*10", kStatus, Verb::Query},
        {"*19", kEchoTest, Verb::Set},
    };
    return kCodes;
}

std::optional<ReadCode> readCode(std::string_view keys, const DirectorySnapshot& directory) {
    if (directory.town.codes == "none") return std::nullopt;
    if (!keys.starts_with('*') && !keys.starts_with('#') && !keys.starts_with('3')) return std::nullopt;
    const bool hash = keys.ends_with('#');
    if (hash) keys.remove_suffix(1);

    std::optional<ReadCode> best;
    std::size_t longest = 0;
    const auto tryCode = [&](const Code& code) {
        const auto beginning = beginningOf(code.code);
        if (beginning.size() <= longest || !keys.starts_with(beginning) || !fits(code, hash)) return;
        if (auto read = readArgument(code, keys.substr(beginning.size()))) {
            best = std::move(read);
            longest = beginning.size();
        }
    };
    for (const auto& change : directory.codes) {
        if (change.function == functions::kOff || !keys.starts_with(beginningOf(change.code))) continue;
        auto code = codeOf(change);
        for (const auto& known : franceCodes()) {
            if (known.code == code.code) code.hash = known.hash;
        }
        tryCode(code);
    }
    for (const auto& code : franceCodes()) {
        const auto changed = [&code](const CodeChange& change) { return change.code == code.code; };
        if (!keys.starts_with(beginningOf(code.code))) continue;
        if (std::none_of(directory.codes.begin(), directory.codes.end(), changed)) tryCode(code);
    }
    return best;
}

}  // namespace beffroi::routing
