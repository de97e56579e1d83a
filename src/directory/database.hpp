// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The database file, opened for us alone: created with mode 0600 if there is none, its tables brought up to date. While
// it is open no other process can read or write it; they are told so.
// Thread: the owner's; a StoreThread takes it over.
#pragma once

#include "directory/database_error.hpp"
#include "directory/schema.hpp"

#include <memory>
#include <string>

namespace beffroi::directory {

class Session;

class Database {
public:
    /// Throws DatabaseError with a text for the administrator that names the file. A database of an earlier version is
    /// first copied to `path`.bak-v<version>.
    explicit Database(const std::string& path);
    /// The same with other tables than the program's own.
    Database(const std::string& path, SchemaSteps steps);
    ~Database();
    Database(Database&&) noexcept;
    Database& operator=(Database&&) noexcept;

    [[nodiscard]] Session& session() noexcept { return *session_; }
    [[nodiscard]] const std::string& path() const noexcept { return path_; }

private:
    std::string path_;
    std::unique_ptr<Session> session_;
};

}  // namespace beffroi::directory
