/** A wire between Laurel and the broker that can be slow, or go dead without either end being told. */

import { type AddressInfo, createServer, connect as dial, type Socket } from 'node:net';

export class Wire {
  /** Each way. */
  delayMs = 0;
  readonly #target: URL;
  readonly #sockets = new Set<Socket>();
  #isDead = false;
  readonly #server = createServer((near) => this.#join(near));

  constructor(target: string) {
    this.#target = new URL(target);
  }

  /** @returns the address of the broker at this end */
  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const url = new URL(this.#target);
    url.port = String((this.#server.address() as AddressInfo).port);
    return url.href;
  }

  /** Nothing passes any more, and nobody is told: half-open, as when a cable is pulled. New connections work. */
  cut(): void {
    for (const socket of this.#sockets) {
      socket.removeAllListeners('data');
      socket.pause();
    }
    this.#sockets.clear();
  }

  close(): void {
    this.#isDead = true;
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }

  #join(near: Socket): void {
    if (this.#isDead) {
      near.destroy();
      return;
    }
    const far = dial(Number(this.#target.port), this.#target.hostname);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(from);
      from.on('data', (chunk) => this.#later(() => to.write(chunk)));
      from.on('close', () => {
        this.#sockets.delete(from);
        this.#later(() => to.destroy());
      });
      from.on('error', () => {});
    }
  }

  #later(work: () => void): void {
    if (this.delayMs === 0) work();
    else setTimeout(work, this.delayMs);
  }
}
