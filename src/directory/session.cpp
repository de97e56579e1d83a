// SPDX-License-Identifier: AGPL-3.0-or-later
#include "directory/session.hpp"

#include <soci/sqlite3/soci-sqlite3.h>

namespace beffroi::directory {
namespace {

constexpr int kBusySeconds = 5;

std::string connectText(const std::string& path) {
    if (path.find('"') != std::string::npos) {
        throw DatabaseError{Fault::NotWritable, path + ": a quotation mark cannot be part of the database's path"};
    }
    return "dbname=\"" + path + "\" timeout=" + std::to_string(kBusySeconds);
}

Fault faultOf(int result) noexcept {
    switch (result & 0xff) {
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB: return Fault::Corrupt;
        case SQLITE_FULL: return Fault::Full;
        case SQLITE_BUSY:
        case SQLITE_LOCKED: return Fault::InUse;
        case SQLITE_READONLY:
        case SQLITE_PERM:
        case SQLITE_AUTH:
        case SQLITE_CANTOPEN: return Fault::NotWritable;
        case SQLITE_IOERR: return Fault::Input;
        default: return Fault::Rejected;
    }
}

// SOCI keeps SQLite's primary result code only; "no space" by a file size limit comes as an input/output error.
DatabaseError described(const soci::soci_error& error) {
    const auto* of = dynamic_cast<const soci::sqlite3_soci_error*>(&error);
    const auto fault = of == nullptr ? Fault::Rejected : faultOf(of->result());
    return DatabaseError{fault, std::string{toString(fault)} + ": " + error.get_error_message()};
}

sqlite_api::sqlite3* connectionOf(soci::session& sql) noexcept {
    return static_cast<soci::sqlite3_session_backend*>(sql.get_backend())->conn_;
}

}  // namespace

std::string_view toString(Fault fault) noexcept {
    switch (fault) {
        case Fault::NoFolder: return "the folder of the database does not exist";
        case Fault::NotWritable: return "the database cannot be written";
        case Fault::Corrupt: return "the database is damaged or is not a database";
        case Fault::Full: return "there is no space left for the database";
        case Fault::InUse: return "the database is in use by another process";
        case Fault::TooNew: return "the database was written by a later version";
        case Fault::Foreign: return "the database belongs to another program";
        case Fault::Input: return "the database's medium refuses to read or write";
        case Fault::Rejected: return "the database rejected a statement";
    }
    return {};
}

DatabaseError currentFault() {
    try {
        throw;
    } catch (const DatabaseError& error) {
        return error;
    } catch (const soci::soci_error& error) {
        return described(error);
    } catch (const std::exception& error) {
        return DatabaseError{Fault::Rejected, error.what()};
    }
}

Session::Transaction::Transaction(soci::session& sql)
    : begin{(sql.prepare << "BEGIN IMMEDIATE")}, commit{(sql.prepare << "COMMIT")} {}

Session::Session(const std::string& path) : sql_{soci::sqlite3, connectText(path)} {
    // Exclusive: what another process changed would be unknown to the exchange; it also saves the locks of each commit.
    std::string mode;
    sql_ << "PRAGMA locking_mode = EXCLUSIVE", soci::into(mode);
    sql_ << "PRAGMA journal_mode = WAL", soci::into(mode);
    if (mode != "wal")
        throw DatabaseError{Fault::NotWritable, path + ": the file system cannot keep a write-ahead log"};
    for (const auto* pragma :
         {"synchronous = FULL", "foreign_keys = ON", "trusted_schema = OFF", "cell_size_check = ON",
          "temp_store = MEMORY", "wal_autocheckpoint = 2000", "journal_size_limit = 16777216"}) {
        sql_ << std::string{"PRAGMA "} + pragma;
    }
}

void Session::begin() { prepared<Transaction>().begin.execute(true); }

void Session::commit() { prepared<Transaction>().commit.execute(true); }

int Session::changes() noexcept { return sqlite_api::sqlite3_total_changes(connectionOf(sql_)); }

void Session::recover() noexcept {
    prepared_.clear();
    if (sqlite_api::sqlite3_get_autocommit(connectionOf(sql_)) != 0) return;  // SQLite rolled back by itself
    try {
        sql_ << "ROLLBACK";
    } catch (const soci::soci_error&) {  // nothing was open after all
    }
}

}  // namespace beffroi::directory
