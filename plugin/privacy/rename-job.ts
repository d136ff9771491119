/** Another username for a learner where only a search of everything finds the former one: in dead letters, which may be replayed,
 *  and in texts. What a learner is found by has it at once. */

import type { JobKind, JobStep } from '../jobs/job-runner.ts';
import type { Job } from '../ports/job-store.ts';
import { type LearnerTraces, type RenamedPart, type Renaming, renamedParts } from '../ports/learner-traces.ts';
import type { SecretBox } from '../ports/secret-box.ts';

export const RENAME = 'rename-learner';

export interface RenameParts {
  readonly traces: Pick<LearnerTraces, 'renameMentions'>;
  readonly secrets: SecretBox;
}

/** Neither username may stand in the job, which is kept and searched as well. */
export function sealedRenaming(renaming: Renaming, jobId: string, secrets: SecretBox): string {
  return secrets.seal(JSON.stringify(renaming), sealedFor(jobId));
}

export function openedRenaming({ id, parameters }: Job, secrets: SecretBox): Renaming {
  return JSON.parse(secrets.open(String(parameters.sealed), sealedFor(id))) as Renaming;
}

function sealedFor(jobId: string): string {
  return `renaming:${jobId}`;
}

type Cursor = { readonly part: RenamedPart; readonly after: string | null } | null;

export function createRename({ traces, secrets }: RenameParts): JobKind {
  async function step(job: Job): Promise<JobStep> {
    const renaming = openedRenaming(job, secrets);
    const { part, after } = (job.cursor as unknown as Cursor) ?? { part: renamedParts[0], after: null };
    const { erased, next } = await traces.renameMentions(part, renaming, after);
    const following = next === null ? renamedParts[renamedParts.indexOf(part) + 1] : part;
    return {
      cursor: following === undefined ? null : { part: following, after: next },
      done: erased,
      counts: erased === 0 ? {} : { [part]: erased },
      finished: following === undefined,
    };
  }
  return { kind: RENAME, step };
}
