// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A real database file and the real store thread; the test plays the loop and its time.

#include "registrar/sqlite_binding_store.hpp"

#include "base/system_clock.hpp"
#include "base/timer_wheel.hpp"
#include "directory/session.hpp"
#include "support/fake_clock.hpp"
#include "support/posted_tasks.hpp"
#include "support/temporary_folder.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <future>
#include <map>
#include <memory>
#include <tuple>

using namespace beffroi;
using namespace beffroi::registrar;
using namespace beffroi::test;

namespace {

const std::string kFile = "beffroi.db";

auto everything(const StoredBinding& b) {
    return std::tie(b.id, b.aor.user, b.aor.domain, b.contact, b.parameters, b.instance, b.path, b.callId, b.cseq, b.q,
                    b.account, b.userAgent, b.transport, b.local, b.remote, b.expiresAt);
}

using Rows = std::map<std::uint64_t, StoredBinding>;

Rows rowsOf(directory::Session& session) {
    Rows rows;
    for (auto& row : SqliteBindingStore::load(session)) rows.emplace(row.id, std::move(row));
    return rows;
}

struct Office {
    Office() { open(); }
    ~Office() { close(); }
    Office(const Office&) = delete;
    Office& operator=(const Office&) = delete;

    void open() {
        thread = std::make_unique<directory::StoreThread>(directory::Database{folder.path(kFile)}, loop, clock);
        bindings = std::make_unique<SqliteBindingStore>(*thread, wheel);
    }
    void close() {
        bindings.reset();
        thread.reset();
    }

    [[nodiscard]] StoredBinding binding(std::uint64_t id) const {
        StoredBinding row;
        row.id = id;
        row.aor = {"2101", "ville.example"};
        row.contact = "sip:2101@192.0.2.10";
        row.callId = "call-" + std::to_string(id);
        row.cseq = 1;
        row.account = "2101";
        row.local = *SocketAddress::parse("192.0.2.1", 5060);
        row.remote = *SocketAddress::parse("192.0.2.10", 5060);
        row.expiresAt = time.wallNow() + 3600s;
        return row;
    }
    [[nodiscard]] bool commit(std::vector<StoredBinding> changed, std::vector<std::uint64_t> removed = {}) {
        std::optional<bool> answer;
        bindings->commit(std::move(changed), std::move(removed), [&answer](bool durable) { answer = durable; });
        while (!answer) loop.runOne();
        return *answer;
    }
    void pass(Clock::Duration by) {
        time.advance(by);
        wheel.advance();
    }
    bool onStore(const directory::StoreThread::Work& work) {
        std::promise<bool> done;
        thread->run(work, [&done](bool well) { done.set_value(well); });
        return done.get_future().get();
    }
    void pragma(const std::string& text) {
        REQUIRE(onStore([&text](directory::Session& session) { session.sql() << "PRAGMA " + text; }));
    }
    /// What the database says, after all that was handed over before.
    Rows rows() {
        Rows found;
        REQUIRE(onStore([&found](directory::Session& session) { found = rowsOf(session); }));
        return found;
    }
    /// What another process would find on the disk if this one were killed now.
    Rows rowsAfterCrash() {
        const TemporaryFolder elsewhere;
        for (const std::string suffix : {"", "-wal"}) {
            std::filesystem::copy_file(folder.path(kFile + suffix), elsewhere.path(kFile + suffix));
        }
        directory::Database database{elsewhere.path(kFile)};
        return rowsOf(database.session());
    }

    FakeClock time;
    base::TimerWheel wheel{time};
    base::SystemClock clock;
    PostedTasks loop;
    TemporaryFolder folder;
    std::unique_ptr<directory::StoreThread> thread;
    std::unique_ptr<SqliteBindingStore> bindings;
};

}  // namespace

