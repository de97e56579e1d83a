// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/service_desk.hpp"

#include <catch2/catch.hpp>

using namespace beffroi;

namespace {

// A service that is always busy with what it says.
class Busy final : public bridge::CallTaker {
public:
    explicit Busy(std::string reason) : reason_{std::move(reason)} {}
    std::variant<std::unique_ptr<bridge::Call>, bridge::Refusal> take(bridge::CallRequest request) override {
        return bridge::Refusal{486, reason_ + ' ' + request.extension};
    }

private:
    std::string reason_;
};

std::string ask(services::ServiceDesk& desk, const std::string& service) {
    assertOnLoop();
    bridge::CallRequest request;
    request.extension = "8000";
    request.service = service;
    const auto taken = desk.take(std::move(request));
    const auto& refusal = std::get<bridge::Refusal>(taken);
    return std::to_string(refusal.status) + ' ' + refusal.reason;
}

}  // namespace

TEST_CASE("a call goes to the service that it names", "[services]") {
    Busy rooms{"rooms"};
    Busy echo{"echo"};
    services::ServiceDesk desk;
    desk.add("room", rooms);
    desk.add("echo", echo);
    CHECK(ask(desk, "room") == "486 rooms 8000");
    CHECK(ask(desk, "echo") == "486 echo 8000");
    CHECK(ask(desk, "voicemail") == "404 no such service");
    CHECK(ask(desk, "") == "404 no such service");
}
