# SPDX-License-Identifier: AGPL-3.0-or-later
#
# The bridge's prompts: each line of config/prompts/<language>.txt is spoken into share/beffroi/prompts/<language>/<name>.wav
# of the build folder, in the form that the bridge plays: one channel, 16 bits, 16 kHz.
find_program(Speech_PROGRAM espeak-ng REQUIRED)
find_program(Sox_PROGRAM sox REQUIRED)

function(beffroi_prompts language voice)
  set(texts ${PROJECT_SOURCE_DIR}/config/prompts/${language}.txt)
  set(folder ${PROJECT_BINARY_DIR}/share/beffroi/prompts/${language})
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${texts})
  file(STRINGS ${texts} lines ENCODING UTF-8)
  set(waves)
  foreach(line IN LISTS lines)
    if(line MATCHES "^(#.*)?$")
      continue()
    elseif(NOT line MATCHES "^([a-z0-9-]+) ([|~]) (.+)$")
      message(FATAL_ERROR "${texts}: '${line}' is not: name | words, or: name ~ words")
    endif()
    set(name ${CMAKE_MATCH_1})
    set(words ${CMAKE_MATCH_3})
    if(CMAKE_MATCH_2 STREQUAL "|")
      # 300 ms before the first word: a telephone that has just answered opens its ear late.
      set(shape pad 0.3 0.1)
    else()
      set(shape silence 1 0.01 1% reverse silence 1 0.01 1% reverse pad 0.03 0.06)
    endif()
    add_custom_command(
      OUTPUT ${folder}/${name}.wav
      COMMAND ${CMAKE_COMMAND} -E make_directory ${folder}
      COMMAND ${Speech_PROGRAM} -v ${voice} -s 150 -w ${folder}/${name}.raw.wav "${words}"
      COMMAND ${Sox_PROGRAM} -V1 -G ${folder}/${name}.raw.wav -D -c 1 -b 16 -r 16000 ${folder}/${name}.wav norm -9 ${shape}
      COMMAND ${CMAKE_COMMAND} -E rm ${folder}/${name}.raw.wav
      DEPENDS ${texts}
      COMMENT "Speaking ${language}/${name}.wav"
      VERBATIM)
    list(APPEND waves ${folder}/${name}.wav)
  endforeach()
  add_custom_target(beffroi_prompts_${language} ALL DEPENDS ${waves})
  install(FILES ${waves} DESTINATION ${CMAKE_INSTALL_DATADIR}/beffroi/prompts/${language})
endfunction()

beffroi_prompts(fr fr)
beffroi_prompts(en en-gb)
