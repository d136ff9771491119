/** Who holds a data directory. The holder listens on a socket of its own before it writes itself into `holder.json`, and
 *  the file is only exchanged inside an LMDB write transaction, which the operating system gives to one process at a time
 *  and takes from the dead. So a holder is alive exactly when its socket answers: process ids, which are used again, and
 *  files that a killed process left behind decide nothing. */

import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection, type NetConnectOpts } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { decodeDocument } from './bson.ts';
import { Framing, formatCommand } from './wire.ts';

export type Address =
  | { readonly kind: 'socket'; readonly path: string /** Made for the socket alone. */; readonly ownFolder: boolean }
  | { readonly kind: 'loopback'; readonly port: number };

export interface Holder {
  readonly token: string;
  readonly pid: number;
  readonly since: Date;
  readonly address: Address;
}

/** The shortest limit of the systems we know (macOS, 104 with the final zero), with some air. */
const MAX_SOCKET_PATH_BYTES = 100;

/** A place for this process's socket: in the data directory, or where its path is too long, in a private folder for
 *  temporary files. */
export function chooseAddress(dataDir: string, token: string): Address {
  if (process.platform === 'win32') return { kind: 'loopback', port: 0 };
  const path = resolve(dataDir, `store-${token.slice(0, 12)}.sock`);
  if (Buffer.byteLength(path) <= MAX_SOCKET_PATH_BYTES) return { kind: 'socket', path, ownFolder: false };
  // mkdtemp makes the folder with mode 0700.
  return { kind: 'socket', path: join(mkdtempSync(join(tmpdir(), 'laurel-')), 'store.sock'), ownFolder: true };
}

export function uriOf(address: Address, database: string): string {
  const host = address.kind === 'socket' ? encodeURIComponent(address.path) : `127.0.0.1:${address.port}`;
  return `mongodb://${host}/${encodeURIComponent(database)}?directConnection=true`;
}

export function readHolder(dataDir: string): Holder | null {
  try {
    const stored = JSON.parse(readFileSync(join(dataDir, 'holder.json'), 'utf8')) as Holder & {
      readonly since: string;
    };
    return { ...stored, since: new Date(stored.since) };
  } catch {
    // Not there, or half a file after a crash of the machine: nobody who is alive wrote it.
    return null;
  }
}

/** To be called within `Journal.exclusively`. */
export function writeHolder(dataDir: string, holder: Holder): void {
  mkdirSync(dataDir, { recursive: true });
  const draft = join(dataDir, `holder.${holder.token}.tmp`);
  writeFileSync(draft, JSON.stringify(holder), { mode: 0o600 });
  renameSync(draft, join(dataDir, 'holder.json'));
}

export function removeHolder(dataDir: string): void {
  rmSync(join(dataDir, 'holder.json'), { force: true });
}

export function removeSocket(address: Address): void {
  if (address.kind !== 'socket') return;
  rmSync(address.path, { force: true });
  if (address.ownFolder) rmSync(resolve(address.path, '..'), { recursive: true, force: true });
}

/** Whether the holder is alive. When in doubt, it is. */
export async function isAlive(holder: Holder): Promise<boolean> {
  const { address } = holder;
  if (address.kind === 'socket') return await connects({ path: address.path });
  // Any program may have got the port since; only the holder knows its token.
  const token = await askForToken(address.port);
  return token === 'silent' || token === holder.token;
}

/** The path belongs to one holder for ever: nobody listens, nobody lives. */
function connects(target: NetConnectOpts): Promise<boolean> {
  return new Promise((done) => {
    const socket = createConnection(target);
    socket.once('connect', () => {
      socket.destroy();
      done(true);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      socket.destroy();
      done(error.code !== 'ECONNREFUSED' && error.code !== 'ENOENT');
    });
  });
}

const ANSWER_WITHIN_MS = 5000;

/** @returns the token of the store that listens there; `silent`: somebody listens and says nothing; null: somebody else or
 *  nobody */
function askForToken(port: number): Promise<string | null> {
  return new Promise((done) => {
    const socket = createConnection({ host: '127.0.0.1', port });
    const framing = new Framing();
    const finish = (result: string | null) => {
      clearTimeout(timer);
      socket.destroy();
      done(result);
    };
    const timer = setTimeout(() => finish('silent'), ANSWER_WITHIN_MS);
    socket.once('connect', () => socket.write(formatCommand({ hello: 1, $db: 'admin' }, 1)));
    socket.once('error', () => finish(null));
    socket.once('close', () => finish(null));
    socket.on('data', (chunk) => {
      try {
        const [message] = framing.push(chunk);
        if (message) finish(String(decodeDocument(message, 21).get('storeToken') ?? ''));
      } catch {
        finish(null);
      }
    });
  });
}
