// SPDX-License-Identifier: AGPL-3.0-or-later
#include "edge/connection.hpp"

#include <algorithm>
#include <array>

namespace beffroi::edge {
namespace {

constexpr std::size_t kReadSize = 16 * 1024;    // of one connection in a turn: others want their share
constexpr std::size_t kKeptOutput = 8 * 1024;   // capacity of a queue that is empty
constexpr std::size_t kMoveOutput = 64 * 1024;  // written octets before the rest is moved down

}  // namespace

Connection::Connection(base::EventLoop& loop, std::unique_ptr<ByteStream> stream, const Flow& flow,
                       const SocketAddress& local, Origin origin, const Shared& shared)
    : stream_{std::move(stream)},
      flow_{flow},
      local_{local},
      peerDomain_{stream_->peerDomain()},
      clock_{loop.clock()},
      limits_{shared.limits},
      budget_{shared.budget},
      owner_{shared.owner},
      origin_{origin},
      standing_{origin == Origin::Accepted ? Standing::Stranger : Standing::Known},
      framer_{shared.limits.framing},
      state_{State::Connecting},
      interest_{origin == Origin::Accepted ? base::Ready::Read : base::Ready::Write},
      heard_{origin == Origin::Connecting},
      since_{clock_.now()},
      lastActive_{since_},
      lastHeard_{since_},
      timer_{loop.scheduler(), [this] { onTimer(); }} {
    if (origin == Origin::Accepted && stream_->establish() == ByteStream::Outcome::Done) state_ = State::Open;
    watch_ = loop.watch(stream_->descriptor(), interest_, [this](base::Ready ready) { onReady(ready); });
    armTimer();
}

Connection::~Connection() { [[maybe_unused]] const bool less = budget_.change(charged_, 0, standing_); }

// The earliest of the limits that apply; one timer serves them all.
void Connection::armTimer() {
    auto due = since_;
    switch (state_) {
        case State::Closed: return;
        case State::Connecting:
            due = since_ + (origin_ == Origin::Accepted ? limits_.handshake : limits_.connect);
            break;
        case State::Draining:
        case State::Lingering: due = since_ + limits_.linger; break;
        case State::Open:
            due = heard_ ? lastActive_ + limits_.idle : since_ + limits_.firstMessage;
            if (standing_ == Standing::Stranger) due = std::min(due, since_ + limits_.proof);
            if (silence_) due = std::min(due, lastHeard_ + *silence_);
            if (partSince_) due = std::min(due, *partSince_ + limits_.messageCompletion);
            if (blockedSince_) due = std::min(due, *blockedSince_ + limits_.stalled);
            break;
    }
    if (!timer_.running() || timer_.due() != due) timer_.startAt(due);
}

void Connection::onTimer() {
    const bool last = state_ == State::Draining || state_ == State::Lingering;
    close(last ? ending_ : Ending::TimedOut);
}

void Connection::onReady(base::Ready ready) {
    if (state_ == State::Connecting) return establish();
    const bool readable = has(ready, base::Ready::Read) || has(ready, base::Ready::Error);
    const bool writable = has(ready, base::Ready::Write);
    if (readable || (writable && readWantsWrite_)) receive();
    if (state_ != State::Closed && (writeWantsRead_ ? readable : writable)) {
        blocked_ = writeWantsRead_ = false;
        flush();
    }
}

void Connection::establish() {
    const auto outcome = stream_->establish();
    if (outcome == ByteStream::Outcome::Failed || outcome == ByteStream::Outcome::Ended)
        return close(handshakeEnding());
    blocked_ = outcome == ByteStream::Outcome::WantsWrite;
    if (outcome != ByteStream::Outcome::Done) return wantReady();
    state_ = State::Open;
    since_ = lastActive_ = lastHeard_ = clock_.now();
    armTimer();
    flush();  // what was sent to it meanwhile
}

Connection::Ending Connection::handshakeEnding() const noexcept {
    switch (stream_->fault()) {
        case ByteStream::Fault::None: break;
        case ByteStream::Fault::Disagreed: return Ending::Disagreed;
        case ByteStream::Fault::Broken: return Ending::BrokenHandshake;
    }
    return Ending::Failed;
}

void Connection::receive() {
    while (receiveOnce() && stream_->holdsMore()) continue;
    wantReady();
}

// False if there is nothing more to be had for now, or ever.
bool Connection::receiveOnce() {
    std::array<char, kReadSize> bytes;
    const auto [outcome, size] = stream_->read(bytes.data(), bytes.size());
    readWantsWrite_ = outcome == ByteStream::Outcome::WantsWrite;
    if (outcome == ByteStream::Outcome::Failed) return close(Ending::Failed), false;
    if (outcome == ByteStream::Outcome::Ended) {
        peerDone_ = true;
        if (state_ == State::Open) ending_ = Ending::ByPeer;
        finish();
        return false;
    }
    if (outcome != ByteStream::Outcome::Done || state_ != State::Open)
        return false;  // last words: the rest is not read
    lastActive_ = lastHeard_ = clock_.now();
    framer_.append({bytes.data(), size});
    takePieces();
    if (!settleBudget()) close(Ending::Crowded);
    armTimer();
    return state_ == State::Open;
}

void Connection::takePieces() {
    handing_ = true;
    bool taken = false;
    while (state_ == State::Open) {
        const auto piece = framer_.next();
        if (piece.found == StreamFramer::Found::Nothing) break;
        if (piece.found == StreamFramer::Found::Message) {
            heard_ = taken = true;
            owner_.onMessage(*this, piece.bytes);
        } else if (piece.found == StreamFramer::Found::Ping) {
            [[maybe_unused]] const bool queued = send("\r\n");  // one who does not read our answers gets none
        } else {
            owner_.onUnframable(*this, piece.bytes);
            finish();
        }
    }
    handing_ = false;
    if (!framer_.midMessage()) {
        partSince_.reset();
    } else if (taken || !partSince_) {
        partSince_ = lastActive_;
    }
}

void Connection::vouch() {
    if (standing_ == Standing::Known) return;
    standing_ = Standing::Known;
    budget_.vouch(charged_);
    armTimer();
}

void Connection::expectWithin(std::optional<Clock::Duration> silence) {
    silence_ = silence;
    armTimer();
}

// False if what it keeps waiting is more than is left for it.
bool Connection::settleBudget() {
    const auto now = state_ == State::Closed ? 0 : framer_.waiting() + waitingOutput();
    if (!budget_.change(charged_, now, standing_)) return false;
    charged_ = now;
    return true;
}

const std::vector<std::string>& Connection::peerNames() const noexcept {
    static const std::vector<std::string> kNone;
    return stream_ ? stream_->peerNames() : kNone;
}

bool Connection::send(std::string_view bytes) {
    const auto most = standing_ == Standing::Known ? limits_.outputQueue : limits_.strangersOutput;
    if (!usable() || waitingOutput() + bytes.size() > most) return false;
    if (!budget_.change(charged_, charged_ + bytes.size(), standing_)) return false;
    charged_ += bytes.size();
    const bool first = output_.empty();
    output_.append(bytes);
    if (first) owner_.onOutput(*this);
    return true;
}

void Connection::flush() {
    if (state_ == State::Connecting || state_ == State::Lingering || state_ == State::Closed || blocked_) return;
    bool moved = false;
    while (written_ < output_.size()) {
        const auto [outcome, size] = stream_->write(std::string_view{output_}.substr(written_));
        if (outcome == ByteStream::Outcome::Failed || outcome == ByteStream::Outcome::Ended) {
            return close(Ending::Failed);
        }
        blocked_ = outcome != ByteStream::Outcome::Done;
        writeWantsRead_ = outcome == ByteStream::Outcome::WantsRead;
        if (blocked_) break;
        written_ += size;
        moved = true;
    }
    if (moved) lastActive_ = clock_.now();
    if (blocked_) {
        if (moved || !blockedSince_) blockedSince_ = clock_.now();
        keepOutput();
        [[maybe_unused]] const bool less = settleBudget();
        armTimer();
    } else {
        blockedSince_.reset();
        armTimer();
        outputDone();
    }
    wantReady();
}

// A slow reader: what it took is dropped from the front now and then, so that the queue does not grow by its past.
void Connection::keepOutput() {
    if (written_ < kMoveOutput) return;
    output_.erase(0, written_);
    written_ = 0;
}

void Connection::outputDone() {
    output_.clear();
    written_ = 0;
    if (output_.capacity() > kKeptOutput) output_.shrink_to_fit();
    [[maybe_unused]] const bool less = settleBudget();
    if (state_ != State::Draining) return;
    if (peerDone_) return close(ending_);
    // Closing with unread input would reset the connection, and our last words with it: the peer closes first.
    stream_->endOutput();
    state_ = State::Lingering;
}

void Connection::finish() {
    if (state_ == State::Closed) return;
    if (state_ == State::Connecting || (state_ == State::Lingering && peerDone_)) return close(ending_);
    if (state_ == State::Lingering) return;
    if (state_ == State::Open) {
        state_ = State::Draining;
        since_ = clock_.now();
        armTimer();
    }
    if (output_.empty() && !handing_) return outputDone();
    if (output_.empty()) owner_.onOutput(*this);  // flush() at the end of the turn finds nothing to write and goes on
}

void Connection::wantReady() {
    if (watch_ == nullptr) return;
    auto wanted = static_cast<base::Ready>(0);
    if (!peerDone_) wanted = wanted | base::Ready::Read;
    if ((blocked_ && !writeWantsRead_) || readWantsWrite_) wanted = wanted | base::Ready::Write;
    if (wanted == interest_) return;
    interest_ = wanted;
    watch_->want(wanted);
}

void Connection::close(Ending ending) {
    if (state_ == State::Closed) return;
    state_ = State::Closed;
    timer_.stop();
    watch_.reset();
    stream_.reset();
    [[maybe_unused]] const bool less = settleBudget();
    owner_.onClosed(*this, ending);
}

}  // namespace beffroi::edge
