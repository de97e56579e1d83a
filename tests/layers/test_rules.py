# SPDX-License-Identifier: AGPL-3.0-or-later
#
# The checks of this folder find what they forbid: each test breaks one rule in a tree of its own.
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
import file_rules  # noqa: E402
import include_rules  # noqa: E402

LICENCE = "// " + file_rules.LICENCE + "\n"
OPENING = LICENCE + "//\n// Why it exists.\n"


class Tree(unittest.TestCase):
    rules = include_rules

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)

    def write(self, path, text):
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def assertClean(self):
        self.assertEqual(list(self.rules.problems(self.root)), [])

    def assertProblem(self, *words):
        found = list(self.rules.problems(self.root))
        self.assertEqual(len(found), 1, found)
        for word in words:
            self.assertIn(word, found[0])


class Includes(Tree):
    def test_the_directions_of_the_diagram_are_allowed(self):
        self.write("include/beffroi/aor.hpp", "#include <string>\n")
        self.write("src/base/log.cpp", '#include "beffroi/aor.hpp"\n#include <spdlog/spdlog.h>\n')
        self.write("src/sip/message.hpp", '#include "base/log.hpp"\n#include <belle-sip/belle-sip.h>\n')
        self.write("src/proxy/fork.cpp", '#include "proxy/fork.hpp"\n#include "sip/message.hpp"\n#include <sys/socket.h>\n')
        self.write("src/app/exchange.cpp", '#include "proxy/fork.hpp"\n#include "registrar/registrar.hpp"\n')
        self.assertClean()

    def test_a_feature_may_not_include_another(self):
        self.write("src/proxy/fork.cpp", '\n#include "registrar/registrar.hpp"\n')
        self.assertProblem("src/proxy/fork.cpp:2", "proxy may not include registrar")

    def test_an_adapter_may_not_include_another(self):
        self.write("src/edge/edge.cpp", '#include "sip/message.hpp"\n')
        self.assertProblem("edge may not include sip")

    def test_nothing_includes_upwards(self):
        for path, included in (("include/beffroi/a.hpp", "base/log.hpp"), ("src/base/a.hpp", "config/option.hpp"),
                               ("src/sip/a.hpp", "proxy/fork.hpp"), ("src/services/a.hpp", "app/exchange.hpp")):
            with self.subTest(path):
                self.write(path, f'  #  include "{included}"\n')
                self.assertProblem(f"{path}:1", "may not include")
                (self.root / path).unlink()

    def test_an_include_is_written_from_the_top(self):
        self.write("src/proxy/fork.cpp", '#include "fork.hpp"\n')
        self.assertProblem('"proxy/fork.hpp"')

    def test_a_folder_outside_the_diagram_is_noticed(self):
        self.write("src/gadgets/gadget.cpp", "int gadget;\n")
        self.assertProblem("gadgets is not in the diagram")
        self.write("src/gadgets/gadget.cpp", "")
        self.write("src/proxy/fork.cpp", '#include "gadgets/gadget.hpp"\n')
        self.assertEqual(len(list(include_rules.problems(self.root))), 2)

    def test_a_library_stays_in_its_folders(self):
        for path, library in (("src/proxy/a.cpp", "belle-sip/belle-sip.h"), ("src/sip/a.cpp", "mediastreamer2/msfilter.h"),
                              ("src/sip/b.cpp", "ortp/ortp.h"), ("src/registrar/a.cpp", "soci/soci.h"),
                              ("src/registrar/a_store.hpp", "soci/soci.h"), ("src/proxy/b.cpp", "toml++/toml.h"),
                              ("src/base/a.cpp", "spdlog/spdlog.h"), ("src/proxy/c.cpp", "ares.h"),
                              ("src/admin/a.cpp", "CLI/CLI.hpp"), ("src/proxy/d.cpp", "systemd/sd-daemon.h"),
                              ("src/app/a.cpp", "linphone++/linphone.hh")):
            with self.subTest(path):
                self.write(path, f"#include <{library}>\n")
                self.assertProblem(f"{path}:1", "confined")
                (self.root / path).unlink()

    def test_a_store_may_use_the_database(self):
        self.write("src/registrar/sqlite_binding_store.cpp", "#include <soci/soci.h>\n")
        self.assertClean()

    def test_an_unknown_library_is_noticed(self):
        self.write("src/base/a.cpp", "#include <boost/asio.hpp>\n")
        self.assertProblem("does not know")

    def test_the_link_list_follows_the_diagram(self):
        self.write("src/proxy/CMakeLists.txt", "beffroi_module(proxy\n  SOURCES a.cpp\n  USES sip registrar # why\n  LIBRARIES x)\n")
        self.assertProblem("src/proxy/CMakeLists.txt", "proxy may not use registrar")

    def test_what_is_included_is_linked(self):
        self.write("src/proxy/CMakeLists.txt", "beffroi_module(proxy SOURCES fork.cpp USES base)\n")
        self.write("src/proxy/fork.cpp", '#include "base/log.hpp"\n#include "sip/message.hpp"\n')
        self.assertProblem("does not say USES sip")


