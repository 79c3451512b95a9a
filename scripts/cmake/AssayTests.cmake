# Tests: one executable a folder of test/, one CTest entry a file.
#   test/<layer>/<name>_test.cpp       -> test_<layer>,     entry "<layer>/<name>"
#   test/<layer>/<name>_mpi_test.cpp   -> test_<layer>_mpi, entries "<layer>/<name>_mpi@np1", @np2, @np4
# Test sources see ASSAY_TEST_DATA (test/data), ASSAY_SOURCE_DIR and ASSAY_BINARY (the assay program).
include_guard(GLOBAL)

find_package(Catch2 2 REQUIRED)

# NAME=value of every line, which the C++ tests that start mpirun themselves see too (test/support).
set(mpi_environment_file "${CMAKE_SOURCE_DIR}/scripts/mpi_environment")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${mpi_environment_file}")
file(STRINGS "${mpi_environment_file}" ASSAY_MPI_ENVIRONMENT REGEX "^export ")
list(TRANSFORM ASSAY_MPI_ENVIRONMENT REPLACE "^export " "")
# One thread a rank: the ranks share two cores.
set(ASSAY_MPI_TEST_ENVIRONMENT ${ASSAY_MPI_ENVIRONMENT} OMP_NUM_THREADS=1)

# Executables are compiled with other flags than libraries (PIE), and tests with less optimisation: they are compiled
# more often than they run. A precompiled header serves only sources with its own flags.
set(ASSAY_TEST_COMPILE_OPTIONS -O0)
if(ASSAY_PCH)
  assay_precompiled(assay_precompiled_tests <catch2/catch.hpp> ${ASSAY_PRECOMPILED})
  assay_precompiled(assay_precompiled_tests_json <catch2/catch.hpp> ${ASSAY_PRECOMPILED_JSON})
  foreach(target assay_precompiled_tests assay_precompiled_tests_json)
    target_compile_options(${target} PRIVATE ${ASSAY_TEST_COMPILE_OPTIONS})
    set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE OFF)
    target_link_libraries(${target} PRIVATE Catch2::Catch2)
  endforeach()
endif()

function(assay_test_executable target main)
  cmake_parse_arguments(ARG "JSON" "" "SOURCES;DEPS" ${ARGN})
  add_executable(${target} ${ARG_SOURCES})
  target_link_libraries(${target} PRIVATE ${main} ${ARG_DEPS} Catch2::Catch2 assay_options)
  target_include_directories(${target} PRIVATE "${CMAKE_SOURCE_DIR}/src" "${CMAKE_SOURCE_DIR}" "${CMAKE_SOURCE_DIR}/test")
  target_compile_options(${target} PRIVATE ${ASSAY_TEST_COMPILE_OPTIONS})
  set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE OFF)
  assay_reuse_precompiled(${target} tests ${ARG_JSON})
  target_compile_definitions(${target} PRIVATE ASSAY_TEST_DATA="${CMAKE_SOURCE_DIR}/test/data"
    ASSAY_SOURCE_DIR="${CMAKE_SOURCE_DIR}" ASSAY_BINARY="$<IF:$<TARGET_EXISTS:assay>,${CMAKE_BINARY_DIR}/bin/assay,>")
endfunction()

# assay_add_tests(<layer> DEPS <targets> [JSON] [SOURCES <helpers.cpp>] [TIMEOUT s])  from the current test folder
function(assay_add_tests layer)
  cmake_parse_arguments(ARG "JSON" "TIMEOUT" "DEPS;SOURCES" ${ARGN})
  set(json "")
  if(ARG_JSON)
    set(json JSON)
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  file(GLOB_RECURSE all CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*_test.cpp")
  set(mpi ${all})
  list(FILTER mpi INCLUDE REGEX "_mpi_test\\.cpp$")
  list(FILTER all EXCLUDE REGEX "_mpi_test\\.cpp$")
  list(TRANSFORM ARG_SOURCES PREPEND "${CMAKE_CURRENT_SOURCE_DIR}/")
  if(all)
    assay_test_executable(test_${layer} assay_test_main ${json} SOURCES ${all} ${ARG_SOURCES} DEPS ${ARG_DEPS})
    foreach(source IN LISTS all)
      get_filename_component(stem "${source}" NAME_WE)
      string(REGEX REPLACE "_test$" "" name "${stem}")
      add_test(NAME ${layer}/${name} COMMAND test_${layer} "-#" "[#${stem}]")
      set_tests_properties(${layer}/${name} PROPERTIES TIMEOUT ${ARG_TIMEOUT} LABELS ${layer} SKIP_RETURN_CODE 77)
    endforeach()
  endif()
  if(mpi)
    assay_test_executable(test_${layer}_mpi assay_test_mpi_main ${json} SOURCES ${mpi} ${ARG_SOURCES} DEPS ${ARG_DEPS})
    foreach(source IN LISTS mpi)
      get_filename_component(stem "${source}" NAME_WE)
      string(REGEX REPLACE "_test$" "" name "${stem}")
      foreach(np 1 2 4)
        add_test(NAME ${layer}/${name}@np${np}
          COMMAND ${MPIEXEC_EXECUTABLE} --timeout ${ARG_TIMEOUT} -np ${np} $<TARGET_FILE:test_${layer}_mpi> "-#" "[#${stem}]")
        set_tests_properties(${layer}/${name}@np${np} PROPERTIES TIMEOUT ${ARG_TIMEOUT} LABELS "${layer};mpi"
          PROCESSORS 2 SKIP_RETURN_CODE 77 ENVIRONMENT "${ASSAY_MPI_TEST_ENVIRONMENT}")
      endforeach()
    endforeach()
  endif()
endfunction()
