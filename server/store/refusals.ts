/** Why a data directory cannot be had, for whoever wants it. */

import { StoreError } from '../../plugin/errors.ts';

export function lockedError(dataDir: string, holder: { readonly pid: number; readonly since: Date }): StoreError {
  const since = holder.since.toISOString();
  return new StoreError(
    'locked',
    `the data directory ${dataDir} is in use by process ${holder.pid} since ${since}: stop that process, use its pages or commands, or choose another directory with LAUREL_DATA_DIR`,
    { details: { pid: holder.pid, since } },
  );
}

export function unavailable(dataDir: string, reason: string): StoreError {
  return new StoreError(
    'unavailable',
    `the embedded store in ${dataDir} could not be opened (${reason}): check that the directory is on a local disk, writable and not full`,
  );
}
