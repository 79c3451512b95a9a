// What LeakSanitizer must not report in MPI tests: Open MPI and the libraries it loads keep some memory for
// the life of the process. Used only by sanitizer builds.
extern "C" __attribute__((visibility("default"))) const char*
__lsan_default_suppressions();                          // NOLINT: LSan's name
extern "C" const char* __lsan_default_suppressions() {  // NOLINT
  return "leak:libmpi.so\nleak:libopen-rte.so\nleak:libopen-pal.so\nleak:libpmix.so\nleak:libhwloc.so\n"
         "leak:libevent\nleak:/openmpi/\nleak:/pmix\n";
}
