// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/echo_service.hpp"

#include "component/services/service_stage.hpp"

#include <catch2/catch.hpp>

using namespace beffroi;
using namespace beffroi::test;

TEST_CASE("the echo test takes a call and answers on a port of its own", "[services]") {
    ServiceStage stage;
    assertOnLoop();
    services::EchoService echo{stage.engine, stage.parts};
    const auto first = echo.take(stage.request());
    const auto second = echo.take(stage.request());
    REQUIRE(std::holds_alternative<std::unique_ptr<bridge::Call>>(first));
    REQUIRE(std::holds_alternative<std::unique_ptr<bridge::Call>>(second));
    const auto& call = std::get<0>(first);
    const auto answer = call->answer(offerOf(40000));
    const auto other = std::get<0>(second)->answer(offerOf(40002));
    REQUIRE(std::holds_alternative<std::string>(answer));
    CHECK(portOf(std::get<std::string>(answer)) != 0);
    CHECK(portOf(std::get<std::string>(answer)) != portOf(std::get<std::string>(other)));
    call->digit('5');
    call->digit('?');  // not a key: no tone, no harm

    SECTION("a caller who has gone without a word is hung up on") {
        stage.pass(26s);
        CHECK(stage.hungUp == 2);
    }
}

TEST_CASE("without a free port the echo test is busy", "[services]") {
    ServiceStage stage;
    assertOnLoop();
    bridge::ChannelSource none{*SocketAddress::parse("192.0.2.1", 0), bridge::PortPool{{20000, 20001}, 0}};
    services::EchoService echo{stage.engine, {stage.runner.loop, stage.wheel, none, [] { return 1U; }, 20s}};
    const auto taken = echo.take(stage.request());
    REQUIRE(std::holds_alternative<bridge::Refusal>(taken));
    CHECK(std::get<bridge::Refusal>(taken).status == 503);
}
