// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Matching (RFC 3261 §17.1.3, §17.2.3), the way of answers (§18.2.2, RFC 3581) and our Via.

#include "sip/transaction_layer.hpp"

#include "base/assert.hpp"
#include "base/log.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace beffroi::sip {
namespace {

constexpr log::Area kLog{"sip.transactions"};
constexpr std::string_view kCookie = "z9hG4bK";
constexpr std::size_t kIdDigits = 16;
constexpr std::uint16_t kDefaultPort = 5060;

// A client transaction's key: the number in its branch, and whether it is the CANCEL that shares that branch.
constexpr std::uint64_t clientKey(std::uint64_t id, bool cancel) noexcept { return (id << 1U) | (cancel ? 1U : 0U); }

std::string branchOf(std::uint64_t id, std::string_view suffix) {
    std::array<char, kIdDigits> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), id, 16).ptr;
    std::string branch{kCookie};
    branch.append(kIdDigits - static_cast<std::size_t>(end - digits.data()), '0').append(digits.data(), end);
    if (!suffix.empty()) branch.append(1, '.').append(suffix);
    return branch;
}

std::optional<std::uint64_t> idOf(std::string_view branch) noexcept {
    if (branch.size() < kCookie.size() + kIdDigits || !branch.starts_with(kCookie)) return std::nullopt;
    std::uint64_t id = 0;
    const char* begin = branch.data() + kCookie.size();
    const auto result = std::from_chars(begin, begin + kIdDigits, id, 16);
    if (result.ec != std::errc{} || result.ptr != begin + kIdDigits) return std::nullopt;
    return id;
}

void appendPart(std::string& key, std::string_view part) { key.append(1, '\n').append(part); }

// RFC 3261 §17.2.3. An ACK and a CANCEL are looked up as the INVITE that they belong to.
void makeServerKey(std::string& key, const Message& request, std::string_view method) {
    const auto& via = request.topVia();
    key.assign(method);
    const auto branch = via.branch();
    if (branch.starts_with(kCookie)) {
        appendPart(key, branch);
        appendPart(key, via.host);
        key.append(1, ':').append(std::to_string(via.port));
        return;
    }
    // RFC 2543: no unique branch; everything that tells one request from another.
    appendPart(key, request.requestUri().text);
    appendPart(key, request.from().tag());
    appendPart(key, request.callId());
    appendPart(key, std::to_string(request.cseq().number));
    appendPart(key, via.host);
    appendPart(key, branch);
}

// RFC 3261 §17.1.3, and the Call-ID: whoever guesses a branch of ours cannot speak for another peer.
bool answers(const Message& response, const Message& request) {
    return response.topVia().branch() == request.topVia().branch() && response.callId() == request.callId() &&
           response.cseq().number == request.cseq().number && response.methodName() == request.methodName();
}

// An address as it stands in a `received`: IPv6 without brackets and zone.
std::string receivedHost(const SocketAddress& address) {
    auto host = address.host();
    host.resize(std::min(host.find('%'), host.size()));
    return host;
}

// The value of a Via with `received` and `rport` as the flow says (RFC 3261 §18.2.1, RFC 3581 §4).
std::optional<std::string> completedVia(const Message& request, const Flow& flow) {
    const auto& via = request.topVia();
    const auto source = receivedHost(flow.remote);
    const bool rport = via.params.has("rport");
    if (!rport && via.host == source && !via.params.has("received")) return std::nullopt;
    const auto value = request.header("Via").value_or(std::string_view{});
    std::string completed{value.substr(0, value.size() - via.params.text().size())};
    auto rest = via.params.text();
    while (const auto pair = Parameters::next(rest)) {
        if (equalsIgnoreCase(pair->name, "received") || equalsIgnoreCase(pair->name, "rport")) continue;
        completed.append(1, ';').append(pair->name);
        if (pair->value) completed.append(1, '=').append(*pair->value);
    }
    if (rport || via.host != source) completed.append(";received=").append(source);
    if (rport) completed.append(";rport=").append(std::to_string(flow.remote.port()));
    return completed;
}

}  // namespace

