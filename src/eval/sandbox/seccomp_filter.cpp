#include "eval/sandbox/seccomp_filter.hpp"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/syscall.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace assay::eval {
namespace {

#if defined(__x86_64__)
constexpr std::uint32_t architecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t architecture = AUDIT_ARCH_AARCH64;
#else
constexpr std::uint32_t architecture = 0;
#endif

// Calls from number 424 on have the same number on every architecture; older C libraries do not name them
// all.
constexpr std::uint32_t call_clone3 = 435;

#if defined(__x86_64__) || defined(__aarch64__)
constexpr std::uint32_t refused[] = {
    // other processes, and new ones
    SYS_ptrace,
    SYS_process_vm_readv,
    SYS_process_vm_writev,
    SYS_kcmp,
    438 /* pidfd_getfd */,
#ifdef SYS_fork
    SYS_fork,
    SYS_vfork,
#endif
    // network
    SYS_socket,
    // memory that the limit of address space does not see
    SYS_shmget,
    SYS_msgget,
    SYS_memfd_create,
    447 /* memfd_secret */,
    // mounts and namespaces
    SYS_mount,
    SYS_umount2,
    SYS_pivot_root,
    SYS_chroot,
    SYS_unshare,
    SYS_setns,
    428 /* open_tree */,
    429 /* move_mount */,
    430 /* fsopen */,
    431 /* fsconfig */,
    432 /* fsmount */,
    433 /* fspick */,
    442 /* mount_setattr */,
    SYS_name_to_handle_at,
    SYS_open_by_handle_at,
    SYS_fanotify_init,
    SYS_quotactl,
    // large and privileged parts of the kernel
    SYS_keyctl,
    SYS_add_key,
    SYS_request_key,
    SYS_bpf,
    SYS_perf_event_open,
    SYS_userfaultfd,
    425 /* io_uring_setup */,
    426 /* io_uring_enter */,
    427 /* io_uring_register */,
    SYS_init_module,
    SYS_finit_module,
    SYS_delete_module,
    SYS_kexec_load,
#ifdef SYS_kexec_file_load
    SYS_kexec_file_load,
#endif
#ifdef SYS_iopl
    SYS_iopl,
    SYS_ioperm,
    SYS_modify_ldt,
#endif
    SYS_reboot,
    SYS_swapon,
    SYS_swapoff,
    SYS_acct,
    SYS_syslog,
    SYS_vhangup,
    SYS_settimeofday,
    SYS_clock_settime,
    SYS_adjtimex,
    SYS_clock_adjtime,
    SYS_personality,
    SYS_move_pages,
    SYS_migrate_pages,
};
#else
constexpr std::uint32_t refused[] = {0};
#endif

class Filter {
 public:
  void load(std::size_t offset) {
    code_.push_back(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(offset)));
  }
  /// Answers `result` where the loaded word compares so to `value`, and goes on otherwise.
  void answer_if(std::uint16_t comparison, std::uint32_t value, std::uint32_t result) {
    code_.push_back(BPF_JUMP(static_cast<std::uint16_t>(BPF_JMP | BPF_K | comparison), value, 0, 1));
    answer(result);
  }
  void answer_unless(std::uint16_t comparison, std::uint32_t value, std::uint32_t result) {
    code_.push_back(BPF_JUMP(static_cast<std::uint16_t>(BPF_JMP | BPF_K | comparison), value, 1, 0));
    answer(result);
  }
  void answer(std::uint32_t result) { code_.push_back(BPF_STMT(BPF_RET | BPF_K, result)); }
  void skip_unless_equal(std::uint32_t value, std::uint8_t instructions) {
    code_.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, instructions));
  }
  [[nodiscard]] std::string bytes() const {
    return {reinterpret_cast<const char*>(code_.data()), code_.size() * sizeof(sock_filter)};
  }

 private:
  std::vector<sock_filter> code_;
};

constexpr std::uint32_t error(int number) {
  return SECCOMP_RET_ERRNO | static_cast<std::uint32_t>(number);
}

}  // namespace

bool seccomp_filter_known() {
  return architecture != 0;
}

std::string seccomp_filter() {
  if (!seccomp_filter_known()) return {};
  Filter filter;
  filter.load(offsetof(seccomp_data, arch));
  filter.answer_unless(BPF_JEQ, architecture, SECCOMP_RET_KILL_PROCESS);
  filter.load(offsetof(seccomp_data, nr));
  constexpr std::uint32_t x32_bit = 0x40000000;  // the calls of x86-64's other ABI, numbered from here
  filter.answer_if(BPF_JGE, x32_bit, error(ENOSYS));
  filter.answer_if(BPF_JEQ, call_clone3,
                   error(ENOSYS));  // its flags are out of sight; libraries fall back to clone
  for (const std::uint32_t call : refused) filter.answer_if(BPF_JEQ, call, error(EPERM));
  // clone: threads only. The flags are its first argument, whose low half comes first on both architectures.
  filter.skip_unless_equal(SYS_clone, 3);
  filter.load(offsetof(seccomp_data, args));
  filter.answer_unless(BPF_JSET, CLONE_THREAD, error(EPERM));
  filter.answer(SECCOMP_RET_ALLOW);
  return filter.bytes();
}

}  // namespace assay::eval
