// SPDX-License-Identifier: AGPL-3.0-or-later
//
// From messages to transactions and back (RFC 3261 §17 and §18, RFC 3581, RFC 6026): matches by hash tables, absorbs
// retransmissions, answers what cannot be read, and hands each new request to the one TransactionUser.
// Thread: loop.
#pragma once

#include "beffroi/network.hpp"
#include "beffroi/scheduler.hpp"
#include "sip/client_transaction.hpp"
#include "sip/reader.hpp"
#include "sip/server_transaction.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

namespace beffroi::sip {

class TransactionUser {
public:
    virtual ~TransactionUser() = default;
    /// A new request other than ACK and CANCEL. It is answered through the transaction, now or later.
    virtual void onRequest(const std::shared_ptr<ServerTransaction>& transaction) BEFFROI_ON_LOOP = 0;
    /// An ACK that belongs to no failed INVITE: the one of a 2xx, to be routed like a request in its dialog.
    virtual void onAck(Message ack, const Flow& flow) BEFFROI_ON_LOOP = 0;
    /// The INVITE is to be cancelled; the CANCEL itself is answered already.
    virtual void onCancel(ServerTransaction& invite, const Message& cancel) BEFFROI_ON_LOOP = 0;
};

class TransactionLayer final : public MessageSink {
public:
    struct Counters {
        std::uint64_t received = 0;
        std::uint64_t refused = 0;          // not a SIP message, or not one that we accept
        std::uint64_t retransmissions = 0;  // absorbed
        std::uint64_t strayResponses = 0;   // that match no transaction
        std::uint64_t sent = 0;
    };

    /// `firstId` starts the numbers that make our branches unique: random, so that a restart does not repeat them.
    /// `newTag` makes To tags.
    TransactionLayer(Network& network, Scheduler& scheduler, const Reader& reader, TransactionTimers timers,
                     std::uint64_t firstId, std::function<std::string()> newTag);
    ~TransactionLayer() override;
    TransactionLayer(const TransactionLayer&) = delete;
    TransactionLayer& operator=(const TransactionLayer&) = delete;

    void setUser(TransactionUser& user) noexcept { user_ = &user; }

    /// Makes room for so many server transactions: a table that grows keeps everybody waiting, 20 ms with 85,000 in it.
    void makeRoom(std::size_t serverTransactions) { servers_.reserve(serverTransactions); }

    /// Told of each message that is not accepted, before it is answered.
    using OnRefused = std::function<void(const Flow& flow, const Refusal& refusal)>;
    void setOnRefused(OnRefused onRefused) { onRefused_ = std::move(onRefused); }

    /// Sends `request` by `flow` with a Via of ours on top, whose branch ends in `branchSuffix` (tokens only; the proxy
    /// puts its loop detection there), and returns its transaction. A failure to send is told to the user after this
    /// call has returned. The request must not be an ACK.
    std::shared_ptr<ClientTransaction> send(Message request, const Flow& flow,
                                            std::shared_ptr<ClientTransactionUser> user,
                                            std::string_view branchSuffix = {}) BEFFROI_ON_LOOP;

    /// Sends an ACK of a 2xx: a request without a transaction, once for each that comes in.
    void sendAck(Message ack, const Flow& flow) BEFFROI_ON_LOOP;

    /// Answers a request 503 with this Retry-After (seconds) without a transaction, and whoever awaits an answer to it
    /// alone: a retransmission, an ACK, a CANCEL and what is no request get nothing, and no datagram is answered by a
    /// longer one.
    void turnAway(const Flow& flow, std::string_view bytes, int retryAfter) BEFFROI_ON_LOOP;

    // MessageSink
    void onMessage(const Flow& flow, std::string_view bytes) BEFFROI_ON_LOOP override;
    void onUnframable(const Flow& flow, std::string_view bytes) BEFFROI_ON_LOOP override;
    void onFlowFailed(const Flow& flow) BEFFROI_ON_LOOP override;
    void onUndelivered(const Flow& flow, Undelivered how, std::string_view quoted) BEFFROI_ON_LOOP override;

    /// True if `quoted` has the branch of a request that waits for its answer on this flow: who quotes it has seen it.
    [[nodiscard]] bool quotesOurs(const Flow& flow, std::string_view quoted) const BEFFROI_ON_LOOP;

    [[nodiscard]] const Counters& counters() const noexcept { return counters_; }
    [[nodiscard]] std::size_t serverTransactions() const noexcept { return servers_.size(); }
    [[nodiscard]] std::size_t clientTransactions() const noexcept { return clients_.size(); }
    /// Client transactions without a final response: what a daemon that is to stop waits for.
    [[nodiscard]] std::size_t unanswered() const noexcept { return unanswered_; }

private:
    static constexpr std::size_t kNoLimit = ~std::size_t{0};
    friend class ServerTransaction;
    friend class ClientTransaction;
    void onRequest(Message request, const Flow& flow) BEFFROI_ON_LOOP;
    void onResponse(Message response, const Flow& flow) BEFFROI_ON_LOOP;
    void onAck(Message ack, const Flow& flow) BEFFROI_ON_LOOP;
    void onCancelRequest(Message cancel, const Flow& flow) BEFFROI_ON_LOOP;
    [[nodiscard]] std::shared_ptr<ServerTransaction> createServer(std::string_view key, Message request,
                                                                  const Flow& flow);
    [[nodiscard]] std::shared_ptr<ServerTransaction> findServer(std::string_view key) const;
    void sendCancelFor(ClientTransaction& invite, std::string_view reason);
    void refused(const Flow& flow, Refusal& refusal) BEFFROI_ON_LOOP;
    void sendRefusal(Message answer, const Flow& flow, std::size_t longest = kNoLimit) BEFFROI_ON_LOOP;
    bool transmit(const Flow& flow, std::string_view bytes);
    [[nodiscard]] static SocketAddress answerAddress(const Message& request, const Flow& flow);
    [[nodiscard]] Flow answerFlow(const Flow& flow, const SocketAddress& address);
    void pushVia(Message& request, const Flow& flow, std::string_view branch);
    void addClient(const std::shared_ptr<ClientTransaction>& transaction);
    void removeClient(ClientTransaction& transaction);
    void removeServer(std::string_view key);

    Network& network_;
    Scheduler& scheduler_;
    const Reader& reader_;
    TransactionTimers timers_;
    std::function<std::string()> newTag_;
    TransactionUser* user_ = nullptr;
    OnRefused onRefused_;
    std::uint64_t nextId_;
    std::string keyBuffer_;  // reused, so that a look-up allocates nothing
    std::string wireBuffer_;
    std::unordered_map<std::string_view, std::shared_ptr<ServerTransaction>> servers_;  // keys live in their values
    std::unordered_map<std::uint64_t, std::shared_ptr<ClientTransaction>> clients_;
    std::unordered_map<Flow, ClientTransaction*> clientsByFlow_;  // heads of lists, for onFlowFailed
    std::size_t unanswered_ = 0;
    Counters counters_;
};

}  // namespace beffroi::sip
