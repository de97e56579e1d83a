// SPDX-License-Identifier: AGPL-3.0-or-later
#include "directory/plan_knowledge.hpp"

#include <filesystem>
#include <map>
#include <mutex>
#include <utility>

namespace beffroi::directory {
namespace {

class Countries {
public:
    explicit Countries(std::string folder) : folder_{std::move(folder)} {}

    std::shared_ptr<const country::Country> find(const std::string& name) {
        const std::lock_guard lock{mutex_};
        if (const auto known = read_.find(name); known != read_.end()) return known->second;
        std::error_code ignored;
        if (!std::filesystem::is_regular_file(folder_ + '/' + name + ".toml", ignored)) return nullptr;
        auto country = std::make_shared<const country::Country>(country::Country::read(folder_, name));
        return read_.emplace(name, std::move(country)).first->second;
    }

private:
    const std::string folder_;
    std::mutex mutex_;
    std::map<std::string, std::shared_ptr<const country::Country>> read_;
};

}  // namespace

PlanKnowledge PlanKnowledge::of(const std::string& folder) {
    return {
        [countries = std::make_shared<Countries>(folder)](const std::string& name) { return countries->find(name); }};
}

}  // namespace beffroi::directory
