#include "assay/util/error.hpp"

#include <catch2/catch.hpp>
#include <cerrno>

using namespace assay::util;

namespace {

template <class Function>
ExitCode code_of(Function function) {
  try {
    function();
  } catch (const Error& error) {
    return error.code();
  }
  return ExitCode::ok;
}

}  // namespace

TEST_CASE("errors carry the exit code of their kind") {
  CHECK(code_of([] { fail_input("x"); }) == ExitCode::usage);
  CHECK(code_of([] { fail_internal("x"); }) == ExitCode::internal);
  CHECK(code_of([] { ASSAY_CHECK(1 + 1 == 3); }) == ExitCode::internal);
  CHECK(code_of([] { ASSAY_CHECK(1 + 1 == 2); }) == ExitCode::ok);
  CHECK(code_of([] { check_input(true, "x"); }) == ExitCode::ok);
  CHECK(static_cast<int>(ExitCode::failed_tasks) == 3);
  CHECK(static_cast<int>(ExitCode::resumable) == 75);
}

TEST_CASE("messages say what happened") {
  CHECK_THROWS_WITH(check_input(false, "{} is {}", "a", 3), "a is 3");
  CHECK_THROWS_WITH(ASSAY_CHECK(1 + 1 == 3),
                    Catch::Contains("1 + 1 == 3") && Catch::Contains("error_test.cpp"));
  errno = ENOENT;
  CHECK_THROWS_WITH(fail_errno("open x"), "open x: No such file or directory");
}
