# embed_files(TARGET PREFIX ROOT FILE...): puts files into the binary with the
# assembler's .incbin and makes a table
#   const struct embedded_file PREFIX_files[]; const size_t PREFIX_files_count;
# (base/embed.h). Names are paths relative to ROOT.
function(embed_files target prefix root)
  set(asm "${CMAKE_CURRENT_BINARY_DIR}/${prefix}_data.S")
  set(table "${CMAKE_CURRENT_BINARY_DIR}/${prefix}_table.c")
  set(asm_text ".section .rodata\n.section .note.GNU-stack,\"\",@progbits\n.section .rodata\n")
  set(extern_text "#include \"base/embed.h\"\n")
  set(rows "")
  set(n 0)
  foreach(file ${ARGN})
    file(RELATIVE_PATH name "${root}" "${file}")
    set(sym "${prefix}_${n}")
    string(APPEND asm_text ".balign 16\n.global ${sym}\n${sym}:\n.incbin \"${file}\"\n.global ${sym}_end\n${sym}_end:\n.byte 0\n")
    string(APPEND extern_text "extern const char ${sym}[], ${sym}_end[];\n")
    string(APPEND rows "  {\"${name}\", ${sym}, ${sym}_end},\n")
    math(EXPR n "${n}+1")
  endforeach()
  file(GENERATE OUTPUT "${asm}" CONTENT "${asm_text}")
  file(GENERATE OUTPUT "${table}" CONTENT
    "${extern_text}const struct embedded_file ${prefix}_files[] = {\n${rows}  {0, 0, 0}};\nconst size_t ${prefix}_files_count = ${n};\n")
  set_source_files_properties("${asm}" PROPERTIES OBJECT_DEPENDS "${ARGN}")
  target_sources(${target} PRIVATE "${asm}" "${table}")
endfunction()
