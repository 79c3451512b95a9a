// No leak check at the end of programs that use MPI (sanitizer builds only; elsewhere nobody calls this):
// Open MPI keeps memory from plugins that it has unloaded by then, which no suppression can name any more.
#define ASSAY_VISIBLE extern "C" __attribute__((visibility("default")))
ASSAY_VISIBLE int __lsan_is_turned_off();   // NOLINT: LeakSanitizer's name
ASSAY_VISIBLE int __lsan_is_turned_off() {  // NOLINT
  return 1;
}
