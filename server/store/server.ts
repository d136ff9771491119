/** The running store: claims the data directory, loads it, listens, sweeps. */

import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { Catalog } from './catalog.ts';
import type { StoreContext } from './commands/context.ts';
import { serveConnection } from './connection.ts';
import { Cursors } from './cursors.ts';
import { removeExpired } from './expiry.ts';
import {
  type Address,
  chooseAddress,
  type Holder,
  isAlive,
  readHolder,
  removeHolder,
  removeSocket,
  uriOf,
  writeHolder,
} from './holder.ts';
import { Journal } from './journal.ts';

export interface ServerOptions {
  readonly dataDir: string;
  readonly database: string;
  readonly report: (message: string, error: unknown) => void;
  /** The disk did not take a write. */
  readonly onBroken: (reason: Error) => void;
  readonly expiryIntervalMs: number;
}

export interface RunningServer {
  readonly uri: string;
  close(): Promise<void>;
}

/** Somebody alive holds the directory. */
export class HeldError extends Error {
  readonly holder: Holder;
  constructor(holder: Holder) {
    super('the data directory is held');
    this.holder = holder;
  }
}

const EXPIRY_SLICE = 1_000;
const EXPIRY_PAUSE_MS = 20;

/** @throws HeldError, FormatError */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { dataDir, report, onBroken } = options;
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const former = readHolder(dataDir);
  if (former && (await isAlive(former))) throw new HeldError(former);

  const token = randomBytes(16).toString('hex');
  const journal = new Journal(dataDir, onBroken);
  const sockets = new Set<Socket>();
  let store: StoreContext | null = null;
  let connections = 0;
  const server = createServer((socket) => {
    // Listening comes before holding: until the store is loaded, only probes come here.
    if (!store) {
      socket.destroy();
      return;
    }
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    connections += 1;
    serveConnection(socket, store, connections, report);
  });
  const address = await listen(server, chooseAddress(dataDir, token));
  const self: Holder = { token, pid: process.pid, since: new Date(), address };
  const abandon = async () => {
    await stopListening(server, sockets);
    removeSocket(address);
    await journal.close();
  };
  try {
    await claim(journal, dataDir, self);
    journal.assertFormat();
    const catalog = new Catalog(journal);
    catalog.load();
    store = { catalog, cursors: new Cursors(Date.now), now: () => new Date(), token };
  } catch (error) {
    journal.exclusively(() => readHolder(dataDir)?.token === token && removeHolder(dataDir));
    await abandon();
    throw error;
  }

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
      if (readHolder(dataDir)?.token !== token) {
        throw refuseWrites(journal, 'another process has taken the data directory over');
      }
      expire();
    } catch (error) {
      report('the embedded store could not look for expired documents', error);
    }
  }, options.expiryIntervalMs);

  return {
    uri: uriOf(address, options.database),
    async close() {
      clearInterval(sweep);
      clearTimeout(moreToExpire);
      await stopListening(server, sockets);
      await journal.settled().catch((error) => report('the last changes did not reach the disk', error));
      journal.exclusively(() => readHolder(dataDir)?.token === token && removeHolder(dataDir));
      await abandon();
    },
  };
}

/** What this process holds in memory may be outdated: better no service than a wrong one. */
function refuseWrites(journal: Journal, reason: string): Error {
  const error = new Error(reason);
  journal.refuseWrites(error);
  return error;
}

/** Exactly one of several starters gets through: the others find a holder that was not there when they looked.
 *  @throws HeldError */
async function claim(journal: Journal, dataDir: string, self: Holder): Promise<void> {
  for (;;) {
    const seen = readHolder(dataDir);
    if (seen && (await isAlive(seen))) throw new HeldError(seen);
    const won = journal.exclusively(() => {
      if (readHolder(dataDir)?.token !== seen?.token) return false;
      writeHolder(dataDir, self);
      return true;
    });
    if (!won) continue;
    if (seen) removeSocket(seen.address);
    return;
  }
}

function listen(server: Server, address: Address): Promise<Address> {
  return new Promise((done, fail) => {
    server.once('error', fail);
    if (address.kind === 'socket') {
      server.listen(address.path, () => {
        chmodSync(address.path, 0o600);
        done(address);
      });
    } else {
      server.listen(0, '127.0.0.1', () => {
        const bound = server.address();
        done({ kind: 'loopback', port: typeof bound === 'object' && bound ? bound.port : 0 });
      });
    }
  });
}

function stopListening(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  return new Promise((done) => {
    server.close(() => done());
    for (const socket of sockets) socket.destroy();
  });
}
