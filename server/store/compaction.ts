/** Compacting the file of the store: pages that were freed are given back to the disk. A copy without them is made beside the
 *  file, compared with it document by document, and takes its name. Killed at any instruction, the old or the new file
 *  stands whole. */

import { existsSync, statSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type CompactionPolicy, isWorthwhile } from './compaction-policy.ts';
import { copyFileOf, removeLeftovers, syncPath } from './data-file.ts';
import type { Hold } from './hold.ts';
import { megabytes } from './megabytes.ts';
import { roomIn } from './room.ts';
import { openFile, type StoreFile, type StoreSpace } from './store-file.ts';

export interface CompactionStep {
  readonly doing: 'copying' | 'comparing';
  /** Bytes or entries. */
  readonly done: number;
  readonly total: number;
}

export interface Compaction {
  readonly before: StoreSpace;
  readonly after: StoreSpace;
}

/** It was not done, and the file is as it was. The message says why, and is for operators. */
export class CompactionError extends Error {}

/** Of room on the disk, beside what the copy takes. */
const AIR_BYTES = 8 * 1024 * 1024;
const LOOK_MS = 200;
const COMPARED_AT_ONCE = 2_000;

/** Rather an old file than no start: what prevents a compaction is told, and the start goes on.
 *  @throws where the file was exchanged and cannot be opened */
export async function compactAtStart(
  hold: Hold,
  policy: CompactionPolicy,
  tell: (level: 'info' | 'warn', message: string) => void,
): Promise<void> {
  const { file, free } = hold.journal.space();
  if (!isWorthwhile({ file, free }, policy) || process.platform === 'win32') return;
  tell('info', `the file of the embedded store is being compacted: ${megabytes(free)} of ${megabytes(file)} are free`);
  try {
    const { after } = await compact(hold);
    tell('info', `the file of the embedded store takes ${megabytes(after.file)} now`);
  } catch (error) {
    if (!(error instanceof CompactionError)) throw error;
    tell('warn', error.message);
  }
}

/** @param tell called now and then
 *  @throws CompactionError */
export async function compact(hold: Hold, tell: (step: CompactionStep) => void = () => {}): Promise<Compaction> {
  const { dataDir } = hold;
  if (process.platform === 'win32') throw new CompactionError('Windows does not let a file be exchanged that is open');
  const before = hold.journal.space();
  assertRoom(before, roomIn(dataDir));
  removeLeftovers(dataDir);
  try {
    await copy(hold, before, tell);
    await compare(hold, tell);
    syncPath(copyFileOf(dataDir));
  } catch (error) {
    removeLeftovers(dataDir);
    throw error instanceof CompactionError ? error : new CompactionError(notDone((error as Error).message));
  }
  await hold.exchangeFile();
  removeLeftovers(dataDir);
  return { before, after: hold.journal.space() };
}

/** @param room on the disk, in bytes @throws CompactionError */
export function assertRoom({ used }: Pick<StoreSpace, 'used'>, room: number): void {
  const needed = used + AIR_BYTES;
  if (room >= needed) return;
  throw new CompactionError(
    notDone(`it needs ${megabytes(needed)} beside the file, and the disk has ${megabytes(room)}: make room`),
  );
}

function notDone(reason: string): string {
  return `the file of the embedded store was not compacted, and is as it was: ${reason}`;
}

async function copy(hold: Hold, { used }: StoreSpace, tell: (step: CompactionStep) => void): Promise<void> {
  const path = copyFileOf(hold.dataDir);
  const look = setInterval(() => {
    const done = existsSync(path) ? statSync(path).size : 0;
    tell({ doing: 'copying', done: Math.min(done, used), total: used });
  }, LOOK_MS);
  try {
    await hold.journal.copyCompacted(path);
  } finally {
    clearInterval(look);
  }
}

/** Entry by entry, in the order of their keys. */
async function compare(hold: Hold, tell: (step: CompactionStep) => void): Promise<void> {
  const made = openFile(copyFileOf(hold.dataDir), { readOnly: true });
  try {
    let done = 0;
    for (const [mine, other] of pairsOf(hold.journal.file, made)) {
      const pairs = entriesOf(mine, other);
      for (let at = pairs.next(); !at.done; at = pairs.next()) {
        if (!at.value)
          throw new CompactionError(notDone('the copy differs from it. See that disk and memory are sound'));
        done += 1;
        if (done % COMPARED_AT_ONCE > 0) continue;
        tell({ doing: 'comparing', done, total: hold.journal.entryCount });
        await nextTurn();
      }
    }
  } finally {
    await made.root.close();
  }
}

type Tree = StoreFile['bodies'] | StoreFile['catalog'];

function pairsOf(one: StoreFile, other: StoreFile): readonly (readonly [Tree, Tree])[] {
  return [
    [one.catalog, other.catalog],
    [one.bodies, other.bodies],
  ];
}

/** Of each entry, whether it is the same in both; one that only one of them has is not. */
function* entriesOf(mine: Tree, other: Tree): Generator<boolean> {
  const [left, right] = [mine.getRange({})[Symbol.iterator](), other.getRange({})[Symbol.iterator]()];
  for (;;) {
    const [a, b] = [left.next(), right.next()];
    if (a.done && b.done) return;
    yield !a.done && !b.done && String(a.value.key) === String(b.value.key) && a.value.value.equals(b.value.value);
  }
}
