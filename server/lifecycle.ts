/** What was opened is closed in the opposite order, each once, also when one of them fails. */

import type { Logger } from '../plugin/ports/runtime.ts';

type Release = () => Promise<void> | void;

export class Lifecycle {
  readonly #releases: { readonly name: string; readonly release: Release }[] = [];
  readonly #logger: Logger;
  #stopped: Promise<void> | null = null;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** Whoever opens something registers its closing here, at once. */
  onStop(name: string, release: Release): void {
    this.#releases.push({ name, release });
  }

  /** Resolves when everything is closed; later calls wait for the same closing. */
  stop(): Promise<void> {
    this.#stopped ??= this.#run();
    return this.#stopped;
  }

  async #run(): Promise<void> {
    for (let next = this.#releases.pop(); next; next = this.#releases.pop()) {
      try {
        await next.release();
      } catch (error) {
        this.#logger.error('closing failed', {
          part: next.name,
          error: error instanceof Error ? error.message : String(error),
        });
      }
    }
  }
}
