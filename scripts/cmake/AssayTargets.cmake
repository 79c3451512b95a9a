# Functions that make one target a layer, the generated registries, and tests.
include_guard(GLOBAL)

# Dependency order: a layer may include and link only layers to its left.
# scripts/check_layers reads this list.
set(ASSAY_LAYERS util tensor kernels ops comm text model engine eval results plan campaign cli)

# Headers that many sources include and that are slow to parse, precompiled once for the layers and once more, with
# Catch, for the tests (AssayTests.cmake). JSON's costs every source that sees it half a second even so: only targets
# that say JSON have it.
set(ASSAY_PRECOMPILED <fmt/format.h> <filesystem> <map> <optional> <string> <vector>)
set(ASSAY_PRECOMPILED_JSON <nlohmann/json.hpp> ${ASSAY_PRECOMPILED})

# assay_precompiled(<target> <header>...): an object library that holds a precompiled header for others to reuse.
function(assay_precompiled target)
  set(source "${CMAKE_CURRENT_BINARY_DIR}/${target}.cpp")
  file(CONFIGURE OUTPUT "${source}" CONTENT "// Holds a precompiled header.\n")
  add_library(${target} OBJECT "${source}")
  target_link_libraries(${target} PRIVATE assay_options fmt::fmt nlohmann_json::nlohmann_json)
  target_precompile_headers(${target} PRIVATE ${ARGN})
endfunction()
if(ASSAY_PCH)
  assay_precompiled(assay_precompiled_layers ${ASSAY_PRECOMPILED})
  assay_precompiled(assay_precompiled_layers_json ${ASSAY_PRECOMPILED_JSON})
endif()

# assay_reuse_precompiled(<target> layers|tests <true if its sources read JSON>)
function(assay_reuse_precompiled target kind json)
  if(NOT ASSAY_PCH)
    return()
  endif()
  if(json)
    string(APPEND kind _json)
  endif()
  target_precompile_headers(${target} REUSE_FROM assay_precompiled_${kind})
endfunction()

# assay_add_layer(<name> [JSON] [DEPS <layer or library>...])
# Static library assay_<name> from every .cpp under the current folder (sub-folders too; those called *_module are
# modules of their own). JSON: most of them read JSON.
function(assay_add_layer name)
  cmake_parse_arguments(ARG "JSON" "" "DEPS;PRIVATE_DEPS;EXTRA_SOURCES" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.cpp")
  list(FILTER sources EXCLUDE REGEX "_module/[^/]*$")
  add_library(assay_${name} STATIC ${sources} ${ARG_EXTRA_SOURCES})
  target_include_directories(assay_${name} PUBLIC "${CMAKE_SOURCE_DIR}/include" PRIVATE "${CMAKE_SOURCE_DIR}" "${CMAKE_SOURCE_DIR}/src")
  target_link_libraries(assay_${name} PUBLIC ${ARG_DEPS} PRIVATE assay_options ${ARG_PRIVATE_DEPS})
  assay_reuse_precompiled(assay_${name} layers ${ARG_JSON})
endfunction()

# assay_generate_registry(<out> FOLDER <dir> TYPE <C++ type> NAMESPACE <ns> HEADER <header> FUNCTION <name>)
# Every <dir>/<stem>.cpp must define `const TYPE <ns>::<function>_<stem>` with external linkage. The
# generated source defines `std::span<const TYPE* const> <ns>::<FUNCTION>()` listing them by name, so that
# adding an entry is adding a file, without static-initialisation order tricks.
function(assay_generate_registry out)
  cmake_parse_arguments(ARG "" "FOLDER;TYPE;NAMESPACE;HEADER;PREFIX;FUNCTION" "" ${ARGN})
  file(GLOB entries CONFIGURE_DEPENDS "${ARG_FOLDER}/*.cpp")
  set(declarations "")
  set(list "")
  foreach(entry IN LISTS entries)
    get_filename_component(stem "${entry}" NAME_WE)
    string(APPEND declarations "extern const ${ARG_TYPE} ${ARG_PREFIX}_${stem};\n")
    string(APPEND list "    &${ARG_PREFIX}_${stem},\n")
  endforeach()
  set(text "// Generated from the files in ${ARG_FOLDER}\n#include <span>\n#include \"${ARG_HEADER}\"\n\nnamespace ${ARG_NAMESPACE} {\n${declarations}\nstd::span<const ${ARG_TYPE}* const> ${ARG_FUNCTION}() {\n  static constexpr const ${ARG_TYPE}* entries[] = {\n${list}  };\n  return entries;\n}\n}  // namespace ${ARG_NAMESPACE}\n")
  set(file "${CMAKE_CURRENT_BINARY_DIR}/${ARG_FUNCTION}_registry.cpp")
  file(CONFIGURE OUTPUT "${file}" CONTENT "${text}" @ONLY)
  set(${out} "${file}" PARENT_SCOPE)
endfunction()
