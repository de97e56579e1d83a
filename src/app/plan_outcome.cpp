// SPDX-License-Identifier: AGPL-3.0-or-later
#include "app/plan_outcome.hpp"

#include <nlohmann/json.hpp>

#include <string_view>

namespace beffroi::app {
namespace {

constexpr std::string_view kLetters = "23456789abcdefghjkmnpqrstuvwxyz";  // no 0 O 1 l i
constexpr std::size_t kPasswordLength = 20;

}  // namespace

nlohmann::json describeOutcome(const directory::ApplyOutcome& outcome) {
    auto passwords = nlohmann::json::array();
    for (const auto& made : outcome.passwords) {
        passwords.push_back({{"account", made.account}, {"extension", made.extension}, {"password", made.password}});
    }
    return {{"mistakes", outcome.mistakes},
            {"difference", outcome.difference},
            {"passwords", std::move(passwords)},
            {"revision", outcome.revision},
            {"applied", outcome.applied}};
}

std::string newPassword(base::Random& random) {
    std::string password;
    while (password.size() < kPasswordLength) password += kLetters[random.below(kLetters.size())];
    return password;
}

}  // namespace beffroi::app
