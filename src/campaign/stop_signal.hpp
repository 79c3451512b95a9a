// Stopping on request: SIGTERM, SIGINT, SIGUSR1 and SIGUSR2 (mpirun forwards the last two to every rank).
#pragma once

namespace assay::campaign {

/// Installs the handlers; from then on these signals only set a flag. A second SIGINT or SIGTERM kills; one
/// after SIGUSR1 or SIGUSR2 (SLURM's order before a time limit) does not.
void watch_stop_signals();

/// The first such signal since watch_stop_signals(), or 0.
[[nodiscard]] int stop_signal();

}  // namespace assay::campaign
