// SPDX-License-Identifier: AGPL-3.0-or-later
#include "directory/csv.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace beffroi::directory {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

class CsvReader {
public:
    explicit CsvReader(std::string_view text) : rest_{text} {
        if (rest_.starts_with(kByteOrderMark)) rest_.remove_prefix(kByteOrderMark.size());
        const auto first = rest_.substr(0, rest_.find('\n'));
        separator_ =
            std::count(first.begin(), first.end(), ';') > std::count(first.begin(), first.end(), ',') ? ';' : ',';
    }

    Csv read() {
        while (!rest_.empty() && good_) readRow();
        return std::move(csv_);
    }

private:
    void complain(PlanPlace place, std::string text) { csv_.mistakes.push_back({place, std::move(text)}); }

    [[nodiscard]] bool atEndOfLine() const {
        return rest_.empty() || rest_.front() == '\n' || rest_.starts_with("\r\n");
    }

    // Takes one character; columns count characters.
    bool next(std::string& to) {
        const auto length = base::characterLength(rest_);
        if (length == 0) {
            complain(place_, "this is not UTF-8: save the table as \"CSV UTF-8\"");
            return good_ = false;
        }
        to.append(rest_.substr(0, length));
        if (rest_.front() == '\n') {
            place_ = {place_.line + 1, 1};
        } else {
            ++place_.column;
        }
        rest_.remove_prefix(length);
        return true;
    }

    void readRow() {
        CsvRow row;
        std::string ignored;
        for (bool more = true; more && good_;) {
            row.push_back(readCell());
            more = good_ && !rest_.empty() && rest_.front() == separator_;
            if (more) next(ignored);
        }
        while (good_ && !rest_.empty() && ignored != "\n") {
            ignored.clear();
            next(ignored);
        }
        if (row.size() > 1 || !row.front().text.empty()) csv_.rows.push_back(std::move(row));
    }

    CsvCell readCell() {
        CsvCell cell{{}, place_};
        if (rest_.starts_with('"')) {
            readQuoted(cell);
        } else {
            while (good_ && !atEndOfLine() && rest_.front() != separator_) {
                if (rest_.front() == '"') {
                    complain(place_,
                             "a quotation mark within a cell: put the whole cell in quotes and double the mark");
                    good_ = false;
                } else {
                    next(cell.text);
                }
            }
        }
        return cell;
    }

    void readQuoted(CsvCell& cell) {
        std::string mark;
        next(mark);
        while (good_) {
            if (rest_.empty()) {
                complain(cell.place, "the quotation mark that opens this cell is never closed");
                good_ = false;
            } else if (rest_.starts_with("\"\"")) {
                next(mark);
                next(cell.text);
            } else if (rest_.front() == '"') {
                next(mark);
                if (atEndOfLine() || rest_.front() == separator_) return;
                complain(place_, "after the closing quotation mark the cell goes on");
                good_ = false;
            } else {
                next(cell.text);
            }
        }
    }

    std::string_view rest_;
    char separator_ = ',';
    PlanPlace place_{1, 1};
    bool good_ = true;  // behind a mistake of form nothing can be understood
    Csv csv_;
};

}  // namespace

Csv readCsv(std::string_view text) { return CsvReader{text}.read(); }

}  // namespace beffroi::directory
