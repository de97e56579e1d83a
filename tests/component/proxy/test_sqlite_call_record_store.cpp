// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A real database file and the real store thread; only the time after which records are handed over is the test's.

#include "proxy/sqlite_call_record_store.hpp"

#include "base/system_clock.hpp"
#include "base/timer_wheel.hpp"
#include "directory/session.hpp"
#include "support/fake_clock.hpp"

#include <unistd.h>
#include <catch2/catch.hpp>

#include <filesystem>
#include <future>
#include <memory>
#include <string>
#include <vector>

using namespace beffroi;
using namespace beffroi::proxy;
using test::FakeClock;

namespace {

using Ids = std::vector<std::string>;

class NoLoop final : public Executor {
public:
    void post(std::function<void()>) override {}
};

class Folder {
public:
    Folder() {
        std::string name = (std::filesystem::temp_directory_path() / "beffroi-calls-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path_ = name;
    }
    ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    [[nodiscard]] std::string database() const { return path_ / "beffroi.db"; }

private:
    std::filesystem::path path_;
};

struct Office {
    explicit Office(directory::StoreThread::Limits limits = {}) {
        thread = std::make_unique<directory::StoreThread>(directory::Database{folder.database()}, loop, clock, limits);
        records = std::make_unique<SqliteCallRecordStore>(*thread, wheel);
    }
    ~Office() {
        records.reset();
        thread.reset();
    }
    Office(const Office&) = delete;
    Office& operator=(const Office&) = delete;

