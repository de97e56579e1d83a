// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A town under any sequence of messages: the whole path of a request, with a network and a clock of our own. The input
// is a play, its acts each opened by a line; LF in it is sent as CR LF:
//   @from PHONE            what follows up to the next '@' line is sent by this phone (0 to 4: 4 is the bridge)
//   @answer PHONE STATUS   the latest request that this phone was sent is answered
//   @pass MILLISECONDS, @lose PHONE, @drain
// In a message {auth} stands for right credentials of its phone, {nonce} for the latest nonce it was sent, {tag} and
// {routes} for the To tag of the latest answer and the Record-Route of what it was sent last. Whatever is played: we
// send well-formed messages only, answers to where the request came from, and no request before somebody gave right
// credentials; callees learn nobody's number but the caller's; and in the end everything is let go.

#include "base/assert.hpp"
#include "unit/app/town.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace beffroi;
using namespace beffroi::test;

constexpr std::size_t kMostActs = 40;
constexpr std::size_t kMostSendings = 20'000;  // of one play: each message rings a few phones, a few times

std::string_view takeLine(std::string_view& rest) {
    const auto end = std::min(rest.find('\n'), rest.size());
    const auto line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return line;
}

std::string_view takeWord(std::string_view& line) {
    const auto end = std::min(line.find(' '), line.size());
    const auto word = line.substr(0, end);
    line.remove_prefix(std::min(end + 1, line.size()));
    return word;
}

std::string withLineEnds(std::string_view text) {
    std::string result;
    for (const char c : text) c == '\n' ? result.append("\r\n") : result.append(1, c);
    return result;
}

void replaceAll(std::string& text, std::string_view from, std::string_view to) {
    for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
        text.replace(at, from.size(), to);
    }
}

