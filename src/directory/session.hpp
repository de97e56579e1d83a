// SPDX-License-Identifier: AGPL-3.0-or-later
//
// One connection to the database and the statements prepared on it. The only header that includes SOCI: it is for the
// source files of this folder and of the stores, not for headers.
// Thread: the owner's, one at a time.
#pragma once

#include "directory/database_error.hpp"

// Debian's SOCI was built with Boost, whose headers it would drag in; we exchange no Boost type.
#include <soci/soci-config.h>
#undef SOCI_HAVE_BOOST
#undef SOCI_HAVE_BOOST_DATE_TIME
#include <soci/soci.h>

#include <memory>
#include <optional>
#include <string>
#include <typeindex>
#include <unordered_map>

namespace beffroi::directory {

class Session {
public:
    /// Opens an existing file and sets how it is kept. Throws DatabaseError.
    explicit Session(const std::string& path);
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    [[nodiscard]] soci::session& sql() noexcept { return sql_; }

    /// Takes the write lock at once, so that nothing inside can fail for want of it.
    void begin();
    void commit();
    /// Undoes what is open, whatever state an error left, and forgets the prepared statements.
    void recover() noexcept;
    /// Grows with every row that is written.
    [[nodiscard]] int changes() noexcept;

    /// A bundle of statements, constructed from the soci::session at its first use and kept until an error.
    template <typename Statements>
    Statements& prepared() {
        auto& slot = prepared_[std::type_index{typeid(Statements)}];
        if (!slot) slot = std::make_shared<Statements>(sql_);
        return *static_cast<Statements*>(slot.get());
    }

    /// Runs `work` in one transaction; if it throws, nothing of it remains and the exception goes on.
    template <typename Work>
    void transaction(Work&& work) {
        begin();
        try {
            work();
            commit();
        } catch (...) {
            recover();
            throw;
        }
    }

private:
    struct Transaction {
        explicit Transaction(soci::session& sql);
        soci::statement begin;
        soci::statement commit;
    };

    soci::session sql_;
    std::unordered_map<std::type_index, std::shared_ptr<void>> prepared_;  // die before the connection
};

/// What went wrong in the exception that is being handled: called inside a catch block.
[[nodiscard]] DatabaseError currentFault();

}  // namespace beffroi::directory
