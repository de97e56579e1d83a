// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A real database file and the real store thread; the test plays the loop.

#include "guard/sqlite_ban_store.hpp"

#include "base/system_clock.hpp"
#include "directory/session.hpp"
#include "support/posted_tasks.hpp"
#include "support/temporary_folder.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <memory>
#include <optional>
#include <string>

using namespace beffroi;
using namespace beffroi::guard;
using namespace beffroi::test;

namespace {

constexpr Clock::WallTime kNow = std::chrono::sys_days{std::chrono::year{2027} / 5 / 3} + 7min + 13ms;

Ban banOf(const char* range, const char* account = "", const char* by = "") {
    return {*AddressRange::parse(range), account, kNow, kNow + 1h, "many wrong passwords'); DROP TABLE bans; --", by};
}

struct Office {
    Office() { open(); }
    void open() {
        thread = std::make_unique<directory::StoreThread>(directory::Database{folder.path("beffroi.db")}, loop, clock);
        bans = std::make_unique<SqliteBanStore>(*thread);
    }
    /// What is on disk, by range and account.
    [[nodiscard]] std::map<std::string, Ban> reopen() {
        bans.reset();
        thread.reset();
        std::map<std::string, Ban> found;
        {
            directory::Database database{folder.path("beffroi.db")};
            for (auto& ban : SqliteBanStore::load(database.session())) {
                found.emplace(ban.range.toString() + ' ' + ban.account, ban);
            }
        }
        open();
        return found;
    }
    [[nodiscard]] bool commit(std::vector<Ban> changed, std::vector<Ban> removed = {}) {
        std::optional<bool> answer;
        bans->commit(std::move(changed), std::move(removed), [&answer](bool durable) { answer = durable; });
        while (!answer) loop.runOne();
        return *answer;
    }

    TemporaryFolder folder;
    base::SystemClock clock;
    PostedTasks loop;
    std::unique_ptr<directory::StoreThread> thread;
    std::unique_ptr<SqliteBanStore> bans;
};

}  // namespace

TEST_CASE("bans that were acknowledged are there after a restart", "[guard][database]") {
    Office office;
    REQUIRE(office.commit({banOf("203.0.113.5"), banOf("203.0.113.5", "anne"), banOf("2001:db8::/48", "", "root")}));
    auto found = office.reopen();
    REQUIRE(found.size() == 3);
    const auto& ban = found.at("203.0.113.5 anne");
    CHECK(ban.since == kNow);
    CHECK(ban.until == kNow + 1h);
    CHECK(ban.reason == banOf("203.0.113.5").reason);
    CHECK(ban.by.empty());
    CHECK(found.at("2001:db8::/48 ").by == "root");

    SECTION("the same again takes the place of the first") {
        auto longer = banOf("203.0.113.5");
        longer.until = Ban::kForever;
        REQUIRE(office.commit({longer}));
        found = office.reopen();
        CHECK(found.size() == 3);
        CHECK(found.at("203.0.113.5 ").until == Ban::kForever);
        CHECK(found.at("203.0.113.5 anne").until == kNow + 1h);
    }
    SECTION("what is removed is gone, and nothing else") {
        REQUIRE(office.commit({}, {banOf("203.0.113.5")}));
        found = office.reopen();
        CHECK(found.size() == 2);
        CHECK(found.count("203.0.113.5 ") == 0);
    }
}

TEST_CASE("our own bans are written though nobody waits for them", "[guard][database]") {
    Office office;
    office.bans->commit({banOf("203.0.113.5")}, {}, nullptr);
    CHECK(office.reopen().count("203.0.113.5 ") == 1);
    office.bans->commit({}, {banOf("203.0.113.5")}, nullptr);
    CHECK(office.reopen().empty());
}
