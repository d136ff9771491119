/** The file of a store, for whoever serves nobody: how much of it is free, and giving that back. */

import { existsSync } from 'node:fs';
import { NotFoundError, StoreError } from '../../plugin/errors.ts';
import { type Compaction, CompactionError, type CompactionStep, compact } from './compaction.ts';
import { dataFileOf, removeLeftovers } from './data-file.ts';
import { HeldError, Hold } from './hold.ts';
import { FormatError } from './journal.ts';
import { lockedError, unavailable } from './refusals.ts';
import { openFile, type StoreSpace, spaceOf } from './store-file.ts';

/** Also while another process serves it.
 *  @throws NotFoundError, StoreError `store.unavailable` */
export async function embeddedStoreSpace(dataDir: string): Promise<StoreSpace> {
  assertThere(dataDir);
  try {
    const path = dataFileOf(dataDir);
    const file = openFile(path, { readOnly: true });
    const space = spaceOf(file, path);
    await file.root.close();
    return space;
  } catch (error) {
    throw unavailable(dataDir, (error as Error).message);
  }
}

/** @param tell called now and then
 *  @throws NotFoundError, StoreError `store.locked` while a process serves it, `store.compaction` when it was not done and
 *  everything is as before, `store.format`, `store.unavailable` */
export async function compactEmbeddedStore(
  dataDir: string,
  tell: (step: CompactionStep) => void = () => {},
): Promise<Compaction> {
  assertThere(dataDir);
  try {
    const hold = await Hold.take({ dataDir, onBroken: () => {}, onConnection: (socket) => socket.destroy() });
    try {
      hold.journal.assertFormat();
      removeLeftovers(dataDir);
      return await compact(hold, tell);
    } finally {
      await hold.release();
    }
  } catch (error) {
    if (error instanceof HeldError) throw lockedError(dataDir, error.holder);
    if (error instanceof CompactionError) throw new StoreError('compaction', error.message);
    if (error instanceof FormatError) throw new StoreError('format', error.message);
    throw unavailable(dataDir, (error as Error).message);
  }
}

function assertThere(dataDir: string): void {
  if (!existsSync(dataFileOf(dataDir)))
    throw new NotFoundError('store', `there is no embedded store in ${dataDir}: a start of Laurel makes it`);
}
