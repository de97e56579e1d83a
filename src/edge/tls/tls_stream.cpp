// SPDX-License-Identifier: AGPL-3.0-or-later
#include "edge/tls/tls_stream.hpp"

#include "base/log.hpp"

#include <algorithm>
#include <limits>

namespace beffroi::edge::tls {
namespace {

constexpr log::Area kLog{"edge.tls"};

// Octets that one call takes: a peer that sends what is no message (KeyUpdate, attempts at renegotiation) does not hold
// the loop for as long as its octets come. What is left makes the descriptor readable in the next turn.
constexpr std::size_t kInputOfCall = std::size_t{32} * 1024;
// Records after the handshake, one after the other, without anything for us in them; servers send a few tickets.
constexpr int kRecordsWithoutData = 16;

int clamped(std::size_t size) {
    return static_cast<int>(std::min(size, static_cast<std::size_t>(std::numeric_limits<int>::max())));
}

// What a client's handshake failed for. Alerts are reasons too: it likes our certificate as little as we may like its.
ByteStream::Fault faultOf(unsigned long error) {
    if (error == 0) return ByteStream::Fault::None;  // it hung up
    const int reason = ERR_GET_REASON(error);
    if (reason >= SSL_AD_REASON_OFFSET) return ByteStream::Fault::Disagreed;
    switch (reason) {
        case SSL_R_UNEXPECTED_EOF_WHILE_READING: return ByteStream::Fault::None;
        case SSL_R_CERTIFICATE_VERIFY_FAILED:
        case SSL_R_INAPPROPRIATE_FALLBACK:
        case SSL_R_NO_SHARED_CIPHER:
        case SSL_R_NO_SHARED_SIGNATURE_ALGORITHMS:
        case SSL_R_NO_SUITABLE_KEY_SHARE:
        case SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM:
        case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
        case SSL_R_UNSUPPORTED_PROTOCOL: return ByteStream::Fault::Disagreed;
        default: return ByteStream::Fault::Broken;
    }
}

Clock::WallTime endOfChain(const SSL& session, const X509& own) {
    auto end = endOf(own);
    const auto* chain = SSL_get0_verified_chain(&session);
    for (int i = 0; i < sk_X509_num(chain); ++i) end = std::min(end, endOf(*sk_X509_value(chain, i)));
    return end;
}

}  // namespace

TlsStream::TlsStream(std::unique_ptr<ByteStream> under, std::shared_ptr<const ServerContexts> contexts,
                     HandshakeBudget& budget, const Clock& clock)
    : under_{std::move(under)},
      server_{std::move(contexts)},
      budget_{budget},
      clock_{clock},
      wanted_{Outcome::WantsRead} {}

TlsStream::TlsStream(std::unique_ptr<ByteStream> under, std::shared_ptr<const ClientContext> context,
                     std::string domain, HandshakeBudget& budget, const Clock& clock)
    : under_{std::move(under)},
      client_{std::move(context)},
      domain_{std::move(domain)},
      budget_{budget},
      clock_{clock},
      wanted_{Outcome::WantsWrite} {}

TlsStream::~TlsStream() { endOutput(); }

int TlsStream::bioRead(BIO* bio, char* to, int size) noexcept {
    auto& self = *static_cast<TlsStream*>(BIO_get_data(bio));
    BIO_clear_retry_flags(bio);
    if (self.recordsWithoutData_ > kRecordsWithoutData) return -1;
    if (self.inputLeft_ == 0) return BIO_set_retry_read(bio), -1;
    const auto [outcome, got] = self.under_->read(to, std::min(static_cast<std::size_t>(size), self.inputLeft_));
    switch (outcome) {
        case Outcome::Done: self.inputLeft_ -= got; return self.admitsHello({to, got}) ? static_cast<int>(got) : -1;
        case Outcome::Ended: self.underEnded_ = true; return 0;
        case Outcome::WantsRead: BIO_set_retry_read(bio); return -1;
        case Outcome::WantsWrite: BIO_set_retry_write(bio); return -1;
        case Outcome::Failed: break;
    }
    return -1;
}

int TlsStream::bioWrite(BIO* bio, const char* from, int size) noexcept {
    auto& self = *static_cast<TlsStream*>(BIO_get_data(bio));
    BIO_clear_retry_flags(bio);
    const auto [outcome, sent] = self.under_->write({from, static_cast<std::size_t>(size)});
    if (outcome == Outcome::Done) return static_cast<int>(sent);
    if (outcome == Outcome::WantsWrite) BIO_set_retry_write(bio);
    if (outcome == Outcome::WantsRead) BIO_set_retry_read(bio);
    return -1;
}

long TlsStream::bioControl(BIO* bio, int command, long, void*) noexcept {
    if (command == BIO_CTRL_FLUSH) return 1;
    if (command == BIO_CTRL_EOF) return static_cast<TlsStream*>(BIO_get_data(bio))->underEnded_ ? 1 : 0;
    return 0;
}

// A second ClientHello may come where the library waits for what follows the first: TLS_ST_EARLY_DATA is its name for
// that. Anything that follows in the clear has limits of its own.
bool TlsStream::admitsHello(std::string_view octets) noexcept {
    if (!hello_) return true;
    const auto state = SSL_get_state(session_.get());
    if (state != TLS_ST_BEFORE && state != TLS_ST_SR_CLNT_HELLO && state != TLS_ST_EARLY_DATA) {
        hello_.reset();
        return true;
    }
    helloTooLong_ = !hello_->take(octets);
    return !helloTooLong_;
}

// Told of the header of each record, among others.
void TlsStream::onRecord(int written, int, int kind, const void*, std::size_t, SSL*, void* self) noexcept {
    if (written == 0 && kind == SSL3_RT_HEADER) ++static_cast<TlsStream*>(self)->recordsWithoutData_;
}

const BIO_METHOD* TlsStream::bioMethod() {
    static const BIO_METHOD* const kMethod = [] {
        auto* method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "beffroi stream");
        BIO_meth_set_read(method, bioRead);
        BIO_meth_set_write(method, bioWrite);
        BIO_meth_set_ctrl(method, bioControl);
        return method;
    }();
    return kMethod;
}

