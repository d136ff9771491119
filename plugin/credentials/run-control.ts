/** What people do to a run that was recorded: end it, let it go on, try again for those whom it failed. */

import { ConflictError, NotFoundError } from '../errors.ts';
import type { CredentialRun, CredentialStore } from '../ports/credential-store.ts';
import type { Clock } from '../ports/runtime.ts';
import { msg } from '../words.ts';
import type { CredentialRunner } from './credential-runner.ts';

export interface RunControl {
  /** Ends a run after the learner it is at; what was made stays. @throws NotFoundError, ConflictError `conflict.run-ended` */
  cancel(runId: string): Promise<CredentialRun>;
  /** Lets a cancelled or failed run go on: it meets what it made, and makes what is missing.
   *  @throws NotFoundError, ConflictError `conflict.run-not-resumable`, `conflict.run-going` */
  resume(runId: string): Promise<CredentialRun>;
  /** Begins a run for those learners only whose last attempt failed, or joins the one that is going.
   *  @returns the run's id @throws NotFoundError `not-found.configuration`, ConflictError `conflict.nothing-failed` */
  retryFailed(configurationId: string): Promise<string>;
}

export interface RunControlParts {
  readonly store: CredentialStore;
  readonly runner: Pick<CredentialRunner, 'runNow' | 'takeOverAbandoned'>;
  readonly clock: Clock;
}

const RUNS_LOOKED_AT = 100;

/** Whether `resume` takes it. */
export function isResumable({ state }: Pick<CredentialRun, 'state'>): boolean {
  return state === 'cancelled' || state === 'failed';
}

export function createRunControl({ store, runner, clock }: RunControlParts): RunControl {
  async function find(runId: string): Promise<CredentialRun> {
    const run = await store.run(runId);
    if (run === null)
      throw new NotFoundError('run', msg('there is no such run; the list of runs shows those there are'));
    return run;
  }

  return {
    async cancel(runId) {
      const run = await find(runId);
      if (!(await store.cancelRun(runId, clock.now())))
        throw new ConflictError('run-ended', msg('the run has ended already; reload the page to see how'));
      return run;
    },

    async resume(runId) {
      const run = await find(runId);
      if (!isResumable(run))
        throw new ConflictError(
          'run-not-resumable',
          msg('only a run that was cancelled or has failed can go on; reload the page to see how it is'),
        );
      const others = await store.runs({ configurationId: run.configurationId, limit: RUNS_LOOKED_AT });
      if (others.some(({ state }) => state === 'running'))
        throw new ConflictError(
          'run-going',
          msg('another run of this configuration is going; it makes what is missing, wait for its end'),
        );
      if (!(await store.reopenRun(run, clock.now())))
        throw new ConflictError('run-not-resumable', msg('somebody was faster; reload the page to see how the run is'));
      // whichever process looks first carries it out: this one at once, another within seconds
      await runner.takeOverAbandoned();
      return run;
    },

    async retryFailed(configurationId) {
      const [failed, runs] = await Promise.all([
        store.countCredentials({ configurationId, status: 'error' }),
        store.runs({ configurationId, limit: RUNS_LOOKED_AT }),
      ]);
      const isGone = (await store.configuration(configurationId)) === null;
      if (failed === 0 && !isGone && !runs.some(({ state }) => state === 'running'))
        throw new ConflictError(
          'nothing-failed',
          msg(
            'there is nobody left whose last attempt failed; whose data could not be used is tried by the next whole run',
          ),
        );
      return runner.runNow(configurationId, 'retry', clock.now());
    },
  };
}
