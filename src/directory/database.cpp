// SPDX-License-Identifier: AGPL-3.0-or-later
#include "directory/database.hpp"

#include "base/log.hpp"
#include "directory/session.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

namespace beffroi::directory {
namespace {

namespace fs = std::filesystem;

constexpr log::Area kLog{"store"};

[[noreturn]] void fail(Fault fault, const std::string& path, const std::string& why) {
    throw DatabaseError{fault, path + ": " + why};
}

std::string systemText(int error) { return std::generic_category().message(error); }

// An empty file that only we may read. Never opens one that exists: closing it again would drop SQLite's locks.
bool createPrivate(const std::string& path) {
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (file >= 0) {
        ::close(file);
        return true;
    }
    if (errno == EEXIST) return false;
    const auto error = errno;
    const auto fault = error == ENOSPC || error == EDQUOT ? Fault::Full : Fault::NotWritable;
    fail(fault, path, "cannot be created: " + systemText(error));
}

void checkWritable(const std::string& path, int mode) {
    if (::faccessat(AT_FDCWD, path.c_str(), mode, AT_EACCESS) == 0) return;
    fail(Fault::NotWritable, path, "cannot be written: " + systemText(errno));
}

void preparePlace(const std::string& path) {
    const auto folder = fs::absolute(path).parent_path();
    std::error_code ignored;
    if (!fs::is_directory(folder, ignored)) {
        fail(Fault::NoFolder, path,
             "the folder " + folder.string() + " does not exist; create it or change store.path");
    }
    if (createPrivate(path)) return;
    if (!fs::is_regular_file(path, ignored)) fail(Fault::NotWritable, path, "is not a file");
    checkWritable(path, R_OK | W_OK);
    checkWritable(folder.string(), W_OK | X_OK);  // the write-ahead log lies beside it
}

void sync(const std::string& path, int flags) {
    const int file = ::open(path.c_str(), flags | O_CLOEXEC);
    const bool done = file >= 0 && ::fsync(file) == 0;
    const int error = errno;
    if (file >= 0) ::close(file);
    if (!done) fail(Fault::NotWritable, path, "cannot be brought to the disk: " + systemText(error));
}

// Written under another name first, so that a copy with the final name is a whole one; and on the disk before the
// tables change, or a power cut could leave neither.
void backUp(Session& session, const std::string& path, int version) {
    const auto copy = path + ".bak-v" + std::to_string(version);
    const auto unfinished = copy + ".part";
    std::error_code ignored;
    fs::remove(unfinished, ignored);
    createPrivate(unfinished);
    session.sql() << "VACUUM INTO :copy", soci::use(unfinished, "copy");
    sync(unfinished, O_RDWR);
    fs::rename(unfinished, copy);
    const auto folder = fs::path{copy}.parent_path();
    sync(folder.empty() ? "." : folder.string(), O_RDONLY | O_DIRECTORY);
    log::info(kLog, "database copied before its tables change", {{"copy", copy}, {"version", version}});
}

std::unique_ptr<Session> openSession(const std::string& path, SchemaSteps steps) {
    auto session = std::make_unique<Session>(path);
    const auto found = schemaOf(*session);
    if (found > 0 && found < static_cast<int>(steps.size())) backUp(*session, path, found);
    migrate(*session, steps);
    return session;
}

}  // namespace

Database::Database(const std::string& path) : Database{path, schemaSteps()} {}

Database::Database(const std::string& path, SchemaSteps steps) : path_{path} {
    preparePlace(path);
    try {
        session_ = openSession(path, steps);
    } catch (...) {
        const auto error = currentFault();
        fail(error.fault(), path, error.what());
    }
}

Database::~Database() = default;
Database::Database(Database&&) noexcept = default;
Database& Database::operator=(Database&&) noexcept = default;

}  // namespace beffroi::directory
