// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The transport of octets under a connection, without blocking: TCP, and TLS over it. It knows nothing of messages,
// limits or time; Connection does. Thread: loop.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace beffroi::edge {

class ByteStream {
public:
    enum class Outcome : std::uint8_t {
        Done,        // it moved what it says
        WantsRead,   // to be called again when the descriptor is readable
        WantsWrite,  // … or writable; each of the three calls may answer either
        Ended,       // the peer has finished sending
        Failed,
    };
    struct Result {
        Outcome outcome = Outcome::Done;
        std::size_t size = 0;
    };

    enum class Fault : std::uint8_t {
        None,
        Disagreed,  // on versions, suites or certificates: may be an old telephone, or one that was set up wrongly
        Broken,     // what it sent was no handshake
    };

    virtual ~ByteStream() = default;
    [[nodiscard]] virtual int descriptor() const noexcept = 0;

    /// Brings the connection up (connect, handshake); called again when ready, until Done or Failed.
    [[nodiscard]] virtual Outcome establish() = 0;
    /// Why it failed, where that is for the peer to answer for.
    [[nodiscard]] virtual Fault fault() const noexcept { return Fault::None; }
    [[nodiscard]] virtual Result read(char* to, std::size_t size) = 0;
    /// Octets that have been taken from the descriptor wait to be read: it need not become readable for them.
    [[nodiscard]] virtual bool holdsMore() const noexcept { return false; }
    [[nodiscard]] virtual Result write(std::string_view bytes) = 0;
    /// We have finished sending; what was written still arrives.
    virtual void endOutput() noexcept = 0;

    /// The domain that the peer is, since it would not be established with another; empty where nothing is checked.
    [[nodiscard]] virtual std::string_view peerDomain() const noexcept { return {}; }
    /// The names by which the peer has proven who it is, once established: Network::peerNames.
    [[nodiscard]] virtual const std::vector<std::string>& peerNames() const noexcept {
        static const std::vector<std::string> kNone;
        return kNone;
    }
};

}  // namespace beffroi::edge
