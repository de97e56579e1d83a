// SPDX-License-Identifier: AGPL-3.0-or-later
//
// ByteStream with TLS over another one. It moves the other's octets through a BIO of its own, so that it blocks nowhere
// and raises no signal; a handshake goes on step by step as the loop says that the descriptor is ready.
// Thread: loop.
#pragma once

#include "beffroi/clock.hpp"
#include "edge/byte_stream.hpp"
#include "edge/tls/contexts.hpp"
#include "edge/tls/hello_watch.hpp"
#include "edge/tls/openssl.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace beffroi::edge::tls {

/// What all streams share. A handshake costs as much as many messages: so many steps in a turn of the loop, the rest in
/// the next, and a storm of them does not keep those waiting who are connected.
struct HandshakeBudget {
    static constexpr int kStepsInTurn = 8;
    int left = kStepsInTurn;
    std::uint64_t done = 0;
    std::uint64_t failed = 0;
    std::size_t trustMark = 0;  // ServerContexts::trustMark of the set in use
};

class TlsStream final : public ByteStream {
public:
    /// As the server. `budget` outlives it.
    TlsStream(std::unique_ptr<ByteStream> under, std::shared_ptr<const ServerContexts> contexts,
              HandshakeBudget& budget, const Clock& clock);
    /// As the client of `domain`, whose certificate the server has to show (RFC 5922 §7.3).
    TlsStream(std::unique_ptr<ByteStream> under, std::shared_ptr<const ClientContext> context, std::string domain,
              HandshakeBudget& budget, const Clock& clock);
    ~TlsStream() override;
    TlsStream(const TlsStream&) = delete;
    TlsStream& operator=(const TlsStream&) = delete;

    [[nodiscard]] int descriptor() const noexcept override { return under_->descriptor(); }
    [[nodiscard]] Outcome establish() override;
    [[nodiscard]] Fault fault() const noexcept override { return fault_; }
    [[nodiscard]] Result read(char* to, std::size_t size) override;
    [[nodiscard]] bool holdsMore() const noexcept override;
    [[nodiscard]] Result write(std::string_view bytes) override;
    void endOutput() noexcept override;
    [[nodiscard]] std::string_view peerDomain() const noexcept override { return domain_; }
    [[nodiscard]] const std::vector<std::string>& peerNames() const noexcept override;

private:
    enum class State : std::uint8_t { Fresh, Handshaking, Open, OutputEnded, Failed };
    static int bioRead(BIO* bio, char* to, int size) noexcept;
    static int bioWrite(BIO* bio, const char* from, int size) noexcept;
    static long bioControl(BIO* bio, int command, long argument, void* pointer) noexcept;
    static void onRecord(int written, int version, int kind, const void* octets, std::size_t size, SSL* session,
                         void* self) noexcept;
    static const BIO_METHOD* bioMethod();
    [[nodiscard]] bool begin();
    [[nodiscard]] bool admitsHello(std::string_view octets) noexcept;
    [[nodiscard]] Outcome finishHandshake();
    [[nodiscard]] Outcome outcomeOf(int result);
    [[nodiscard]] Outcome fail(const std::string& reason);
    [[nodiscard]] Outcome failHandshake();

    std::unique_ptr<ByteStream> under_;
    std::shared_ptr<const ServerContexts> server_;
    std::shared_ptr<const ClientContext> client_;
    std::string domain_;
    HandshakeBudget& budget_;
    const Clock& clock_;
    OwnSession session_;  // not before something has come: an idle caller costs nothing
    State state_ = State::Fresh;
    Outcome wanted_;  // of the handshake
    Fault fault_ = Fault::None;
    bool underEnded_ = false;
    std::optional<HelloWatch> hello_;  // of a client, until it has said hello
    bool helloTooLong_ = false;
    std::size_t inputLeft_ = 0;   // octets that this call may still take from under_
    int recordsWithoutData_ = 0;  // since the handshake, or the last octet for us
    std::vector<std::string> peerNames_;
    Clock::WallTime provenUntil_;  // the end of the peer's certificate, or of one that vouches for it
};

}  // namespace beffroi::edge::tls