TransactionLayer::TransactionLayer(Network& network, Scheduler& scheduler, const Reader& reader,
                                   TransactionTimers timers, std::uint64_t firstId, std::function<std::string()> newTag)
    : network_{network},
      scheduler_{scheduler},
      reader_{reader},
      timers_{timers},
      newTag_{std::move(newTag)},
      nextId_{firstId & (~std::uint64_t{0} >> 1U)} {}

// Users and transactions hold one another: at the end somebody has to let go.
TransactionLayer::~TransactionLayer() {
    for (const auto& [key, transaction] : clients_) transaction->forget();
    for (const auto& [key, transaction] : servers_) transaction->attach(nullptr);
}

void TransactionLayer::onMessage(const Flow& flow, std::string_view bytes) {
    ++counters_.received;
    const auto source = isReliable(flow.transport) ? Source::Stream : Source::Datagram;
    auto result = reader_.read(bytes, source);
    if (auto* refusal = std::get_if<Refusal>(&result)) return refused(flow, *refusal);
    auto& message = std::get<Message>(result);
    if (message.isRequest()) {
        onRequest(std::move(message), flow);
    } else {
        onResponse(std::move(message), flow);
    }
}

void TransactionLayer::refused(const Flow& flow, Refusal& refusal) {
    ++counters_.refused;
    log::debug(kLog, "message refused",
               {{"remote", flow.remote.toString()}, {"status", refusal.status}, {"reason", refusal.reason}});
    if (onRefused_) onRefused_(flow, refusal);
    if (refusal.answer) sendRefusal(std::move(*refusal.answer), flow);
}

void TransactionLayer::turnAway(const Flow& flow, std::string_view bytes, int retryAfter) {
    auto result = reader_.read(bytes, isReliable(flow.transport) ? Source::Stream : Source::Datagram);
    const auto* request = std::get_if<Message>(&result);
    if (request == nullptr || !request->isRequest() || request->method() == Method::Ack ||
        request->method() == Method::Cancel) {
        return;
    }
    makeServerKey(keyBuffer_, *request, request->methodName());
    if (findServer(keyBuffer_)) return;
    auto answer = Message::answer(*request, 503, {});
    answer.add("Retry-After", std::to_string(retryAfter));
    sendRefusal(std::move(answer), flow, isReliable(flow.transport) ? kNoLimit : bytes.size());
}

// What the stream could not cut is never acted upon, even if the reader could: the connection is about to close.
void TransactionLayer::onUnframable(const Flow& flow, std::string_view bytes) {
    ++counters_.received;
    auto result = reader_.read(bytes, Source::Stream);
    if (auto* refusal = std::get_if<Refusal>(&result)) return refused(flow, *refusal);
    ++counters_.refused;
    const auto& message = std::get<Message>(result);
    if (!message.isRequest() || message.method() == Method::Ack) return;
    sendRefusal(Message::answer(message, 513, newTag_()), flow);
}

// Goes the way of any other answer as far as its topmost Via could be read; a connection is not opened for it.
void TransactionLayer::sendRefusal(Message answer, const Flow& flow, std::size_t longest) {
    auto back = flow;
    if (!answer.topVia().host.empty()) {
        if (auto via = completedVia(answer, flow)) {
            answer.removeFirst("Via");
            answer.addFirst("Via", *via);
        }
        if (!isReliable(flow.transport)) back.remote = answerAddress(answer, flow);
    }
    wireBuffer_.clear();
    answer.marshal(wireBuffer_);
    if (wireBuffer_.size() <= longest) transmit(back, wireBuffer_);
}

void TransactionLayer::onRequest(Message request, const Flow& flow) {
    if (request.method() == Method::Ack) return onAck(std::move(request), flow);
    makeServerKey(keyBuffer_, request, request.methodName());
    if (const auto known = findServer(keyBuffer_)) {
        ++counters_.retransmissions;
        known->onRetransmission();
        return;
    }
    if (auto via = completedVia(request, flow)) {
        request.removeFirst("Via");
        request.addFirst("Via", *via);
    }
    if (request.method() == Method::Cancel) return onCancelRequest(std::move(request), flow);
    const auto transaction = createServer(keyBuffer_, std::move(request), flow);
    user_->onRequest(transaction);
}