class Files(Tree):
    rules = file_rules

    def test_a_file_that_keeps_the_rules(self):
        self.write("src/base/a.hpp", OPENING + "#pragma once\n")
        self.write("src/base/a.cpp", LICENCE + '\n#include "base/a.hpp"\n')
        self.write("src/base/CMakeLists.txt", "# " + file_rules.LICENCE + "\n")
        self.write("run", "#!/bin/bash\n# " + file_rules.LICENCE + "\n#\n# Why.\n")
        self.write("docs/a.md", "# Words\n")
        self.assertClean()

    def test_every_file_names_its_licence(self):
        for path in ("src/a.cpp", "CMakeLists.txt", "config/a.toml", "packaging/a.service"):
            with self.subTest(path):
                self.write(path, "# nothing\n")
                self.assertProblem(f"{path}:1", "must open with")
                (self.root / path).unlink()

    def test_a_header_a_script_and_a_source_without_a_header_say_why(self):
        for path, text in (("src/a.hpp", LICENCE + "#pragma once\n"), ("src/b.cpp", LICENCE + "int b;\n"),
                           ("run", "#!/bin/sh\n# " + file_rules.LICENCE + "\n")):
            with self.subTest(path):
                self.write(path, text)
                self.assertProblem(f"{path}:1", "why it exists")
                (self.root / path).unlink()

    def test_a_header_is_guarded(self):
        self.write("src/a.hpp", OPENING)
        self.assertProblem("#pragma once")

    def test_promises_are_forbidden(self):
        self.write("docs/a.md", "It works. " + "TO" + "DO: test it\n")
        self.assertProblem("docs/a.md:1", "a promise for later")

    def test_sleeping_is_forbidden(self):
        for code in ("std::this_thread::sleep" + "_for(1s);", "  sleep" + "(1);", "usle" + "ep(10);"):
            with self.subTest(code):
                self.write("tests/unit/base/test_a.cpp", OPENING + code + "\n")
                self.assertProblem("test_a.cpp:4", "sleeping")

    def test_a_path_of_somebodys_machine_is_forbidden(self):
        self.write("docs/a.md", "see /ho" + "me/anne/beffroi\n")
        self.assertProblem("somebody's machine")

    def test_empty_names_are_forbidden(self):
        for path in ("src/utils/a.md", "src/base/string_utils.md", "src/common/a.md", "src/base/helpers.md"):
            with self.subTest(path):
                self.write(path, "\n")
                self.assertProblem("a name that says nothing")
                (self.root / path).unlink()

    def test_what_clang_cannot_compile_is_forbidden(self):
        self.write("src/a.cpp", OPENING + "#include <form" + "at>\n")
        self.assertProblem("clang 14")

    def test_a_statement_is_not_put_together_of_text(self):
        for code in ('sql << "SELECT a FROM b WHERE c = \'" + text + "\'";', 'q += "DELETE FROM b WHERE c=" + c;',
                     'sql << select + " WHERE c = " + c;'):
            with self.subTest(code):
                self.write("src/a.cpp", OPENING + code + "\n")
                self.assertProblem("src/a.cpp:4", "bind its values")
        self.write("src/a.cpp", OPENING + 'sql << "SELECT a FROM b WHERE c = :c", soci::use(c);\nlog("OR " + c);\n')
        self.assertClean()

    def test_what_is_built_is_not_looked_at(self):
        self.write("build/release/a.cpp", "int a;\n")
        self.assertClean()


if __name__ == "__main__":
    unittest.main()
