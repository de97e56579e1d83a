// SPDX-License-Identifier: AGPL-3.0-or-later

#include "directory/database.hpp"

#include "directory/meta.hpp"
#include "directory/session.hpp"
#include "support/temporary_folder.hpp"

#include <sys/stat.h>
#include <unistd.h>
#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

using namespace beffroi::directory;
using beffroi::test::TemporaryFolder;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

namespace {

namespace fs = std::filesystem;

constexpr const char* kTowers[] = {"CREATE TABLE towers (name TEXT); CREATE TABLE bells (tower TEXT)",
                                   "ALTER TABLE towers ADD COLUMN height INTEGER NOT NULL DEFAULT 7",
                                   "CREATE TABLE clocks (tower TEXT); UPDATE towers SET height = height * 10"};
constexpr SchemaSteps kSteps{kTowers};

template <typename T>
T ask(Session& session, const std::string& query) {
    T value{};
    session.sql() << query, soci::into(value);
    return value;
}

unsigned modeOf(const std::string& path) {
    struct stat status {};
    REQUIRE(stat(path.c_str(), &status) == 0);
    return status.st_mode & 07777U;
}

std::vector<std::string> filesOf(const TemporaryFolder& folder) {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator{folder.path("")}) names.push_back(entry.path().filename());
    std::sort(names.begin(), names.end());
    return names;
}

// The fault that opening ends with, and its text.
struct Refusal {
    std::optional<Fault> fault;
    std::string text;
};

Refusal refusalOf(const std::string& path, SchemaSteps steps = schemaSteps()) {
    try {
        const Database database{path, steps};
        return {};
    } catch (const DatabaseError& error) {
        return {error.fault(), error.what()};
    }
}

}  // namespace

TEST_CASE("a new database is ours alone, and kept so that a commit survives a power cut", "[directory][database]") {
    const TemporaryFolder folder;
    const auto path = folder.path("town.db");
    Database database{path};
    CHECK(modeOf(path) == 0600);
    auto& session = database.session();
    CHECK(ask<std::string>(session, "PRAGMA journal_mode") == "wal");
    CHECK(ask<int>(session, "PRAGMA synchronous") == 2);  // FULL
    CHECK(ask<int>(session, "PRAGMA foreign_keys") == 1);
    CHECK(ask<std::string>(session, "PRAGMA locking_mode") == "exclusive");
    CHECK(schemaOf(session) == static_cast<int>(schemaSteps().size()));
    CHECK(filesOf(folder) == std::vector<std::string>{"town.db", "town.db-wal"});
}

TEST_CASE("what was committed is there when the database is opened again, without a copy", "[directory][database]") {
    const TemporaryFolder folder;
    const auto path = folder.write("town.db", "");  // an empty file is a new database
    {
        Database database{path};
        setMeta(database.session(), "key", "first");
        setMeta(database.session(), "key", "last");
    }
    Database database{path};
    CHECK(meta(database.session(), "key") == "last");
    CHECK(meta(database.session(), "absent").empty());
    CHECK(filesOf(folder) == std::vector<std::string>{"town.db", "town.db-wal"});
}

TEST_CASE("a second opener is told that the database is in use, and the first goes on", "[directory][database]") {
    const TemporaryFolder folder;
    const auto path = folder.path("town.db");
    Database first{path};
    const auto refusal = refusalOf(path);
    CHECK(refusal.fault == Fault::InUse);
    CHECK_THAT(refusal.text, StartsWith(path + ": the database is in use by another process"));
    setMeta(first.session(), "key", "value");
    CHECK(meta(first.session(), "key") == "value");
}

