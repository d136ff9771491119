/** What work costs, whatever else the machine has to do at the same time. */

/** @returns milliseconds of a processor that `work` took: those in which others had it are not counted */
export function cpuMsOf(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}
