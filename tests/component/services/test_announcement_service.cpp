// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/announcement_service.hpp"

#include "bridge/wave_prompt.hpp"
#include "component/services/service_stage.hpp"
#include "support/temporary_folder.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>

using namespace beffroi;
using namespace beffroi::test;
using bridge::Sample;

namespace {

std::shared_ptr<const bridge::Prompt> spoken(std::size_t frames, Sample loudness) {
    return std::make_shared<bridge::WavePrompt>(
        std::vector<Sample>(frames * bridge::frameSamples(bridge::PcmRate::Wide), loudness));
}

struct Stage : ServiceStage {
    Stage() {
        shelf.put("closed", spoken(100, 1000));
        shelf.put("digit-2", spoken(50, 2000));
    }
    auto ask(const std::string& announcement) {
        assertOnLoop();
        auto wanted = request("2100");
        wanted.service = "announcement";
        wanted.announcement = announcement;
        return service.take(std::move(wanted));
    }

    services::PromptShelf shelf;
    services::AnnouncementService service{engine, parts, shelf};
};

}  // namespace

TEST_CASE("a caller hears an announcement to its end, and is then hung up on", "[services][announcements]") {
    Stage stage;
    assertOnLoop();
    const auto taken = stage.ask("closed+say:22");  // 2 s in all
    REQUIRE(std::holds_alternative<std::unique_ptr<bridge::Call>>(taken));
    const auto& call = std::get<0>(taken);
    stage.pass(5s);  // nothing is said before the session is agreed
    CHECK(stage.hungUp == 0);

    SECTION("who offers a session") { REQUIRE(std::holds_alternative<std::string>(call->answer(offerOf(40000)))); }
    SECTION("who takes ours") {
        CHECK(portOf(call->offer()) != 0);
        CHECK_FALSE(call->takeAnswer(offerOf(40000)));
    }
    stage.pass(1s);
    static_cast<void>(call->answer(offerOf(40000, "sendonly")));  // hold in between does not begin it anew
    call->digit('1');
    stage.pass(1290ms);
    CHECK(stage.hungUp == 0);
    stage.pass(20ms);
    CHECK(stage.hungUp == 1);
}

TEST_CASE("what cannot be said is refused", "[services][announcements][security]") {
    Stage stage;
    const auto [text, status] = GENERATE(table<std::string, int>({
        {"", 400},
        {"../closed", 400},
        {"closed+", 400},
        {"opens", 404},
        {"closed+say:23", 404},
    }));
    const auto taken = stage.ask(text);
    CAPTURE(text);
    REQUIRE(std::holds_alternative<bridge::Refusal>(taken));
    CHECK(std::get<bridge::Refusal>(taken).status == status);
}

TEST_CASE("without a free port nothing is said", "[services][announcements]") {
    Stage stage;
    assertOnLoop();
    bridge::ChannelSource none{*SocketAddress::parse("192.0.2.1", 0), bridge::PortPool{{20000, 20001}, 0}};
    services::AnnouncementService service{
        stage.engine, {stage.runner.loop, stage.wheel, none, [] { return 1U; }, 20s}, stage.shelf};
    auto wanted = stage.request();
    wanted.announcement = "closed";
    const auto taken = service.take(std::move(wanted));
    REQUIRE(std::holds_alternative<bridge::Refusal>(taken));
    CHECK(std::get<bridge::Refusal>(taken).status == 503);
}

TEST_CASE("the shelf has what the folder has, by names that are no paths", "[services][announcements][security]") {
    const TemporaryFolder folder;
    const std::string wave{
        "RIFF\x28\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x80\x3e\0\0\0\x7d\0\0\x02\0\x10\0data\x04\0\0\0\x01\0\x02\0", 48};
    const auto write = [&folder](const std::string& name, const std::string& content) {
        std::ofstream{folder.path(name), std::ios::binary} << content;
    };
    write("closed.wav", wave);
    write("greve-2026.wav", wave);
    write("Capital.wav", wave);
    write("notes.txt", "not a prompt");
    const auto shelf = services::PromptShelf::read(folder.path(""));
    CHECK(shelf.size() == 2);
    CHECK(shelf.find("greve-2026") != nullptr);
    CHECK(shelf.find("../closed") == nullptr);
    CHECK(services::PromptShelf::read(folder.path("nowhere")).size() == 0);

    write("broken.wav", "RIFF");
    CHECK_THROWS_WITH(services::PromptShelf::read(folder.path("")), Catch::Contains("broken.wav is not a WAV file"));
}
