/** An embedded store in a process of its own, as a MongoDB server would be: it can be killed and started again while
 *  others are connected. Run as a program it opens the store of the folder it is given and prints the address. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { silentLogger } from '../../plugin/ports/runtime.ts';
import { openEmbeddedStore } from '../../server/store/index.ts';

const self = fileURLToPath(import.meta.url);

/** They must not outlive this process. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export class StoreProcess {
  /** For MONGODB_URI; stays the same over restarts. */
  readonly uri: string;
  /** Resolves when the process has ended, however. */
  ended: Promise<unknown> = Promise.resolve();
  readonly #dataDir: string;
  readonly #link: string;
  #child: ChildProcess | null = null;

  /** @param folder short, on account of the limit for socket paths; must exist */
  constructor(folder: string) {
    this.#dataDir = join(folder, 'store');
    this.#link = join(folder, 's.sock');
    this.uri = `mongodb://${encodeURIComponent(this.#link)}/laurel?directConnection=true`;
  }

  async start(): Promise<void> {
    const child = spawn(process.execPath, ['--import', 'tsx', self, this.#dataDir], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#child = child;
    running.add(child);
    child.once('exit', () => running.delete(child));
    this.ended = once(child, 'exit');
    const [line] = (await Promise.race([
      once(child.stdout, 'data'),
      this.ended.then(() => Promise.reject(new Error('the store process ended before it was ready'))),
    ])) as [Buffer];
    const socket = decodeURIComponent(new URL(line.toString().trim()).host);
    rmSync(this.#link, { force: true });
    symlinkSync(socket, this.#link);
  }

  /** null: not started. */
  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  /** The one that grows. */
  get file(): string {
    return join(this.#dataDir, 'store.lmdb');
  }

  /** It takes what it is sent, and does nothing with it. */
  freeze(): void {
    this.#child?.kill('SIGSTOP');
  }

  /** As a crash would: nothing is closed. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }
}

if (process.argv[1] === self) {
  const { uri, broken } = await openEmbeddedStore({ dataDir: process.argv[2] ?? '', logger: silentLogger });
  process.stdout.write(`${uri}\n`);
  const { message } = await broken;
  process.stderr.write(`${message}\n`);
  process.exit(69);
}