void TransactionLayer::onAck(Message ack, const Flow& flow) {
    makeServerKey(keyBuffer_, ack, toString(Method::Invite));
    const auto invite = findServer(keyBuffer_);
    if (!invite || invite->onAck()) user_->onAck(std::move(ack), flow);
}

void TransactionLayer::onCancelRequest(Message cancel, const Flow& flow) {
    const auto transaction = createServer(keyBuffer_, std::move(cancel), flow);
    makeServerKey(keyBuffer_, transaction->request(), toString(Method::Invite));
    const auto invite = findServer(keyBuffer_);
    if (!invite) {  // nothing is kept for whoever cancels at random; the CANCEL again gets the same answer
        transaction->respondOnce(Message::answer(transaction->request(), 481, transaction->localTag()));
        return;
    }
    // The tag is the INVITE's, so that both answers name the same peer (RFC 3261 §9.2).
    transaction->respond(Message::answer(transaction->request(), 200, invite->localTag()));
    if (!invite->answered()) user_->onCancel(*invite, transaction->request());
}

// Who is asked answers from its own host: another telephone of the same fork, which knows all of the request but a
// number, and the caller cannot answer in its place.
void TransactionLayer::onResponse(Message response, const Flow& flow) {
    const auto id = idOf(response.topVia().branch());
    const auto found = id ? clients_.find(clientKey(*id, response.method() == Method::Cancel)) : clients_.end();
    if (found == clients_.end() || !answers(response, found->second->request()) ||
        !flow.remote.sameHost(found->second->flow().remote)) {
        ++counters_.strayResponses;
        return;
    }
    const auto transaction = found->second;
    transaction->onResponse(std::move(response));
}

std::shared_ptr<ServerTransaction> TransactionLayer::createServer(std::string_view key, Message request,
                                                                  const Flow& flow) {
    auto transaction = std::make_shared<ServerTransaction>(*this, std::string{key}, std::move(request), flow);
    servers_.emplace(transaction->key_, transaction);
    return transaction;
}

std::shared_ptr<ServerTransaction> TransactionLayer::findServer(std::string_view key) const {
    const auto found = servers_.find(key);
    return found == servers_.end() ? nullptr : found->second;
}

void TransactionLayer::removeServer(std::string_view key) {
    if (const auto found = servers_.find(key); found != servers_.end()) servers_.erase(found);
}

void TransactionLayer::pushVia(Message& request, const Flow& flow, std::string_view branch) {
    assertOnLoop();
    const auto& own = network_.localAddress(flow);
    std::string via{"SIP/2.0/"};
    via.append(toString(flow.transport)).append(1, ' ').append(own.uriHost());
    via.append(1, ':').append(std::to_string(own.port()));
    if (!isReliable(flow.transport)) via.append(";rport");
    via.append(";branch=").append(branch);
    request.addFirst("Via", via);
}

std::shared_ptr<ClientTransaction> TransactionLayer::send(Message request, const Flow& flow,
                                                          std::shared_ptr<ClientTransactionUser> user,
                                                          std::string_view branchSuffix) {
    BEFFROI_ASSERT(request.isRequest() && request.method() != Method::Ack);
    const auto id = nextId_++;
    pushVia(request, flow, branchOf(id, branchSuffix));
    const auto key = clientKey(id, false);
    auto transaction = std::make_shared<ClientTransaction>(*this, key, std::move(request), flow, std::move(user));
    addClient(transaction);
    transaction->start();
    return transaction;
}

void TransactionLayer::sendCancelFor(ClientTransaction& invite, std::string_view reason) {
    const auto& request = invite.request();
    auto cancel = Message::request("CANCEL", request.requestUri().text);
    cancel.add("Via", request.header("Via").value_or(""));
    for (const auto route : request.headers("Route")) cancel.add("Route", route);
    cancel.add("Max-Forwards", "70");
    cancel.add("From", request.header("From").value_or(""));
    cancel.add("To", request.header("To").value_or(""));
    cancel.add("Call-ID", request.callId());
    cancel.add("CSeq", std::to_string(request.cseq().number) + " CANCEL");
    if (!reason.empty()) cancel.add("Reason", reason);
    auto transaction =
        std::make_shared<ClientTransaction>(*this, invite.key_ | 1U, std::move(cancel), invite.flow(), nullptr);
    addClient(transaction);
    assertOnLoop();
    transaction->start();
}

