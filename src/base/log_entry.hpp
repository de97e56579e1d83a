// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What an entry of the log looks like, as a line and as fields of the journal. Nothing is written here.
// Thread: any.
#pragma once

#include "base/log.hpp"

#include <string>
#include <vector>

namespace beffroi::log {

/// "area: event key=value other="a value"". One line, whatever the values hold.
[[nodiscard]] std::string lineOf(const Area& area, std::string_view event, Fields fields);

/// "NAME=value" for sd_journal_sendv(): MESSAGE, PRIORITY, BEFFROI_AREA and one BEFFROI_<KEY> for each field.
[[nodiscard]] std::vector<std::string> journalFieldsOf(Level level, const Area& area, std::string_view event,
                                                       Fields fields);

}  // namespace beffroi::log