TEST_CASE("tables of every earlier version are brought up to date, after a copy was made", "[directory][database]") {
    for (std::size_t version = 1; version < kSteps.size(); ++version) {
        CAPTURE(version);
        const TemporaryFolder folder;
        const auto path = folder.path("town.db");
        const auto copy = path + ".bak-v" + std::to_string(version);
        folder.write("town.db.bak-v" + std::to_string(version) + ".part", "left over from a crash");
        {
            Database old{path, kSteps.first(version)};
            old.session().sql() << "INSERT INTO towers (name) VALUES ('Arras')";
        }
        Database database{path, kSteps};
        CHECK(schemaOf(database.session()) == 3);
        CHECK(ask<std::string>(database.session(), "SELECT name FROM towers") == "Arras");
        CHECK(ask<int>(database.session(), "SELECT height FROM towers") == 70);
        CHECK(ask<int>(database.session(), "SELECT COUNT(*) FROM clocks") == 0);
        CHECK(modeOf(copy) == 0600);
        CHECK_FALSE(fs::exists(copy + ".part"));
        Database before{copy, kSteps.first(version)};
        CHECK(ask<std::string>(before.session(), "SELECT name FROM towers") == "Arras");
    }
}

TEST_CASE("the program's own tables are reached from each of their versions", "[directory][database]") {
    for (std::size_t version = 0; version < schemaSteps().size(); ++version) {
        CAPTURE(version);
        const TemporaryFolder folder;
        const auto path = folder.path("town.db");
        { const Database old{path, schemaSteps().first(version)}; }
        Database database{path};
        CHECK(schemaOf(database.session()) == static_cast<int>(schemaSteps().size()));
    }
}

TEST_CASE("a step that fails leaves the version before it", "[directory][database]") {
    const TemporaryFolder folder;
    const auto path = folder.path("town.db");
    {
        Database old{path, kSteps.first(1)};
        old.session().sql() << "INSERT INTO towers (name) VALUES ('Lille')";
    }
    const char* const broken[] = {kTowers[0], kTowers[1], "UPDATE towers SET height = 1; CREATE NONSENSE"};
    const auto refusal = refusalOf(path, broken);
    CHECK(refusal.fault == Fault::Rejected);
    Database database{path, kSteps.first(2)};
    CHECK(ask<int>(database.session(), "SELECT height FROM towers") == 7);
}

TEST_CASE("a database of a later version is refused and left alone", "[directory][database]") {
    const TemporaryFolder folder;
    const auto path = folder.path("town.db");
    { const Database later{path, kSteps}; }
    const auto refusal = refusalOf(path, kSteps.first(1));
    CHECK(refusal.fault == Fault::TooNew);
    CHECK_THAT(refusal.text, StartsWith(path + ": the database was written by a later version: its tables have version "
                                               "3, this program knows 1"));
    Database later{path, kSteps};
    CHECK(ask<int>(later.session(), "SELECT COUNT(*) FROM clocks") == 0);
}

TEST_CASE("what cannot be our database is refused with the file's name and the reason", "[directory][database]") {
    const TemporaryFolder folder;
    const auto check = [](const std::string& path, Fault fault, const std::string& text) {
        const auto refusal = refusalOf(path);
        CHECK(refusal.fault == fault);
        CHECK_THAT(refusal.text, StartsWith(path + ": ") && Contains(text));
    };
    SECTION("no folder") {
        check(folder.path("absent/town.db"), Fault::NoFolder,
              "the folder " + folder.path("absent") + " does not exist; create it or change store.path");
    }
    SECTION("a folder") {
        fs::create_directory(folder.path("town.db"));
        check(folder.path("town.db"), Fault::NotWritable, "is not a file");
    }
    SECTION("another kind of file") {
        const auto path = folder.write("town.db", std::string(8192, 'x'));
        check(path, Fault::Corrupt, "is not a database");
        CHECK(beffroi::test::textOf(path) == std::string(8192, 'x'));
    }
    SECTION("another program's database") {
        const auto path = folder.write("town.db", "");
        { Session{path}.sql() << "CREATE TABLE other (x)"; }
        check(path, Fault::Foreign, "the database belongs to another program");
    }
    SECTION("a path that cannot be told to SQLite") {
        check(folder.write("a\"b.db", ""), Fault::NotWritable, "quotation mark");
    }
    SECTION("a file that may not be written") {
        if (geteuid() == 0) return;  // who may write everything
        const auto path = folder.write("town.db", "");
        REQUIRE(chmod(path.c_str(), 0400) == 0);
        check(path, Fault::NotWritable, "cannot be written: Permission denied");
    }
}
