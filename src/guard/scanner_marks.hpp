// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Programs that look for telephone servers to rob mostly say who they are: in User-Agent, or in the display name of
// From. Read from the raw octets, because what is dropped is not worth reading.
// Thread: any.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace beffroi::guard {

class ScannerMarks {
public:
    /// Compared without regard to case; an empty mark is none.
    explicit ScannerMarks(std::vector<std::string> marks);

    /// The mark that the User-Agent or From of this message contains; empty if none. Looks no further than 4096 octets.
    [[nodiscard]] std::string_view in(std::string_view message) const noexcept;

private:
    [[nodiscard]] std::string_view inValue(std::string_view value) const noexcept;

    std::vector<std::string> marks_;  // lower case
};

}  // namespace beffroi::guard
