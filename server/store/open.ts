/** Opening the embedded store, and joining one that another process of this machine has opened. */

import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { StoreError } from '../../plugin/errors.ts';
import type { Logger } from '../../plugin/ports/runtime.ts';
import { type CompactionPolicy, NO_COMPACTION } from './compaction-policy.ts';
import { isAlive, readHolder, uriOf } from './holder.ts';
import { lockedError, unavailable } from './refusals.ts';
import { startFromSource } from './source-thread.ts';
import type { WorkerMessage, WorkerOptions } from './worker.ts';

export interface EmbeddedStoreOptions {
  /** Made when it is not there. */
  readonly dataDir: string;
  /** Name of the database in `uri`; default `laurel`. */
  readonly database?: string;
  readonly logger: Logger;
  /** How often expired documents are looked for; default one minute, as on MongoDB. */
  readonly expiryIntervalMs?: number;
  /** When the start compacts the file; default never. */
  readonly compaction?: CompactionPolicy;
}

export interface EmbeddedStore {
  /** For mongoose or the MongoDB driver. */
  readonly uri: string;
  /** Resolves with the reason when it can serve no longer, as on a full disk. Only a new process can open it again. */
  readonly broken: Promise<StoreError>;
  /** Resolves when everything is on disk and the data directory is free. */
  close(): Promise<void>;
}

const DEFAULT_DATABASE = 'laurel';

/** Serves the data directory until it is closed or the process ends.
 *  @throws StoreError `store.locked` when a living process holds the directory, `store.format` when a newer Laurel wrote
 *  it, `store.unavailable` when it cannot be opened */
export function openEmbeddedStore(options: EmbeddedStoreOptions): Promise<EmbeddedStore> {
  const { dataDir, logger } = options;
  const workerData: WorkerOptions = {
    dataDir,
    database: options.database ?? DEFAULT_DATABASE,
    expiryIntervalMs: options.expiryIntervalMs ?? 60_000,
    compaction: options.compaction ?? NO_COMPACTION,
  };
  const worker = startWorker(workerData);
  const ended = new Promise<void>((done) => worker.once('exit', () => done()));
  let breakDown: (reason: string) => void = () => {};
  const broken = new Promise<StoreError>((resolve) => {
    // what LMDB says when a thread ends of it names nothing that anybody can see
    breakDown = (reason) => resolve(brokenError(dataDir, /^Commit failed/.test(reason) ? 'a commit failed' : reason));
  });
  return new Promise((resolve, reject) => {
    worker.on('error', (error) => {
      logger.error('the embedded store stopped', { reason: error.message });
      reject(unavailable(dataDir, error.message));
      breakDown(error.message);
    });
    worker.once('exit', () => reject(unavailable(dataDir, 'its thread ended')));
    worker.on('message', (message: WorkerMessage) => {
      if (message.kind === 'report') logger.error(message.message, { reason: message.reason });
      else if (message.kind === 'told') logger[message.level](message.message);
      else if (message.kind === 'ready') resolve({ uri: message.uri, broken, close: () => close(worker, ended) });
      else if (message.kind === 'broken') breakDown(message.reason);
      else if (message.kind !== 'closed') reject(openingError(message, dataDir));
    });
  });
}

/** The thread makes little that lasts and many buffers that do not. Left to itself, V8 takes the buffers for a heap that grows
 *  and marks all of it several times a second; with this it waits until so many megabytes are there. Threads that are there
 *  already do not notice. */
const HEAP_BEFORE_MARKING = '--initial-old-space-size=128';

function startWorker(workerData: WorkerOptions): Worker {
  const options = { workerData, name: 'laurel-store' };
  setFlagsFromString(HEAP_BEFORE_MARKING);
  if (!import.meta.url.endsWith('.ts')) return new Worker(new URL('./worker.js', import.meta.url), options);
  return startFromSource(new URL('./worker.ts', import.meta.url), options);
}

async function close(worker: Worker, ended: Promise<void>): Promise<void> {
  worker.postMessage('close');
  await ended;
}

function openingError(
  message: Extract<WorkerMessage, { kind: 'held' | 'format' | 'failed' }>,
  dataDir: string,
): StoreError {
  if (message.kind === 'format') return new StoreError('format', message.message);
  if (message.kind === 'failed') return unavailable(dataDir, message.message);
  return lockedError(dataDir, message);
}

function brokenError(dataDir: string, reason: string): StoreError {
  return new StoreError(
    'unavailable',
    `the embedded store in ${dataDir} could not write (${reason}); nothing that was acknowledged is lost. See that the disk is ` +
      'not full and start Laurel again',
  );
}

/** The address of the store that a living process has open, for tools that work beside a running server.
 *  @returns null when nobody holds the directory */
export async function joinEmbeddedStore({
  dataDir,
  database = DEFAULT_DATABASE,
}: {
  readonly dataDir: string;
  readonly database?: string;
}): Promise<{ readonly uri: string } | null> {
  const holder = readHolder(dataDir);
  if (!holder || !(await isAlive(holder))) return null;
  return { uri: uriOf(holder.address, database) };
}
