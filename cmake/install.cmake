# SPDX-License-Identifier: AGPL-3.0-or-later
#
# What `cmake --install` puts where, besides the programs: units, users, documents and examples. Nothing goes to /etc: a
# configuration belongs to the administrator, who copies the sample. systemd looks for all three kinds of files below
# /usr and below /usr/local, so the folders are the same for both prefixes.
set(units)
foreach(unit beffroid beffroi-bridge)
  list(APPEND units ${PROJECT_BINARY_DIR}/systemd/${unit}.service)
  # The units speak of /usr; the prefix is known only when installing.
  install(CODE "
    file(READ \"${PROJECT_SOURCE_DIR}/packaging/systemd/${unit}.service\" text)
    string(REPLACE /usr/bin/ \"\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_BINDIR}/\" text \"\${text}\")
    string(REPLACE /usr/share/doc/beffroi/ \"\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_DOCDIR}/\" text \"\${text}\")
    file(WRITE \"${PROJECT_BINARY_DIR}/systemd/${unit}.service\" \"\${text}\")")
endforeach()
# Bans for nftables: the unit that loads them runs as root, and is enabled by the administrator or not at all.
install(CODE "
  file(READ \"${PROJECT_SOURCE_DIR}/packaging/systemd/beffroi-bans.service\" text)
  string(REPLACE /usr/share/ \"\${CMAKE_INSTALL_PREFIX}/share/\" text \"\${text}\")
  file(WRITE \"${PROJECT_BINARY_DIR}/systemd/beffroi-bans.service\" \"\${text}\")")
list(APPEND units ${PROJECT_BINARY_DIR}/systemd/beffroi-bans.service packaging/systemd/beffroi-bans.path)
install(PROGRAMS packaging/nftables/beffroi-bans-load DESTINATION share/beffroi/nftables)
install(FILES packaging/nftables/beffroi-bans.nft DESTINATION share/beffroi/nftables)
install(FILES ${units} DESTINATION lib/systemd/system)
install(FILES packaging/sysusers.d/beffroi.conf DESTINATION lib/sysusers.d)
install(FILES packaging/tmpfiles.d/beffroi.conf DESTINATION lib/tmpfiles.d)

install(FILES README.md LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY config/ DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples FILES_MATCHING PATTERN "*.toml" PATTERN "countries" EXCLUDE)