    CallRecord record(const std::string& id) {
        CallRecord result;
        result.id = id;
        result.callId = "call-" + id;
        result.start = time.wallNow();
        return result;
    }
    /// Hands over what was gathered.
    void pass() {
        time.advance(60ms);
        wheel.advance();
    }
    void write(const std::string& id) {
        records->write(record(id));
        pass();
    }
    /// Runs on the store thread, behind all that was given to it before; returns when it is done.
    template <typename Work>
    bool onStore(Work work) {
        std::promise<bool> done;
        thread->run(std::move(work), [&done](bool durable) { done.set_value(durable); });
        return done.get_future().get();
    }
    std::vector<CallRecord> recent(int count = 100) {
        std::vector<CallRecord> found;
        REQUIRE(onStore([&](directory::Session& session) { found = SqliteCallRecordStore::recent(session, count); }));
        return found;
    }
    Ids ids(int count = 100) {
        Ids result;
        for (const auto& found : recent(count)) result.push_back(found.id);
        return result;
    }
    /// No page more than the file has now; or as many as it likes.
    void limitPages(int count) {
        REQUIRE(onStore([count](directory::Session& session) {
            int now = 0;
            session.sql() << "PRAGMA max_page_count = " + std::to_string(count), soci::into(now);
        }));
    }
    static CallRecord tooLarge(CallRecord record) {
        record.callerName.assign(100'000, 'x');
        return record;
    }

    FakeClock time;
    base::TimerWheel wheel{time};
    base::SystemClock clock;
    NoLoop loop;
    Folder folder;
    std::unique_ptr<directory::StoreThread> thread;
    std::unique_ptr<SqliteCallRecordStore> records;
};

constexpr int kPlenty = 1'000'000;

}  // namespace

TEST_CASE("a call record says where the call went, and that it was an emergency", "[proxy][calls]") {
    Office office;
    auto record = office.record("id-1");
    record.kind = CallKind::Emergency;
    record.incomingGateway = "branch";
    office.records->write(record);
    office.pass();
    record.destination = "+33612345678";
    record.forwardedBy = "2101";
    record.gateway = "operator";
    record.numberClass = "mobile";
    record.presented = "+33327000101";
    office.records->write(record);
    office.pass();
    const auto found = office.recent();
    REQUIRE(found.size() == 1);
    CHECK(found[0].kind == CallKind::Emergency);
    CHECK(found[0].incomingGateway == "branch");
    CHECK(found[0].destination == "+33612345678");
    CHECK(found[0].forwardedBy == "2101");
    CHECK(found[0].gateway == "operator");
    CHECK(found[0].numberClass == "mobile");
    CHECK(found[0].presented == "+33327000101");
}

TEST_CASE("a call record comes back as it was written", "[proxy][calls]") {
    Office office;
    CallRecord record;
    record.id = "id-1";
    record.callId = "call-1@192.0.2.10";
    record.caller = "2101";
    record.callerName = "Anne d'Artois \"é\"";
    record.callerAccount = "2101-bureau";
    record.dialled = "*'; DROP TABLE calls; --";
    record.start = office.time.wallNow();
    office.records->write(record);
    CHECK(office.recent().empty());  // gathered for a moment
    office.pass();
    {
        const auto found = office.recent();
        REQUIRE(found.size() == 1);
        CHECK(found[0].callId == record.callId);
        CHECK(found[0].caller == record.caller);
        CHECK(found[0].callerName == record.callerName);
        CHECK(found[0].callerAccount == record.callerAccount);
        CHECK(found[0].dialled == record.dialled);
        CHECK(found[0].start == record.start);
        CHECK(found[0].cause == CallEnd::Open);
        CHECK_FALSE(found[0].ring);
        CHECK_FALSE(found[0].answer);
        CHECK_FALSE(found[0].end);
    }
    record.ring = record.start + 1s;
    office.records->write(record);
    record.answer = record.start + 5001ms;
    record.answeredBy = "2102 (2102-bureau)";
    record.status = 200;
    office.records->write(record);
    office.pass();
    record.end = record.start + 1h;
    record.cause = CallEnd::CalleeHungUp;
    office.records->write(record);
    office.pass();

    const auto found = office.recent();
    REQUIRE(found.size() == 1);  // in place
    CHECK(found[0].ring == record.ring);
    CHECK(found[0].answer == record.answer);
    CHECK(found[0].answeredBy == record.answeredBy);
    CHECK(found[0].end == record.end);
    CHECK(found[0].cause == CallEnd::CalleeHungUp);
    CHECK(found[0].status == 200);
}

TEST_CASE("the newest calls are read first, also of those that began together", "[proxy][calls]") {
    Office office;
    for (int i = 10; i < 60; ++i) office.records->write(office.record(std::to_string(i)));  // within one instant
    office.pass();
    office.write("a");
    office.write("b");
    auto first = office.record("10");  // its end does not make it newer
    first.start -= 180ms;
    first.end = office.time.wallNow();
    office.records->write(first);
    office.pass();

    const auto ids = office.ids();
    REQUIRE(ids.size() == 52);
    CHECK(Ids{ids.begin(), ids.begin() + 4} == Ids{"b", "a", "59", "58"});
    CHECK(ids.back() == "10");
    CHECK(office.ids(2) == Ids{"b", "a"});
}

TEST_CASE("what was gathered is handed over at the end", "[proxy][calls]") {
    Office office;
    office.records->write(office.record("last"));
    office.records.reset();
    CHECK(office.ids() == Ids{"last"});
}

TEST_CASE("records that a full disk refuses are written when there is room again", "[proxy][calls][durability]") {
    directory::StoreThread::Limits limits;
    limits.retryEvery = 1ms;
    Office office{limits};
    office.write("before");
    office.limitPages(1);
    for (const auto* id : {"a", "b", "c"}) {
        office.records->write(Office::tooLarge(office.record(id)));
        office.pass();
    }
    CHECK(office.ids() == Ids{"before"});
    const auto health = office.thread->health();
    CHECK_FALSE(health.writable);
    CHECK_FALSE(health.problem.empty());

    office.limitPages(kPlenty);
    int tries = 0;
    while (office.ids().size() < 4 && tries < 1000) ++tries;
    CHECK(office.ids() == Ids{"c", "b", "a", "before"});
    CHECK(office.thread->health().lost == 0);
}

TEST_CASE("beyond the limit the oldest of the refused records are lost", "[proxy][calls][durability]") {
    directory::StoreThread::Limits limits;
    limits.retryEvery = 1h;  // not before the thread stops
    limits.kept = 3;
    Office office{limits};
    office.limitPages(1);
    for (const auto* id : {"a", "b", "c", "d", "e"}) {
        office.records->write(Office::tooLarge(office.record(id)));
        office.pass();
        CHECK(office.ids().empty());
    }
    CHECK(office.thread->health().kept == 3);
    CHECK(office.thread->health().lost == 2);

    office.limitPages(kPlenty);
    office.records.reset();
    office.thread->stop();
    directory::Database again{office.folder.database()};
    Ids ids;
    for (const auto& record : SqliteCallRecordStore::recent(again.session(), 10)) ids.push_back(record.id);
    CHECK(ids == Ids{"e", "d", "c"});
}

TEST_CASE("a call that a crash interrupted is closed at the next start", "[proxy][calls]") {
    Office office;
    office.write("open");
    auto ended = office.record("ended");
    ended.end = ended.start + 5s;
    ended.cause = CallEnd::CallerHungUp;
    ended.status = 200;
    office.records->write(ended);
    auto answered = office.record("answered");
    answered.answer = answered.start + 1s;
    answered.status = 200;
    office.records->write(answered);
    office.pass();

    const auto restart = office.time.wallNow() + 1h;
    long long closed = 0;
    const auto close = [&](directory::Session& session) {
        closed = SqliteCallRecordStore::closeInterrupted(session, restart);
    };
    REQUIRE(office.onStore(close));
    CHECK(closed == 2);
    for (const auto& record : office.recent()) {
        INFO(record.id);
        const bool interrupted = record.id != "ended";
        CHECK(record.cause == (interrupted ? CallEnd::Interrupted : CallEnd::CallerHungUp));
        CHECK(record.end == (interrupted ? restart : *ended.end));
        CHECK(record.answer.has_value() == (record.id == "answered"));
    }
    REQUIRE(office.onStore(close));
    CHECK(closed == 0);
}
