/** The running store: holds the data directory, loads it, serves, sweeps. */

import type { Socket } from 'node:net';
import { Catalog } from './catalog.ts';
import type { StoreContext } from './commands/context.ts';
import { compactAtStart } from './compaction.ts';
import type { CompactionPolicy } from './compaction-policy.ts';
import { serveConnection } from './connection.ts';
import { Cursors } from './cursors.ts';
import { removeLeftovers } from './data-file.ts';
import { removeExpired } from './expiry.ts';
import { Hold } from './hold.ts';
import { uriOf } from './holder.ts';
import type { Journal } from './journal.ts';

export interface ServerOptions {
  readonly dataDir: string;
  readonly database: string;
  /** What should never happen. */
  readonly report: (message: string, error: unknown) => void;
  /** What an operator may want to know. */
  readonly tell: (level: 'info' | 'warn', message: string) => void;
  readonly compaction: CompactionPolicy;
  /** The disk did not take a write. */
  readonly onBroken: (reason: Error) => void;
  readonly expiryIntervalMs: number;
}

export interface RunningServer {
  readonly uri: string;
  close(): Promise<void>;
}

const EXPIRY_SLICE = 1_000;
const EXPIRY_PAUSE_MS = 20;

/** @throws HeldError, FormatError */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { dataDir, report, onBroken } = options;
  let store: StoreContext | null = null;
  let connections = 0;
  const onConnection = (socket: Socket) => {
    if (!store) {
      socket.destroy();
      return;
    }
    connections += 1;
    serveConnection(socket, store, connections, report);
  };
  const hold = await Hold.take({ dataDir, onBroken, onConnection });
  try {
    hold.journal.assertFormat();
    removeLeftovers(dataDir);
    await compactAtStart(hold, options.compaction, options.tell);
    const catalog = new Catalog(hold.journal);
    catalog.load();
    store = { catalog, cursors: new Cursors(Date.now), now: () => new Date(), token: hold.token };
  } catch (error) {
    await hold.release();
    throw error;
  }

  const { journal } = hold;
  const { catalog, cursors } = store;
  let moreToExpire: NodeJS.Timeout | undefined;
  /** Slice by slice, so that a shortened retention does not hold everybody up while it is carried out. */
  const expire = () => {
    const removed = removeExpired(catalog, new Date(), EXPIRY_SLICE);
    if (removed === 0) return;
    journal.settled().catch((error) => report('expired documents stay on disk', error));
    clearTimeout(moreToExpire);
    if (removed >= EXPIRY_SLICE) moreToExpire = setTimeout(expire, EXPIRY_PAUSE_MS);
  };
  const sweep = setInterval(() => {
    try {
      cursors.forgetIdle();
      if (!hold.isOurs) throw refuseWrites(journal, 'another process has taken the data directory over');
      expire();
    } catch (error) {
      report('the embedded store could not look for expired documents', error);
    }
  }, options.expiryIntervalMs);

  return {
    uri: uriOf(hold.address, options.database),
    async close() {
      clearInterval(sweep);
      clearTimeout(moreToExpire);
      await hold.stopListening();
      await journal.settled().catch((error) => report('the last changes did not reach the disk', error));
      await hold.release();
    },
  };
}

/** What this process holds in memory may be outdated: better no service than a wrong one. */
function refuseWrites(journal: Journal, reason: string): Error {
  const error = new Error(reason);
  journal.refuseWrites(error);
  return error;
}