class Play {
public:
    void perform(std::string_view script) {
        for (std::size_t acts = 0; !script.empty() && acts < kMostActs; ++acts) {
            const auto line = takeLine(script);
            if (!line.starts_with('@')) continue;
            const auto end = script.starts_with('@') ? 0 : script.find("\n@");
            const auto text = script.substr(0, end == 0 || end == std::string_view::npos ? end : end + 1);
            script.remove_prefix(text.size());
            act(line, text);
            listen();
        }
        finish();
    }

private:
    void act(std::string_view line, std::string_view text) {
        assertOnLoop();
        const auto word = takeWord(line);
        if (word == "@from") return speak(phoneOf(takeWord(line)), withLineEnds(text));
        if (word == "@answer") {
            const auto& phone = phoneOf(takeWord(line));
            return answer(phone, static_cast<int>(sip::parseNumber(takeWord(line), 699).value_or(200)));
        }
        if (word == "@pass") return town_.pass(std::chrono::milliseconds{sip::parseNumber(line, 600'000).value_or(0)});
        if (word == "@lose") return town_.lose(phoneOf(line));
        if (word == "@drain") town_.chain.drain();
    }
    [[nodiscard]] const Phone& phoneOf(std::string_view word) const {
        return *phones_[word.empty() ? 0 : static_cast<unsigned char>(word.front() - '0') % phones_.size()];
    }

    void speak(const Phone& phone, std::string text) {
        auto& heard = heard_[phone.account];
        replaceAll(text, "{nonce}", heard.nonce);
        replaceAll(text, "{tag}", heard.tag);
        replaceAll(text, "{routes}", heard.routes);
        if (text.find("{auth}") != std::string::npos) {
            std::string_view line{text};
            const auto method = takeWord(line);
            char count[] = "00000000";
            std::snprintf(count, sizeof count, "%08x", ++count_);
            const auto credentials = SmallTown::credentials(phone, method, takeWord(line), heard.nonce, count);
            replaceAll(text, "{auth}", credentials);
            trusted_ = true;
        }
        town_.receive(phone.flow, text);
    }
    void answer(const Phone& phone, int status) {
        const auto& request = heard_[phone.account].request;
        if (!request.empty() && status >= 100) town_.receive(phone.flow, answerTo(request, status, phone.account));
    }

    void listen() {
        while (town_.wire.waiting() > 0) {
            BEFFROI_ASSERT(++sendings_ < kMostSendings);
            const auto sending = town_.wire.take();
            const auto source = isReliable(sending.flow.transport) ? sip::Source::Stream : sip::Source::Datagram;
            const auto read = sip::Reader{}.read(sending.text, source);
            const auto* message = std::get_if<sip::Message>(&read);
            if (message == nullptr) {  // what nobody could read goes back as it came, in the answer that says so
                BEFFROI_ASSERT(sending.text.starts_with("SIP/2.0 4") || sending.text.starts_with("SIP/2.0 5"));
                continue;
            }
            BEFFROI_ASSERT(message->isRequest() || isHostOfPhone(sending.flow.remote));
            if (message->isRequest()) checkRequest(*message);
            note(sending.flow, *message, sending.text);
        }
    }
    void checkRequest(const sip::Message& request) const {
        BEFFROI_ASSERT(trusted_);
        for (const char* const name : {"Authorization", "Proxy-Authorization"}) {
            for (const auto value : request.headers(name)) {
                const auto credentials = auth::parseCredentials(value);
                BEFFROI_ASSERT(!credentials || credentials->realm != SmallTown::kRealm);
            }
        }
        const auto asserted = request.headers("P-Asserted-Identity");
        BEFFROI_ASSERT(asserted.size() <= 1);
        for (const auto value : asserted) {
            const auto address = sip::parseNameAddr(value);
            BEFFROI_ASSERT(address && town_.directory.snapshot()->extension(address->uri.user) != nullptr);
        }
        for (const char* const name : {"P-Preferred-Identity", "Remote-Party-ID"}) {
            BEFFROI_ASSERT(request.count(name) == 0);
        }
    }
    [[nodiscard]] bool isHostOfPhone(const SocketAddress& address) const {
        return std::any_of(phones_.begin(), phones_.end(),
                           [&address](const Phone* phone) { return phone->flow.remote.sameHost(address); });
    }
    void note(const Flow& flow, const sip::Message& message, const std::string& text) {
        const auto phone = std::find_if(phones_.begin(), phones_.end(),
                                        [&flow](const Phone* one) { return one->flow.remote == flow.remote; });
        if (phone == phones_.end()) return;
        auto& heard = heard_[(*phone)->account];
        auto routes = message.headers("Record-Route");
        if (message.isRequest()) {
            heard.request = text;
        } else {
            heard.tag = message.to().tag();
            std::reverse(routes.begin(), routes.end());
        }
        heard.routes.clear();
        for (const auto route : routes) heard.routes.append("Route: ").append(route).append("\r\n");
        for (const char* const name : {"WWW-Authenticate", "Proxy-Authenticate"}) {
            for (const auto value : message.headers(name)) {
                if (const auto challenge = auth::parseCredentials(value)) heard.nonce = challenge->nonce;
            }
        }
    }

    // A call that was answered may go on for hours; what asks and is not answered may not.
    void finish() {
        for (int i = 0; i < 60 && openTransactions() > 0; ++i) {
            town_.pass(std::chrono::seconds{i < 40 ? 1 : 60});
            listen();
        }
        BEFFROI_ASSERT(openTransactions() == 0);
    }
    [[nodiscard]] std::size_t openTransactions() const {
        return town_.transactions.serverTransactions() + town_.transactions.clientTransactions();
    }

    struct Heard {
        std::string nonce;
        std::string tag;
        std::string routes;
        std::string request;
    };
    SmallTown town_;
    std::array<const Phone*, 5> phones_{&town_.anne, &town_.counter, &town_.office, &town_.school, &town_.bridge};
    std::map<std::string, Heard> heard_;
    bool trusted_ = false;
    unsigned count_ = 0;
    std::size_t sendings_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Play{}.perform({reinterpret_cast<const char*>(data), size});
    return 0;
}
