/** Asking for a job, and steering it. */

import { ConflictError, NotFoundError } from '../errors.ts';
import type { Job, JobStore, JsonObject } from '../ports/job-store.ts';
import type { Clock } from '../ports/runtime.ts';
import type { Tracer } from '../ports/tracer.ts';
import { english, type Words } from '../words.ts';

export interface JobRequest {
  readonly kind: string;
  /** A text of one's own, without values, or words. */
  readonly title: Words;
  readonly parameters: JsonObject;
  readonly requestedBy: string;
  readonly reason?: string | null;
  /** In place of a new one: whoever asks again under the same id gets the job there is. */
  readonly id?: string;
  /** Not before. */
  readonly dueAt?: Date;
}

export interface Jobs {
  /** @returns the job, recorded; it begins shortly */
  request(request: JobRequest): Promise<Job>;
  /** It need not wait for its time any more. */
  hasten(id: string): Promise<void>;
  /** Ends it after the step under way; what it did stays done. @throws NotFoundError `not-found.job`;
   *    ConflictError `conflict.job-finished` */
  cancel(id: string): Promise<Job>;
  /** Lets it go on where it stopped. @throws NotFoundError `not-found.job`; ConflictError `conflict.job-not-stopped` */
  resume(id: string): Promise<Job>;
}

export interface JobsParts {
  readonly store: JobStore;
  readonly clock: Clock;
  readonly tracer?: Pick<Tracer, 'current'>;
  readonly ids: { uuid(): string };
  /** Called when there is something to do. */
  onJob?(): void;
}

export function createJobs({ store, clock, tracer, ids, onJob }: JobsParts): Jobs {
  const existing = async (id: string): Promise<void> => {
    if ((await store.get(id)) === null)
      throw new NotFoundError('job', 'there is no such job; the list of jobs shows those there are');
  };
  return {
    async request({ kind, title, parameters, requestedBy, reason = null, id = ids.uuid(), dueAt }) {
      const now = clock.now();
      const trace = tracer?.current();
      const job: Job = {
        id,
        kind,
        title: english(title),
        ...(typeof title === 'object' && { said: title }),
        parameters,
        requestedBy,
        reason,
        state: 'waiting',
        cursor: null,
        done: 0,
        total: null,
        counts: {},
        result: null,
        error: null,
        attempts: 0,
        cancelRequested: false,
        fence: 0,
        dueAt: dueAt ?? now,
        createdAt: now,
        startedAt: null,
        finishedAt: null,
        ...(trace && { trace }),
      };
      const isNew = await store.create(job);
      if (isNew) onJob?.();
      return isNew ? job : ((await store.get(id)) ?? job);
    },

    async hasten(id) {
      await store.hasten(id, clock.now());
      onJob?.();
    },

    async cancel(id) {
      const job = await store.requestCancel(id, clock.now());
      if (job !== null) return job;
      await existing(id);
      throw new ConflictError('job-finished', 'the job has ended already; there is nothing to cancel');
    },

    async resume(id) {
      const job = await store.resume(id, clock.now());
      if (job === null) {
        await existing(id);
        throw new ConflictError('job-not-stopped', 'only a job that failed or was cancelled can be resumed');
      }
      onJob?.();
      return job;
    },
  };
}
