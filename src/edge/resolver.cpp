// SPDX-License-Identifier: AGPL-3.0-or-later
#include "edge/resolver.hpp"

#include "base/log.hpp"
#include "beffroi/thread_roles.hpp"

#include <algorithm>
#include <utility>

namespace beffroi::edge {
namespace {

constexpr log::Area kLog{"edge.resolver"};
constexpr std::size_t kLongestName = 255;

std::string lowerCase(std::string text) {
    for (auto& c : text) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
    }
    return text;
}

std::string keyOf(const NextHop& hop) {
    auto key = hop.host + ' ' + std::to_string(hop.port);
    key.append(hop.secure ? " s" : " -").append(hop.transport ? toString(*hop.transport) : "");
    return key;
}

}  // namespace

/// Somebody who wants the answer; shared by the look-up and the handle, so that either may go first.
class Resolver::Waiter {
public:
    explicit Waiter(Answer answer) : answer_{std::move(answer)} {}
    void forget() noexcept { answer_ = nullptr; }
    void tell(std::vector<Destination> destinations) {
        if (const auto answer = std::exchange(answer_, nullptr)) answer(std::move(destinations));
    }

private:
    Answer answer_;
};

class Resolver::Handle final : public NextHopResolver::Lookup {
public:
    explicit Handle(std::shared_ptr<Waiter> waiter) : waiter_{std::move(waiter)} {}
    ~Handle() override { waiter_->forget(); }
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;

private:
    std::shared_ptr<Waiter> waiter_;
};

struct Resolver::Running {
    Running(Resolver& resolver, const std::string& key, NextHop hop)
        : lookup{std::make_shared<HopLookup>(resolver.dns_, resolver.settings_.abilities, std::move(hop),
                                             [&resolver, key] { resolver.finished(key, true); })},
          naptr{resolver.loop_.scheduler(),
                [this] {
                    const auto kept = lookup;  // it may finish, and be forgotten, in there
                    kept->skipNaptr();
                }},
          deadline{resolver.loop_.scheduler(), [&resolver, key] { resolver.finished(key, false); }} {}

    std::shared_ptr<HopLookup> lookup;
    std::vector<std::shared_ptr<Waiter>> waiters;
    Timer naptr;
    Timer deadline;
};

Resolver::Resolver(base::EventLoop& loop, ResolverSettings settings, RandomNumber random)
    : loop_{loop},
      settings_{std::move(settings)},
      random_{std::move(random)},
      dns_{loop, settings_.servers, HostsFile::read(settings_.hostsFile)} {}

Resolver::~Resolver() = default;

std::unique_ptr<NextHopResolver::Lookup> Resolver::resolve(const NextHop& wanted, Answer answer) {
    auto hop = wanted;
    hop.host = lowerCase(std::move(hop.host));
    const auto key = keyOf(hop);
    const auto waiter = std::make_shared<Waiter>(std::move(answer));
    auto handle = std::make_unique<Handle>(waiter);
    ++counters_.asked;
    if (SocketAddress::parse(hop.host, 0)) {  // nobody to ask
        const auto lookup = std::make_shared<HopLookup>(dns_, settings_.abilities, std::move(hop), [] {});
        lookup->start();
        waiter->tell(destinations(lookup->result().plan));
        return handle;
    }
    if (const auto known = remembered_.find(key);
        known != remembered_.end() && known->second.until > loop_.clock().now()) {
        ++counters_.remembered;
        waiter->tell(destinations(known->second.plan));
        return handle;
    }
    if (const auto running = running_.find(key); running != running_.end()) {
        running->second->waiters.push_back(waiter);
        return handle;
    }
    if (hop.host.empty() || hop.host.size() > kLongestName || running_.size() >= settings_.lookups) {
        waiter->tell(destinations({}));
        return handle;
    }
    auto& running = *running_.emplace(key, std::make_unique<Running>(*this, key, std::move(hop))).first->second;
    running.waiters.push_back(waiter);
    running.naptr.start(settings_.naptr);
    running.deadline.start(settings_.timeout);
    const auto lookup = running.lookup;  // it may be finished, and forgotten, before start() returns
    lookup->start();
    return handle;
}

void Resolver::finished(const std::string& key, bool inTime) {
    assertOnLoop();
    const auto node = running_.extract(key);
    if (node.empty()) return;
    const auto& running = *node.mapped();
    const auto result = running.lookup->result();
    if (!inTime) {
        ++counters_.timedOut;
        log::info(kLog, "the name servers did not answer in time", {{"hop", node.key()}});
    }
    remember(node.key(), result, inTime && result.whole);
    for (const auto& waiter : running.waiters) waiter->tell(destinations(result.plan));
}

std::vector<Destination> Resolver::destinations(const HopPlan& plan) {
    auto found = destinationsOf(plan, random_);
    if (found.empty()) ++counters_.nowhere;
    return found;
}

void Resolver::remember(const std::string& key, const HopLookup::Result& result, bool whole) {
    const auto now = loop_.clock().now();
    if (remembered_.size() >= settings_.remembered) {
        std::erase_if(remembered_, [now](const auto& item) { return item.second.until <= now; });
        if (remembered_.size() >= settings_.remembered) remembered_.erase(remembered_.begin());
    }
    auto lasting = std::clamp<Clock::Duration>(result.timeToLive, settings_.rememberAtLeast, settings_.rememberAtMost);
    if (result.status == DnsStatus::None) lasting = settings_.rememberNone;
    if (!whole) lasting = std::min(lasting, settings_.rememberFailure);
    remembered_.insert_or_assign(key, Remembered{result.plan, now + lasting});
}

}  // namespace beffroi::edge
