// The system-call filter of the sandbox: a classic BPF program for bubblewrap's --seccomp.
#pragma once

#include <string>

namespace assay::eval {

/// Whether this processor's system calls are known (x86-64 and AArch64).
[[nodiscard]] bool seccomp_filter_known();

/// An array of `struct sock_filter` as bytes; empty where unknown. Refused with EPERM: new processes (threads
/// are allowed), sockets (pairs are allowed), tracing and other processes' memory, mounts and namespaces,
/// keys, BPF, perf events, userfaultfd, io_uring, modules, kexec, reboot, swap and clocks. Another
/// architecture's system calls end the program.
[[nodiscard]] std::string seccomp_filter();

}  // namespace assay::eval
