// SPDX-License-Identifier: AGPL-3.0-or-later
#include "guard/sqlite_ban_store.hpp"

#include "directory/session.hpp"

#include <utility>

namespace beffroi::guard {
namespace {

long long toMilliseconds(Clock::WallTime time) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

Clock::WallTime fromMilliseconds(long long value) { return Clock::WallTime{std::chrono::milliseconds{value}}; }

class Statements {
public:
    explicit Statements(soci::session& sql)
        : insert_{(sql.prepare << "INSERT OR REPLACE INTO bans (range, account, since_at, until_at, reason, made_by)"
                                  " VALUES (:ran, :acc, :sin, :unt, :rea, :by)",
                   soci::use(range_), soci::use(ban_.account), soci::use(since_), soci::use(until_),
                   soci::use(ban_.reason), soci::use(ban_.by))},
          remove_{(sql.prepare << "DELETE FROM bans WHERE range = :ran AND account = :acc", soci::use(range_),
                   soci::use(ban_.account))} {}

    void insert(const Ban& ban) {
        bind(ban);
        insert_.execute(true);
    }
    void remove(const Ban& ban) {
        bind(ban);
        remove_.execute(true);
    }

private:
    void bind(const Ban& ban) {
        ban_ = ban;
        range_ = ban.range.toString();
        since_ = toMilliseconds(ban.since);
        until_ = toMilliseconds(ban.until);
    }

    Ban ban_;
    std::string range_;
    long long since_ = 0;
    long long until_ = 0;
    soci::statement insert_;
    soci::statement remove_;
};

}  // namespace

void SqliteBanStore::commit(std::vector<Ban> changed, std::vector<Ban> removed, Committed done) {
    auto work = [changed = std::move(changed), removed = std::move(removed)](directory::Session& session) {
        auto& statements = session.prepared<Statements>();
        for (const auto& ban : removed) statements.remove(ban);
        for (const auto& ban : changed) statements.insert(ban);
    };
    if (done) return store_.write(std::move(work), std::move(done));
    store_.keep(std::move(work));
}

std::vector<Ban> SqliteBanStore::load(directory::Session& session) {
    std::vector<Ban> bans;
    Ban ban;
    std::string range;
    long long since = 0;
    long long until = 0;
    soci::statement select =
        (session.sql().prepare << "SELECT range, account, since_at, until_at, reason, made_by FROM bans",
         soci::into(range), soci::into(ban.account), soci::into(since), soci::into(until), soci::into(ban.reason),
         soci::into(ban.by));
    select.execute();
    while (select.fetch()) {
        const auto read = AddressRange::parse(range);
        if (!read) continue;
        ban.range = *read;
        ban.since = fromMilliseconds(since);
        ban.until = fromMilliseconds(until);
        bans.push_back(ban);
    }
    return bans;
}

}  // namespace beffroi::guard
