// SPDX-License-Identifier: AGPL-3.0-or-later
#include "lines/sqlite_line_store.hpp"

#include "directory/session.hpp"

#include <algorithm>
#include <utility>

namespace beffroi::lines {
namespace {

constexpr long long kNeverEnds = -1;

long long toMilliseconds(const std::optional<Clock::WallTime>& time) {
    if (!time) return kNeverEnds;
    return std::chrono::duration_cast<std::chrono::milliseconds>(time->time_since_epoch()).count();
}

std::optional<Clock::WallTime> fromMilliseconds(long long value) {
    if (value == kNeverEnds) return std::nullopt;
    return Clock::WallTime{std::chrono::milliseconds{value}};
}

std::string joined(const std::set<std::string>& groups) {
    std::string text;
    for (const auto& group : groups) text.append(text.empty() ? "" : " ").append(group);
    return text;
}

std::set<std::string> split(const std::string& text) {
    std::set<std::string> groups;
    for (std::size_t begin = 0; begin < text.size();) {
        const auto end = std::min(text.find(' ', begin), text.size());
        groups.insert(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return groups;
}

/// A row of line_settings: the columns whose type in the database is another one stand beside the settings.
struct LineRow {
    std::string extension;
    LineSettings settings;
    int noAnswerAfter = 0;
    int doNotDisturb = 0;
    int callWaiting = 1;
    std::string leftGroups;
};

struct OverrideRow {
    std::string department;
    int open = 0;
    long long until = kNeverEnds;
    std::string announcement;
};

// The statements of the store thread, prepared once.
class Statements {
public:
    explicit Statements(soci::session& sql)
        : insertLine_{(sql.prepare << "INSERT OR REPLACE INTO line_settings (extension, forward_always, forward_busy,"
                                      " forward_no_answer, forward_unreachable, forward_closed, no_answer_after,"
                                      " do_not_disturb, call_waiting, left_groups) VALUES (:ext, :alw, :bus, :noa,"
                                      " :unr, :clo, :aft, :dnd, :cw, :grp)",
                       soci::use(line_.extension), soci::use(line_.settings.forwards.always),
                       soci::use(line_.settings.forwards.busy), soci::use(line_.settings.forwards.noAnswer),
                       soci::use(line_.settings.forwards.unreachable), soci::use(line_.settings.forwards.closed),
                       soci::use(line_.noAnswerAfter), soci::use(line_.doNotDisturb), soci::use(line_.callWaiting),
                       soci::use(line_.leftGroups))},
          removeLine_{(sql.prepare << "DELETE FROM line_settings WHERE extension = :ext", soci::use(line_.extension))},
          insertLogin_{
              (sql.prepare << "INSERT OR REPLACE INTO hot_desk_logins (account, extension) VALUES (:acc, :ext)",
               soci::use(account_), soci::use(line_.extension))},
          removeLogin_{(sql.prepare << "DELETE FROM hot_desk_logins WHERE account = :acc", soci::use(account_))},
          insertOverride_{(sql.prepare << "INSERT OR REPLACE INTO hours_overrides (department, open, until_at,"
                                          " announcement) VALUES (:dep, :ope, :unt, :ann)",
                           soci::use(hours_.department), soci::use(hours_.open), soci::use(hours_.until),
                           soci::use(hours_.announcement))},
          removeOverride_{
              (sql.prepare << "DELETE FROM hours_overrides WHERE department = :dep", soci::use(hours_.department))} {}

    void write(const std::string& extension, const LineSettings& settings) {
        line_.extension = extension;
        line_.settings = settings;
        line_.settings.loggedInAt.clear();
        if (line_.settings == LineSettings{}) return static_cast<void>(removeLine_.execute(true));
        line_.noAnswerAfter = static_cast<int>(settings.forwards.noAnswerAfter.count());
        line_.doNotDisturb = settings.doNotDisturb ? 1 : 0;
        line_.callWaiting = settings.callWaiting ? 1 : 0;
        line_.leftGroups = joined(settings.leftGroups);
        insertLine_.execute(true);
    }
    void writeLogin(const std::string& account, const std::string& extension) {
        account_ = account;
        line_.extension = extension;
        (extension.empty() ? removeLogin_ : insertLogin_).execute(true);
    }
    void write(const std::string& department, const std::optional<HoursOverride>& hours) {
        hours_.department = department;
        if (!hours) return static_cast<void>(removeOverride_.execute(true));
        hours_.open = hours->open ? 1 : 0;
        hours_.until = toMilliseconds(hours->until);
        hours_.announcement = hours->announcement;
        insertOverride_.execute(true);
    }

private:
    LineRow line_;
    std::string account_;
    OverrideRow hours_;
    soci::statement insertLine_;
    soci::statement removeLine_;
    soci::statement insertLogin_;
    soci::statement removeLogin_;
    soci::statement insertOverride_;
    soci::statement removeOverride_;
};

void loadLines(soci::session& sql, LineEntries& entries) {
    LineRow row;
    auto& forwards = row.settings.forwards;
    soci::statement select =
        (sql.prepare << "SELECT extension, forward_always, forward_busy, forward_no_answer, forward_unreachable,"
                        " forward_closed, no_answer_after, do_not_disturb, call_waiting, left_groups"
                        " FROM line_settings",
         soci::into(row.extension), soci::into(forwards.always), soci::into(forwards.busy),
         soci::into(forwards.noAnswer), soci::into(forwards.unreachable), soci::into(forwards.closed),
         soci::into(row.noAnswerAfter), soci::into(row.doNotDisturb), soci::into(row.callWaiting),
         soci::into(row.leftGroups));
    select.execute();
    while (select.fetch()) {
        forwards.noAnswerAfter = std::chrono::seconds{row.noAnswerAfter};
        row.settings.doNotDisturb = row.doNotDisturb != 0;
        row.settings.callWaiting = row.callWaiting != 0;
        row.settings.leftGroups = split(row.leftGroups);
        entries.lines.emplace_back(row.extension, row.settings);
    }
}

void loadLogins(soci::session& sql, LineEntries& entries) {
    std::string account;
    std::string extension;
    soci::statement select = (sql.prepare << "SELECT account, extension FROM hot_desk_logins ORDER BY rowid",
                              soci::into(account), soci::into(extension));
    select.execute();
    while (select.fetch()) entries.logins.emplace_back(account, extension);
}

void loadOverrides(soci::session& sql, LineEntries& entries) {
    OverrideRow row;
    soci::statement select =
        (sql.prepare << "SELECT department, open, until_at, announcement FROM hours_overrides",
         soci::into(row.department), soci::into(row.open), soci::into(row.until), soci::into(row.announcement));
    select.execute();
    while (select.fetch()) {
        entries.overrides.emplace_back(row.department,
                                       HoursOverride{row.open != 0, fromMilliseconds(row.until), row.announcement});
    }
}

}  // namespace

void SqliteLineStore::commit(LineEntries change, Committed done) {
    auto work = [change = std::move(change)](directory::Session& session) {
        auto& statements = session.prepared<Statements>();
        for (const auto& [extension, settings] : change.lines) statements.write(extension, settings);
        for (const auto& [account, extension] : change.logins) statements.writeLogin(account, extension);
        for (const auto& [department, hours] : change.overrides) statements.write(department, hours);
    };
    if (done) return store_.write(std::move(work), std::move(done));
    store_.keep(std::move(work));
}

LineEntries SqliteLineStore::load(directory::Session& session) {
    LineEntries entries;
    loadLines(session.sql(), entries);
    loadLogins(session.sql(), entries);
    loadOverrides(session.sql(), entries);
    return entries;
}

}  // namespace beffroi::lines
