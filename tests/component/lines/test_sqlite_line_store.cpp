// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A real database file and the real store thread; the test plays the loop.

#include "lines/sqlite_line_store.hpp"

#include "base/system_clock.hpp"
#include "directory/session.hpp"
#include "support/posted_tasks.hpp"
#include "support/temporary_folder.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <future>
#include <optional>

using namespace beffroi;
using namespace beffroi::lines;
using namespace beffroi::test;

namespace {

const std::string kFile = "beffroi.db";

struct Office {
    bool commit(LineEntries change) {
        std::optional<bool> answer;
        store.commit(std::move(change), [&answer](bool durable) { answer = durable; });
        while (!answer) loop.runOne();
        return *answer;
    }
    void onStore(const directory::StoreThread::Work& work) {
        std::promise<bool> done;
        thread.run(work, [&done](bool well) { done.set_value(well); });
        REQUIRE(done.get_future().get());
    }
    /// What another process would find on the disk if this one were killed now.
    [[nodiscard]] LineEntries afterCrash() const {
        const TemporaryFolder elsewhere;
        for (const std::string suffix : {"", "-wal"}) {
            std::filesystem::copy_file(folder.path(kFile + suffix), elsewhere.path(kFile + suffix));
        }
        directory::Database database{elsewhere.path(kFile)};
        return SqliteLineStore::load(database.session());
    }

    base::SystemClock clock;
    PostedTasks loop;
    TemporaryFolder folder;
    directory::StoreThread thread{directory::Database{folder.path(kFile)}, loop, clock};
    SqliteLineStore store{thread};
};

LineEntries everything() {
    LineSettings settings;
    settings.forwards = {"2102", "0612345678", "announcement:closed", "on-call:technique", "2'1\"0;3", 25s};
    settings.doNotDisturb = true;
    settings.callWaiting = false;
    settings.leftGroups = {"2200", "2201"};
    LineEntries all;
    all.lines = {{"2101", settings}};
    all.logins = {{"2191-guichet", "2101"}, {"2190-guichet", "2101"}};
    all.overrides = {
        {"accueil", HoursOverride{true, std::nullopt, ""}},
        {"etat-civil", HoursOverride{false, Clock::WallTime{std::chrono::milliseconds{1'800'000'000'007}}, "greve"}}};
    return all;
}

}  // namespace

TEST_CASE("what telephones have set comes back from the disk as it went there", "[lines][durability]") {
    Office office;
    REQUIRE(office.commit(everything()));
    const auto found = office.afterCrash();
    CHECK(found.lines == everything().lines);
    CHECK(found.logins == everything().logins);
    CHECK(found.overrides == everything().overrides);

    SECTION("what is changed replaces what was there, what is taken back is gone") {
        auto change = everything();
        change.lines[0].second.loggedInAt = {"2190-guichet"};  // not its business
        change.lines[0].second.forwards = {};
        change.logins = {{"2191-guichet", "2102"}, {"2190-guichet", ""}};
        change.overrides[1].second.reset();
        REQUIRE(office.commit(change));
        auto rest = office.afterCrash();
        REQUIRE(rest.lines.size() == 1);
        CHECK(rest.lines[0].second.forwards == Forwards{});
        CHECK(rest.lines[0].second.doNotDisturb);
        CHECK(rest.logins == std::vector<std::pair<std::string, std::string>>{{"2191-guichet", "2102"}});
        CHECK(rest.overrides.size() == 1);

        LineEntries nothing;
        nothing.lines = {{"2101", LineSettings{}}};
        REQUIRE(office.commit(nothing));
        CHECK(office.afterCrash().lines.empty());
    }
}

TEST_CASE("a disk that refuses keeps what it had, and says so", "[lines][durability]") {
    Office office;
    REQUIRE(office.commit(everything()));
    office.onStore([](directory::Session& session) { session.sql() << "PRAGMA max_page_count = 1"; });
    auto change = everything();
    change.lines[0].second.forwards.always.assign(200'000, '1');
    CHECK_FALSE(office.commit(change));
    CHECK(office.afterCrash().lines == everything().lines);

    office.store.commit(change, {});  // nobody waits for this one: it is repeated until it is done
    office.onStore([](directory::Session& session) { session.sql() << "PRAGMA max_page_count = 1000000"; });
    office.thread.stop();
    directory::Database database{office.folder.path(kFile)};
    CHECK(SqliteLineStore::load(database.session()).lines == change.lines);
}
