// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Why the database could not be opened or a change could not be made durable, in a form that a program can act on and
// in words that an administrator can. The text never holds a value that was being written: digests are among them.
// Thread: any.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace beffroi::directory {

enum class Fault : std::uint8_t {
    NoFolder,     // the folder of the file does not exist
    NotWritable,  // permissions, or a file system that is mounted read-only
    Corrupt,      // not a database, or a damaged one
    Full,         // no space, or a limit on the size of files
    InUse,        // another process has it open
    TooNew,       // written by a later version of the program
    Foreign,      // a database, but of another program
    Input,        // the medium refused to read or write
    Rejected,     // the statement itself was refused: a mistake of ours
};

[[nodiscard]] std::string_view toString(Fault fault) noexcept;

/// True if the same work may succeed later without a change of the program.
[[nodiscard]] constexpr bool isOfTheMachine(Fault fault) noexcept { return fault != Fault::Rejected; }

class DatabaseError : public std::runtime_error {
public:
    DatabaseError(Fault fault, const std::string& text) : std::runtime_error{text}, fault_{fault} {}
    [[nodiscard]] Fault fault() const noexcept { return fault_; }

private:
    Fault fault_;
};

}  // namespace beffroi::directory
