// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Changes of a plan that come as texts, key by key, with the place where each was written; in the end the whole is
// checked.
// Thread: any but the loop.
#pragma once

#include "directory/plan_changes.hpp"
#include "directory/plan_language.hpp"

#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace beffroi::directory {

class PlanEditor {
public:
    PlanEditor(const Plan& current, std::string file, const PlanKnowledge& knowledge);

    void complain(PlanPlace place, std::string text);

    /// The entry of this key, made if there is none. Returns the key as it is kept; empty if it is wrong.
    [[nodiscard]] std::string open(const Table& table, std::string key, PlanPlace place);
    /// An empty text takes the value away.
    void set(const Table& table, const std::string& key, std::string_view field, std::string_view text,
             PlanPlace place);
    void remove(const Table& table, const std::string& key, PlanPlace place);

    [[nodiscard]] PlanResult finish();

private:
    void setSecret(const std::string& key, std::string_view field, std::string_view text, PlanPlace place);
    void settlePasswords();
    [[nodiscard]] bool usesMd5(const std::string& account) const;
    void settleCountry();
    void check();

    const Plan& current_;
    const std::string file_;
    const PlanKnowledge knowledge_;
    std::shared_ptr<const country::Country> country_;
    Plan plan_;
    struct Password {
        std::string account;
        std::string password;
        PlanPlace place;
    };
    std::vector<Password> passwords_;
    std::set<std::string> withMd5_;  // accounts for which it was said
    std::vector<PlanMistake> mistakes_;
};

}  // namespace beffroi::directory
