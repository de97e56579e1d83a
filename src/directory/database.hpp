// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The SQLite file: opened durable, its schema brought up to date by forward-only migrations. SOCI is the access layer
// (docs/adr/0003), so that the same statements serve another engine later.
// Thread: the store's, or a command's when no daemon runs.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>

namespace soci {
class session;
}

namespace beffroi::directory {

/// What an administrator can understand: the file and what is wrong with it.
class DatabaseError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

class Database {
public:
    /// Opens `path`, makes it (mode 0600) if it does not exist, and migrates it. A file of an older schema is copied to
    /// `path`.before-vN first. Throws DatabaseError: no such folder, not writable, not a database, damaged, or written
    /// by a newer program.
    explicit Database(const std::string& path);
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    [[nodiscard]] soci::session& session() noexcept { return *session_; }

    /// A small value kept with the data, such as a key; empty if it was never set.
    [[nodiscard]] std::string meta(const std::string& key);
    void setMeta(const std::string& key, const std::string& value);

    static constexpr int kSchemaVersion = 2;

private:
    void open(const std::string& path);
    void migrate(const std::string& path);
    [[nodiscard]] int schemaVersion();

    std::unique_ptr<soci::session> session_;
};

}  // namespace beffroi::directory
