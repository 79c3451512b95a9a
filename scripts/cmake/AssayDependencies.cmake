# External libraries. Every one is packaged by Debian 12; scripts/setup lists the packages.
include_guard(GLOBAL)

find_package(Threads REQUIRED)
find_package(OpenMP REQUIRED COMPONENTS CXX)
find_package(MPI REQUIRED COMPONENTS C)
find_package(Boost REQUIRED COMPONENTS program_options)
find_package(nlohmann_json REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(fmt REQUIRED)
find_package(ZLIB REQUIRED)
find_package(BZip2 REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
find_package(PkgConfig REQUIRED)
pkg_check_modules(PCRE2 REQUIRED IMPORTED_TARGET libpcre2-8)
pkg_check_modules(SENTENCEPIECE REQUIRED IMPORTED_TARGET sentencepiece)
pkg_check_modules(UTF8PROC REQUIRED IMPORTED_TARGET libutf8proc)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)

# pkg-config's "hdf5" may mean the parallel flavour: name the serial one.
pkg_search_module(HDF5 REQUIRED IMPORTED_TARGET hdf5-serial hdf5)

# What test/bench compares with, and nothing else uses. Debian's dnnl CMake package needs OpenCL headers; the library
# itself does not.
find_library(DNNL_LIBRARY dnnl)
find_path(DNNL_INCLUDE_DIR oneapi/dnnl/dnnl.hpp)
add_library(assay_dnnl INTERFACE)
if(DNNL_LIBRARY AND DNNL_INCLUDE_DIR)
  target_link_libraries(assay_dnnl INTERFACE ${DNNL_LIBRARY})
  target_include_directories(assay_dnnl SYSTEM INTERFACE ${DNNL_INCLUDE_DIR})
elseif(ASSAY_BENCHMARKS)
  message(STATUS "oneDNN (libdnnl-dev) is not here: test/bench is not built")
  set(ASSAY_BENCHMARKS OFF)
endif()
