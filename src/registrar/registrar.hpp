// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The registrar (RFC 3261 §10.3, Path of RFC 3327, instances and flows of RFC 5626): turns REGISTER requests into
// bindings, and answers only what is as durable as ARCHITECTURE promises: a binding that is new, moved or removed after
// its commit, one that is only renewed at once. Thread: loop.
#pragma once

#include "beffroi/binding_store.hpp"
#include "beffroi/directory.hpp"
#include "beffroi/network.hpp"
#include "beffroi/scheduler.hpp"
#include "registrar/binding_change.hpp"
#include "registrar/binding_table.hpp"
#include "registrar/register_request.hpp"
#include "registrar/registrar_settings.hpp"
#include "registrar/watched_flows.hpp"
#include "sip/message.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace beffroi::registrar {

class Registrar {
public:
    using Reply = std::function<void(sip::Message answer, std::optional<Concern> concern)>;

    Registrar(Scheduler& scheduler, Network& network, BindingStore& store, RegistrarSettings settings);

    /// Handles a REGISTER that was authenticated as `device`. `reply` is called once, now or after a commit.
    /// `ownDomain` says that the host of a URI is a domain or address of ours.
    void handle(const sip::Message& request, const Flow& flow, const Device& device, std::string_view toTag,
                const std::function<bool(std::string_view host)>& ownDomain, Reply reply) BEFFROI_ON_LOOP;

    /// Bindings from before a restart; they live at least 60 s more, so that a phone has time to renew.
    void restore(const std::vector<StoredBinding>& stored) BEFFROI_ON_LOOP;

    /// A flow is dead, of whichever transport: its bindings lead nowhere any more (RFC 5626 §4.2.2).
    void flowFailed(const Flow& flow) BEFFROI_ON_LOOP;

    /// A UDP flow is silent: the bindings of those who had promised to be heard lead nowhere any more (§4.4.1).
    void flowSilent(const Flow& flow) BEFFROI_ON_LOOP;

    /// The bindings of a removed extension or device are dropped.
    void keepOnly(const DirectorySnapshot& directory) BEFFROI_ON_LOOP;

    [[nodiscard]] const BindingTable& table() const noexcept { return table_; }

    /// The flow by which a contact URI is reached, if a phone of ours registered it.
    [[nodiscard]] std::optional<Flow> flowOf(const sip::UriView& contact) const BEFFROI_ON_LOOP;

private:
    void process(const std::string& extension, const sip::Message& request, const Asked& asked, std::string_view toTag,
                 const Reply& reply) BEFFROI_ON_LOOP;
    void commit(const std::string& extension, const sip::Message& request, const Asked& asked, Change change,
                std::string toTag, Reply reply) BEFFROI_ON_LOOP;
    void committed(const std::string& extension, std::vector<Binding> bindings) BEFFROI_ON_LOOP;
    void finished(const std::string& extension) BEFFROI_ON_LOOP;
    /// Replaces the bindings of an extension, and lets go of the flows that nobody has to watch any more.
    void replace(const std::string& extension, std::vector<Binding> bindings) BEFFROI_ON_LOOP;
    /// Removes bindings of an extension of which their telephones do not know, now or when the commit for it that is
    /// under way is over.
    void drop(const std::string& extension, std::function<bool(const Binding&)> isGone) BEFFROI_ON_LOOP;
    [[nodiscard]] sip::Message accepted(const std::string& extension, const sip::Message& request, const Asked& asked,
                                        std::string_view toTag) BEFFROI_ON_LOOP;
    [[nodiscard]] StoredBinding stored(const std::string& extension, const Binding& binding) const;
    void sweep();

    const Clock& clock_;
    Network& network_;
    BindingStore& store_;
    RegistrarSettings settings_;
    BindingTable table_;
    WatchedFlows watched_;
    Timer sweepTimer_;
    std::uint64_t nextId_ = 1;
    // What waits until the REGISTER before it for the same extension is committed.
    std::unordered_map<std::string, std::deque<std::function<void()>>> waiting_;
};

}  // namespace beffroi::registrar