void TransactionLayer::sendAck(Message ack, const Flow& flow) {
    pushVia(ack, flow, branchOf(nextId_++, {}));
    wireBuffer_.clear();
    ack.marshal(wireBuffer_);
    transmit(flow, wireBuffer_);
}

bool TransactionLayer::transmit(const Flow& flow, std::string_view bytes) {
    assertOnLoop();
    ++counters_.sent;
    return network_.send(flow, bytes) == Network::Sent::Accepted;
}

// An answer goes back where the request came from. Over UDP a peer without rport that is not behind NAT listens on the
// port of its sent-by (RFC 3261 §18.2.2); behind NAT that port would be closed, so we use the flow. A connection that
// has closed is opened anew towards the sent-by port.
SocketAddress TransactionLayer::answerAddress(const Message& request, const Flow& flow) {
    const auto& via = request.topVia();
    const bool toFlow =
        !isReliable(flow.transport) && (via.params.has("rport") || via.host != receivedHost(flow.remote));
    return toFlow ? flow.remote : flow.remote.withPort(via.port != 0 ? via.port : kDefaultPort);
}

Flow TransactionLayer::answerFlow(const Flow& flow, const SocketAddress& address) {
    assertOnLoop();
    if (isReliable(flow.transport)) {
        return network_.alive(flow) ? flow : network_.flowTo(flow.transport, address).value_or(flow);
    }
    auto answer = flow;
    answer.remote = address;
    return answer;
}

void TransactionLayer::addClient(const std::shared_ptr<ClientTransaction>& transaction) {
    clients_.insert_or_assign(transaction->key_, transaction);
    ++unanswered_;
    auto& head = clientsByFlow_[transaction->flow_];
    transaction->nextOnFlow_ = head;
    if (head != nullptr) head->previousOnFlow_ = transaction.get();
    head = transaction.get();
}

void TransactionLayer::removeClient(ClientTransaction& transaction) {
    if (transaction.nextOnFlow_ != nullptr) transaction.nextOnFlow_->previousOnFlow_ = transaction.previousOnFlow_;
    if (transaction.previousOnFlow_ != nullptr) {
        transaction.previousOnFlow_->nextOnFlow_ = transaction.nextOnFlow_;
    } else if (transaction.nextOnFlow_ != nullptr) {
        clientsByFlow_[transaction.flow_] = transaction.nextOnFlow_;
    } else {
        clientsByFlow_.erase(transaction.flow_);
    }
    clients_.erase(transaction.key_);
}

void TransactionLayer::onFlowFailed(const Flow& flow) {
    const auto found = clientsByFlow_.find(flow);
    if (found == clientsByFlow_.end()) return;
    std::vector<std::shared_ptr<ClientTransaction>> failed;  // a callback may end others of this list
    for (auto* item = found->second; item != nullptr; item = item->nextOnFlow_) {
        failed.push_back(item->shared_from_this());
    }
    for (const auto& transaction : failed) transaction->onFlowFailed();
}

bool TransactionLayer::quotesOurs(const Flow& flow, std::string_view quoted) const {
    const auto found = clientsByFlow_.find(flow);
    if (found == clientsByFlow_.end()) return false;
    for (const auto* item = found->second; item != nullptr; item = item->nextOnFlow_) {
        if (quoted.find(item->request().topVia().branch()) != std::string_view::npos) return true;
    }
    return false;
}

// ICMP of somebody who has not seen the request is no news of it: the transaction waits for its timer.
void TransactionLayer::onUndelivered(const Flow& flow, Undelivered how, std::string_view quoted) {
    if (how == Undelivered::NotSent || quotesOurs(flow, quoted)) onFlowFailed(flow);
}

}  // namespace beffroi::sip
