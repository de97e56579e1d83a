// SPDX-License-Identifier: AGPL-3.0-or-later
#include "edge/tls/tls.hpp"

#include "base/log.hpp"
#include "beffroi/thread_roles.hpp"
#include "edge/tls/contexts.hpp"
#include "edge/tls/tls_stream.hpp"

#include <sys/stat.h>

#include <algorithm>

namespace beffroi::edge::tls {
namespace {

constexpr log::Area kLog{"edge.tls"};
constexpr Clock::Duration kLook = 5s;
constexpr Clock::Duration kWarn = std::chrono::hours{24};

}  // namespace

// Of what a name leads to, through links that may be swapped, as certbot's are.
struct Tls::Mark {
    dev_t device = 0;
    ino_t file = 0;
    off_t size = -1;  // the file is not there
    timespec changed{};

    friend bool operator==(const Mark& a, const Mark& b) noexcept {
        return a.device == b.device && a.file == b.file && a.size == b.size && a.changed.tv_sec == b.changed.tv_sec &&
               a.changed.tv_nsec == b.changed.tv_nsec;
    }
};

struct Tls::Sets {
    std::shared_ptr<const ServerContexts> server;  // null without certificates
    std::shared_ptr<const ClientContext> client;
    HandshakeBudget budget;

    void read(const TlsSettings& settings) {
        auto newServer = settings.certificates.empty() ? nullptr : std::make_shared<const ServerContexts>(settings);
        client = std::make_shared<const ClientContext>(settings);
        server = std::move(newServer);
        if (server) budget.trustMark = server->trustMark();
    }
};

Tls::Tls(Scheduler& scheduler, const Clock& clock, TlsSettings settings)
    : clock_{clock},
      settings_{std::move(settings)},
      sets_{std::make_unique<Sets>()},
      look_{scheduler, [this] { look(); }},
      warn_{scheduler, [this] { warnOfEnd(); }} {
    read_ = seen_ = marks();  // before reading: a change meanwhile is noticed
    sets_->read(settings_);
    warnOfEnd();
    if (!read_.empty()) look_.start(kLook);
}

Tls::~Tls() = default;

bool Tls::mayServe() const noexcept { return sets_->server != nullptr; }

std::unique_ptr<ByteStream> Tls::accept(std::unique_ptr<ByteStream> socket) {
    return std::make_unique<TlsStream>(std::move(socket), sets_->server, sets_->budget, clock_);
}

std::unique_ptr<ByteStream> Tls::connect(std::unique_ptr<ByteStream> socket, std::string domain) {
    return std::make_unique<TlsStream>(std::move(socket), sets_->client, std::move(domain), sets_->budget, clock_);
}

void Tls::turnEnded() noexcept { sets_->budget.left = HandshakeBudget::kStepsInTurn; }

std::vector<Tls::Mark> Tls::marks() const {
    std::vector<std::string> files;
    for (const auto& each : settings_.certificates) files.insert(files.end(), {each.certificate, each.key});
    const auto& servers = settings_.authorities.empty() ? settings_.systemAuthorities : settings_.authorities;
    for (const auto& each : {settings_.clientAuthorities, servers}) {
        if (!each.empty()) files.push_back(each);
    }
    std::vector<Mark> result;
    for (const auto& file : files) {
        struct stat status {};
        Mark mark;
        if (stat(file.c_str(), &status) == 0) mark = {status.st_dev, status.st_ino, status.st_size, status.st_mtim};
        result.push_back(mark);
    }
    return result;
}

// Certificate and key are two files, replaced one after the other: read once nothing has changed any more.
void Tls::look() {
    assertOnLoop();
    look_.start(kLook);
    auto now = marks();
    const bool settled = now == seen_;
    seen_ = std::move(now);
    if (settled && seen_ != read_) reload();
}

void Tls::reload() {
    assertOnLoop();
    read_ = seen_ = marks();
    if (read_.empty()) return;
    try {
        sets_->read(settings_);
        ++reloads_;
        log::info(kLog, "certificates read", {{"certificates", settings_.certificates.size()}});
    } catch (const TlsError& error) {
        ++reloadsFailed_;
        log::error(kLog, "certificates cannot be read, those in use stay", {{"reason", error.what()}});
        return;
    }
    warnOfEnd();
}

std::vector<CertificateState> Tls::certificates() const {
    std::vector<CertificateState> result;
    if (!sets_->server) return result;
    const auto now = clock_.wallNow();
    for (const auto& each : sets_->server->certificates()) {
        const auto left = std::chrono::floor<std::chrono::days>(each.notAfter - now);
        const bool warned = each.notAfter - now < kWarnBefore || each.notBefore > now;
        result.push_back({shownName(each.names), each.files.certificate, each.notAfter, left, warned});
    }
    return result;
}

void Tls::warnOfEnd() {
    assertOnLoop();
    if (settings_.certificates.empty()) return;
    warn_.start(kWarn);
    for (const auto& each : certificates()) {
        if (!each.warned) continue;
        const char* what = "a certificate ends soon";
        if (each.left > kWarnBefore) what = "a certificate is not valid yet";
        if (each.left < std::chrono::days{0}) what = "a certificate has ended, phones refuse it";
        log::warning(kLog, what, {{"name", each.name}, {"file", each.file}, {"days", each.left.count()}});
    }
}

Tls::Counters Tls::counters() const noexcept {
    return {sets_->budget.done, sets_->budget.failed, reloads_, reloadsFailed_};
}

}  // namespace beffroi::edge::tls