TEST_CASE("a binding comes back from the disk as it went there", "[registrar][durability]") {
    Office office;
    auto full = office.binding(0x7fff'ffff'ffff'fffe);
    full.aor = {"21 01'é", "ville.example"};
    full.contact = "sip:2101@[2001:db8::10]:5062;line=a%20b";
    full.parameters = ";q=0.25;+sip.instance=\"<urn:uuid:1>\";methods=\"INVITE, BYE\"";
    full.instance = "\"<urn:uuid:1>\";reg-id=1";
    full.path = {"<sip:edge1.ville.example;lr>", "\"Bord, nord\" <sip:[2001:db8::1]:5060;lr>", "<sip:3@192.0.2.3;lr>"};
    full.cseq = 0xffff'ffff;
    full.q = 250;
    full.userAgent = "Phone \"1.0\"; DROP TABLE bindings";
    full.transport = Transport::Tls;
    full.local = *SocketAddress::parse("2001:db8::1", 5061);
    full.remote = *SocketAddress::parse("fe80::10%lo", 40000);
    full.expiresAt += 7ms;
    auto bare = office.binding(1);
    bare.contact = "sip:192.0.2.10";
    bare.q = 0;
    bare.transport = Transport::Tcp;
    bare.local = {};
    bare.remote = {};
    REQUIRE(office.commit({full, bare}));

    const auto check = [&](const Rows& rows) {
        REQUIRE(rows.size() == 2);
        CHECK(everything(rows.at(full.id)) == everything(full));
        CHECK(everything(rows.at(bare.id)) == everything(bare));
    };
    SECTION("at once") { check(office.rows()); }
    SECTION("after a crash: what was acknowledged needs no orderly end") { check(office.rowsAfterCrash()); }
    SECTION("after an end and a new start") {
        office.close();
        office.open();
        check(office.rows());
    }
    SECTION("and one that changes replaces itself") {
        full.path.clear();
        full.contact = "sip:2101@192.0.2.11";
        REQUIRE(office.commit({full}, {bare.id, 4711}));
        const auto rows = office.rowsAfterCrash();
        REQUIRE(rows.size() == 1);
        CHECK(everything(rows.at(full.id)) == everything(full));
    }
}

TEST_CASE("commits that wait for one another are one", "[registrar][durability]") {
    Office office;
    std::promise<void> started;
    std::promise<void> release;
    office.thread->run(
        [&](directory::Session&) {
            started.set_value();
            release.get_future().wait();
        },
        [](bool) {});
    started.get_future().wait();
    int durable = 0;
    for (std::uint64_t id = 1; id <= 50; ++id) {
        office.bindings->commit({office.binding(id)}, {}, [&durable](bool well) { durable += well ? 1 : 0; });
    }
    CHECK(office.thread->health().commits == 0);
    release.set_value();
    office.loop.runOne();
    CHECK(durable == 50);
    CHECK(office.loop.waiting() == 0);
    CHECK(office.rows().size() == 50);
    CHECK(office.thread->health().commits <= 3);
}

TEST_CASE("renewals are gathered and written within a second", "[registrar][durability]") {
    Office office;
    REQUIRE(office.commit({office.binding(1), office.binding(2), office.binding(3)}));
    const auto before = office.rows();
    const auto later = before.at(1).expiresAt + 1h;
    office.bindings->renewed(1, "boot-2", 2, later - 1min);
    office.pass(500ms);
    office.bindings->renewed(2, "boot-2", 7, later);
    office.bindings->renewed(1, "boot-2", 3, later);
    office.bindings->renewed(99, "boot-2", 1, later);
    CHECK(office.rows().at(1).cseq == 1);

    SECTION("together, the last one of each binding") {
        const auto handedOver = office.thread->health().writes;
        office.pass(450ms);
        const auto rows = office.rows();
        CHECK(office.thread->health().writes == handedOver + 2);  // one for the renewals, one for this look
        REQUIRE(rows.size() == 3);
        CHECK(rows.at(1).callId == "boot-2");
        CHECK(rows.at(1).cseq == 3);
        CHECK(rows.at(1).expiresAt == later);
        CHECK(rows.at(2).cseq == 7);
        CHECK(rows.at(2).expiresAt == later);
        CHECK(everything(rows.at(3)) == everything(before.at(3)));
        CHECK(office.rowsAfterCrash().at(2).cseq == 7);
    }
    SECTION("at the end of the program, too") {
        office.close();
        office.open();
        CHECK(office.rows().at(1).expiresAt == later);
    }
    SECTION("one that comes late does not undo what is newer") {
        auto changed = office.binding(1);
        changed.callId = "boot-2";
        changed.cseq = 9;
        changed.expiresAt = later + 1min;
        REQUIRE(office.commit({changed}, {}));
        office.bindings->renewed(1, "boot-2", 8, later + 2min);
        office.pass(1s);
        CHECK(everything(office.rows().at(1)) == everything(changed));
        office.bindings->renewed(1, "boot-1", 20, later);
        office.pass(1s);
        CHECK(everything(office.rows().at(1)) == everything(changed));
        office.bindings->renewed(1, "boot-2", 10, later);  // shorter than before, but newer
        office.pass(1s);
        CHECK(office.rows().at(1).expiresAt == later);
        office.bindings->renewed(1, "boot-3", 1, later + 2min);
        office.pass(1s);
        CHECK(office.rows().at(1).callId == "boot-3");
    }
    SECTION("a change of the binding is newer than its renewal") {
        auto changed = office.binding(1);
        changed.cseq = 4;
        REQUIRE(office.commit({changed}, {2}));
        office.pass(1s);
        const auto rows = office.rows();
        CHECK(everything(rows.at(1)) == everything(changed));
        CHECK(rows.count(2) == 0);
    }
    SECTION("but if that change cannot be written, the renewal is") {
        office.pragma("max_page_count = 1");
        auto changed = office.binding(1);
        changed.cseq = 4;
        changed.userAgent.assign(200'000, 'x');
        office.bindings->commit({changed}, {2}, [](bool durable) { CHECK_FALSE(durable); });
        office.bindings->renewed(2, "boot-2", 8, later + 1min);
        office.loop.runOne();
        office.pragma("max_page_count = 1000000");
        office.pass(1s);
        const auto rows = office.rows();
        CHECK(rows.at(1).cseq == 3);
        CHECK(rows.at(1).expiresAt == later);
        CHECK(rows.at(2).cseq == 8);
        CHECK(rows.at(2).expiresAt == later + 1min);
    }
}

TEST_CASE("a disk that refuses is told, and takes all or nothing", "[registrar][durability]") {
    Office office;
    REQUIRE(office.commit({office.binding(1), office.binding(2)}));
    auto large = office.binding(3);
    large.userAgent.assign(200'000, 'x');
    const auto refusal = GENERATE(std::string{"query_only = 1"}, std::string{"max_page_count = 1"});
    CAPTURE(refusal);
    office.pragma(refusal);
    auto changed = office.binding(1);
    changed.cseq = 9;
    CHECK_FALSE(office.commit({changed, large}, {2}));
    const auto rows = office.rowsAfterCrash();
    REQUIRE(rows.size() == 2);
    CHECK(rows.at(1).cseq == 1);
    const auto health = office.thread->health();
    CHECK_FALSE(health.writable);
    CHECK_FALSE(health.problem.empty());

    SECTION("until there is room again") {
        if (refusal == "query_only = 1") {  // which not even this can be told to: it must be opened anew
            office.close();
            office.open();
        } else {
            office.pragma("max_page_count = 1000000");
        }
        CHECK(office.commit({changed, large}, {2}));
        CHECK(office.rowsAfterCrash().count(3) == 1);
        CHECK(office.thread->health().writable);
    }
    SECTION("and so is one that has ended") {
        office.thread->stop();
        CHECK_FALSE(office.commit({office.binding(4)}));
    }
}
