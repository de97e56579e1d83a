// SPDX-License-Identifier: AGPL-3.0-or-later
//
// ByteStream over a plain TCP socket, accepted or being connected.
// Thread: loop.
#pragma once

#include "edge/byte_stream.hpp"
#include "edge/descriptor.hpp"

namespace beffroi::edge {

class TcpStream final : public ByteStream {
public:
    /// `socket` does not block; it gets TCP_NODELAY and keep-alive probes.
    explicit TcpStream(Descriptor socket);

    [[nodiscard]] int descriptor() const noexcept override { return socket_.get(); }
    [[nodiscard]] Outcome establish() override;
    [[nodiscard]] Result read(char* to, std::size_t size) override;
    [[nodiscard]] Result write(std::string_view bytes) override;
    void endOutput() noexcept override;

private:
    Descriptor socket_;
    bool failed_ = false;  // the kernel tells an error once
};

}  // namespace beffroi::edge
