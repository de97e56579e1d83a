// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The transport of octets under a connection, without blocking: TCP now, TLS as another implementation. It knows
// nothing of messages, limits or time; Connection does. Thread: loop.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace beffroi::edge {

class ByteStream {
public:
    enum class Outcome : std::uint8_t {
        Done,        // it moved what it says
        WantsRead,   // to be called again when the descriptor is readable
        WantsWrite,  // … or writable; a handshake may answer either
        Ended,       // the peer has finished sending
        Failed,
    };
    struct Result {
        Outcome outcome = Outcome::Done;
        std::size_t size = 0;
    };

    virtual ~ByteStream() = default;
    [[nodiscard]] virtual int descriptor() const noexcept = 0;

    /// Brings the connection up (connect, handshake); called again when ready, until Done or Failed.
    [[nodiscard]] virtual Outcome establish() = 0;
    [[nodiscard]] virtual Result read(char* to, std::size_t size) = 0;
    [[nodiscard]] virtual Result write(std::string_view bytes) = 0;
    /// We have finished sending; what was written still arrives.
    virtual void endOutput() noexcept = 0;
};

}  // namespace beffroi::edge
