// SPDX-License-Identifier: AGPL-3.0-or-later
#include "directory/meta.hpp"

#include "directory/session.hpp"

namespace beffroi::directory {

std::string meta(Session& session, const std::string& name) {
    std::string value;
    session.sql() << "SELECT value FROM meta WHERE name = :name", soci::use(name, "name"), soci::into(value);
    return session.sql().got_data() ? value : std::string{};
}

void setMeta(Session& session, const std::string& name, const std::string& value) {
    session.sql() << "INSERT INTO meta (name, value) VALUES (:name, :value)"
                     " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        soci::use(name, "name"), soci::use(value, "value");
}

}  // namespace beffroi::directory
