// main() of tests that run in one process.
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
