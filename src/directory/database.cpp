// SPDX-License-Identifier: AGPL-3.0-or-later
#include "directory/database.hpp"

#include "directory/schema.hpp"

#include <fcntl.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

namespace beffroi::directory {
namespace {

namespace fs = std::filesystem;

std::string systemText(int error) { return std::generic_category().message(error); }

// Made before SQLite would, so that nobody else can ever read it.
void makePrivate(const std::string& path) {
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0) throw DatabaseError{"database " + path + ": " + systemText(errno)};
    close(descriptor);
}

}  // namespace

Database::Database(const std::string& path) {
    const auto folder = fs::path{path}.parent_path();
    if (!folder.empty() && !fs::is_directory(folder)) {
        throw DatabaseError{"database " + path + ": its folder " + folder.string() + " does not exist"};
    }
    makePrivate(path);
    try {
        open(path);
        migrate(path);
    } catch (const soci::soci_error& error) {
        throw DatabaseError{"database " + path + ": " + error.what()};
    }
}

Database::~Database() = default;

void Database::open(const std::string& path) {
    session_ = std::make_unique<soci::session>(soci::sqlite3, "db=" + path + " timeout=5");
    auto& sql = *session_;
    sql << "PRAGMA journal_mode=WAL";
    sql << "PRAGMA synchronous=FULL";
    sql << "PRAGMA foreign_keys=ON";
    sql << "PRAGMA trusted_schema=OFF";
    sql << "PRAGMA wal_autocheckpoint=1000";
    std::string verdict;
    sql << "PRAGMA quick_check(1)", soci::into(verdict);
    if (verdict != "ok") throw DatabaseError{"database " + path + " is damaged: " + verdict};
}

int Database::schemaVersion() {
    int version = 0;
    *session_ << "PRAGMA user_version", soci::into(version);
    return version;
}

void Database::migrate(const std::string& path) {
    auto& sql = *session_;
    const int found = schemaVersion();
    if (found > kSchemaVersion) {
        throw DatabaseError{"database " + path + " was written by a newer Beffroi (schema " + std::to_string(found) +
                            ", this one knows " + std::to_string(kSchemaVersion) + ")"};
    }
    if (found > 0 && found < kSchemaVersion) {
        const auto copy = path + ".before-v" + std::to_string(kSchemaVersion);
        fs::remove(copy);
        sql << "VACUUM INTO :copy", soci::use(copy, "copy");
    }
    for (int version = found; version < kSchemaVersion; ++version) {
        soci::transaction transaction{sql};
        for (const auto statement : migrations().at(static_cast<std::size_t>(version))) sql << std::string{statement};
        sql << "PRAGMA user_version=" << version + 1;
        transaction.commit();
    }
}

std::string Database::meta(const std::string& key) {
    std::string value;
    *session_ << "SELECT value FROM meta WHERE name = :name", soci::use(key, "name"), soci::into(value);
    return session_->got_data() ? value : std::string{};
}

void Database::setMeta(const std::string& key, const std::string& value) {
    *session_ << "INSERT INTO meta (name, value) VALUES (:name, :value)"
                 " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        soci::use(key, "name"), soci::use(value, "value");
}

}  // namespace beffroi::directory
