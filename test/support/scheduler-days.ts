/** Schedulers on one store, in days that pass at once: each look is at a moment that the test names. */

import type { CredentialRunner } from '../../plugin/credentials/credential-runner.ts';
import type { MemoryCredentialStore } from '../../plugin/ports/memory-credential-store.ts';
import { silentLogger } from '../../plugin/ports/runtime.ts';
import { createScheduler } from '../../server/scheduler/scheduler.ts';
import { aRun } from '../contracts/credential-store.ts';

/** One begun run. */
export interface Fired {
  readonly configurationId: string;
  readonly dueAt: Date;
  /** What the clock on the wall said, whatever the process thinks. */
  readonly at: Date;
}

export class SchedulerDays {
  readonly fired: Fired[] = [];
  readonly #store: MemoryCredentialStore;

  readonly #runsGoOn: boolean;

  /** @param options `runsGoOn`: until `endRun`, instead of ending at once */
  constructor(store: MemoryCredentialStore, { runsGoOn = false } = {}) {
    this.#store = store;
    this.#runsGoOn = runsGoOn;
  }

  /** Ends the run of a due time, or else the oldest that goes. */
  async endRun(at: Date, dueAt?: Date): Promise<void> {
    const going = (await this.#store.runs({ limit: 100 })).filter(({ state }) => state === 'running');
    const run = dueAt ? going.find((one) => one.dueAt.getTime() === dueAt.getTime()) : going.at(-1);
    if (run) await this.#store.updateRun({ ...run, state: 'done', finishedAt: at, leaseUntil: at });
  }

  /** One look of a process. @param thinks what its clock says, if not the truth */
  async look(at: Date, thinks = at): Promise<void> {
    let looked = () => {};
    const done = new Promise<void>((resolve) => {
      looked = resolve;
    });
    const runner: CredentialRunner = {
      runNow: async (configurationId, trigger, dueAt) => {
        const id = `${configurationId} ${dueAt.toISOString()}`;
        const run = aRun({ id, configurationId, trigger, dueAt, startedAt: thinks });
        const ended = this.#runsGoOn ? run : { ...run, state: 'done' as const, finishedAt: thinks };
        if (await this.#store.createRun(ended)) this.fired.push({ configurationId, dueAt, at });
        return id;
      },
      wait: async (runId) => aRun({ id: runId }),
      // asked for at the end of a look
      takeOverAbandoned: async () => {
        looked();
        return 0;
      },
      stop: async () => {},
    };
    const scheduler = createScheduler({
      store: this.#store,
      runner,
      clock: { now: () => thinks },
      logger: { ...silentLogger, error: looked },
    });
    scheduler.start();
    await done;
    await scheduler.stop();
  }
}