bool TlsStream::begin() {
    session_ = server_ ? server_->session() : client_->session(domain_);
    if (server_) hello_.emplace();
    auto* bio = session_ ? BIO_new(bioMethod()) : nullptr;
    if (bio == nullptr) return false;
    BIO_set_data(bio, this);
    BIO_set_init(bio, 1);
    SSL_set_bio(session_.get(), bio, bio);
    // Chains are verified by our clock: the one that says when certificates end everywhere else.
    X509_VERIFY_PARAM_set_time(SSL_get0_param(session_.get()), std::chrono::system_clock::to_time_t(clock_.wallNow()));
    return true;
}

ByteStream::Outcome TlsStream::establish() {
    if (state_ == State::Failed) return Outcome::Failed;
    if (state_ == State::Open || state_ == State::OutputEnded) return Outcome::Done;
    if (state_ == State::Fresh) {
        const auto connected = under_->establish();
        if (connected != Outcome::Done) return connected;
        state_ = State::Handshaking;
        if (server_) return Outcome::WantsRead;  // the client speaks first
    }
    if (budget_.left <= 0) return wanted_;  // the descriptor is still ready, so that our turn comes
    --budget_.left;
    inputLeft_ = kInputOfCall;
    if (!session_ && !begin()) return fail("no memory for a session");
    ERR_clear_error();
    const int result = SSL_do_handshake(session_.get());
    if (result == 1) return finishHandshake();
    wanted_ = outcomeOf(result);
    return wanted_ == Outcome::WantsRead || wanted_ == Outcome::WantsWrite ? wanted_ : failHandshake();
}

