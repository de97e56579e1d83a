// SPDX-License-Identifier: AGPL-3.0-or-later
//
// TLS as the edge sees it: makes streams secure, keeps the certificates fresh and says when they end. The files are
// looked at every few seconds; a new set replaces the old one whole, for connections to come, if every part of it can
// be used.
// Thread: loop.
#pragma once

#include "beffroi/clock.hpp"
#include "beffroi/scheduler.hpp"
#include "edge/byte_stream.hpp"
#include "edge/tls/tls_settings.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace beffroi::edge::tls {

/// One of our certificates, for `beffroi status`.
struct CertificateState {
    std::string name;
    std::string file;
    Clock::WallTime notAfter;
    std::chrono::days left{};  // whole days; below zero: it has ended
    bool warned = false;       // it ends soon, has ended or is not valid yet
};

class Tls {
public:
    static constexpr std::chrono::days kWarnBefore{30};

    struct Counters {
        std::uint64_t handshakes = 0;
        std::uint64_t failed = 0;
        std::uint64_t reloads = 0;        // of changed files
        std::uint64_t reloadsFailed = 0;  // which changed nothing
    };

    /// Reads the files; throws TlsError.
    Tls(Scheduler& scheduler, const Clock& clock, TlsSettings settings);
    ~Tls();
    Tls(const Tls&) = delete;
    Tls& operator=(const Tls&) = delete;

    /// There is a certificate, so that there may be listeners.
    [[nodiscard]] bool mayServe() const noexcept;

    /// The server's end of an accepted connection. Only if mayServe().
    [[nodiscard]] std::unique_ptr<ByteStream> accept(std::unique_ptr<ByteStream> socket);
    /// The client's end of one that is being opened to a server of `domain`.
    [[nodiscard]] std::unique_ptr<ByteStream> connect(std::unique_ptr<ByteStream> socket, std::string domain);

    /// Reads all files again, changed or not; what cannot be used changes nothing, and the log says why.
    void reload();
    /// To be called at the end of each turn: handshakes may go on.
    void turnEnded() noexcept;

    [[nodiscard]] std::vector<CertificateState> certificates() const;
    [[nodiscard]] Counters counters() const noexcept;

private:
    struct Sets;
    struct Mark;  // what tells whether a file has changed
    [[nodiscard]] std::vector<Mark> marks() const;
    void look();
    void warnOfEnd();

    const Clock& clock_;
    TlsSettings settings_;
    std::unique_ptr<Sets> sets_;
    std::vector<Mark> read_;  // as they were when the set in use was read, or a newer one was refused
    std::vector<Mark> seen_;  // as they were the last time we looked
    std::uint64_t reloads_ = 0;
    std::uint64_t reloadsFailed_ = 0;
    Timer look_;
    Timer warn_;
};

}  // namespace beffroi::edge::tls