ByteStream::Outcome TlsStream::finishHandshake() {
    const X509* peer = SSL_get0_peer_certificate(session_.get());
    const bool trusted =
        peer != nullptr && SSL_get_verify_result(session_.get()) == X509_V_OK && !isUntrusted(*session_);
    if (client_) {
        if (!trusted) return fail("nobody vouches for its certificate");
        const auto names = namesOf(*peer);
        if (!identifies(names, domain_)) return fail("its certificate is of " + shownName(names));
    } else if (trusted) {
        peerNames_ = deviceNames(namesOf(*peer));
        provenUntil_ = endOfChain(*session_, *peer);
    }
    hello_.reset();
    SSL_set_msg_callback(session_.get(), onRecord);
    SSL_ctrl(session_.get(), SSL_CTRL_SET_MSG_CALLBACK_ARG, 0, this);
    state_ = State::Open;
    ++budget_.done;
    return Outcome::Done;
}

ByteStream::Outcome TlsStream::failHandshake() {
    const auto verified = SSL_get_verify_result(session_.get());
    if (server_) fault_ = helloTooLong_ ? Fault::Broken : faultOf(ERR_peek_last_error());
    if (helloTooLong_) return fail("its ClientHello is too long");
    if (client_ && verified != X509_V_OK) return fail(X509_verify_cert_error_string(verified));
    return fail(ERR_peek_last_error() == 0 ? "the peer hung up" : lastReason());
}

// Strangers can repeat this at will; whom we call they cannot choose.
ByteStream::Outcome TlsStream::fail(const std::string& reason) {
    state_ = State::Failed;
    ++budget_.failed;
    if (client_) {
        log::info(kLog, "no TLS connection", {{"to", domain_}, {"reason", reason}});
    } else {
        log::debug(kLog, "a handshake failed", {{"reason", reason}});
    }
    ERR_clear_error();
    return Outcome::Failed;
}

ByteStream::Outcome TlsStream::outcomeOf(int result) {
    switch (SSL_get_error(session_.get(), result)) {
        case SSL_ERROR_WANT_READ: return Outcome::WantsRead;
        case SSL_ERROR_WANT_WRITE: return Outcome::WantsWrite;
        case SSL_ERROR_ZERO_RETURN: return Outcome::Ended;
        default: return Outcome::Failed;
    }
}

// One record at most: what the library has deciphered and we did not take is seen by holdsMore(); what it has not read
// is still in the kernel, which the loop sees.
ByteStream::Result TlsStream::read(char* to, std::size_t size) {
    if (state_ != State::Open && state_ != State::OutputEnded) return {Outcome::Failed, 0};
    ERR_clear_error();
    inputLeft_ = kInputOfCall;
    const int got = SSL_read(session_.get(), to, clamped(size));
    if (got > 0) {
        recordsWithoutData_ = 0;
        return {Outcome::Done, static_cast<std::size_t>(got)};
    }
    const auto outcome = outcomeOf(got);
    if (outcome == Outcome::Failed) state_ = State::Failed;
    return {outcome, 0};
}

bool TlsStream::holdsMore() const noexcept { return session_ && SSL_pending(session_.get()) > 0; }

ByteStream::Result TlsStream::write(std::string_view bytes) {
    if (state_ != State::Open) return {Outcome::Failed, 0};
    if (bytes.empty()) return {};
    ERR_clear_error();
    inputLeft_ = kInputOfCall;
    const int sent = SSL_write(session_.get(), bytes.data(), clamped(bytes.size()));
    if (sent > 0) return {Outcome::Done, static_cast<std::size_t>(sent)};
    const auto outcome = outcomeOf(sent);
    if (outcome == Outcome::Failed) state_ = State::Failed;
    return {outcome, 0};
}

// close_notify, if it fits: the peer learns that nothing was cut off.
// Connections last for months: what was proven is worth no more than a new connection could prove now.
const std::vector<std::string>& TlsStream::peerNames() const noexcept {
    const bool proven = server_ && server_->trustMark() == budget_.trustMark && clock_.wallNow() <= provenUntil_;
    return proven ? peerNames_ : ByteStream::peerNames();
}

void TlsStream::endOutput() noexcept {
    if (state_ != State::Open) return;
    state_ = State::OutputEnded;
    ERR_clear_error();
    SSL_shutdown(session_.get());
    ERR_clear_error();
    under_->endOutput();
}

}  // namespace beffroi::edge::tls
