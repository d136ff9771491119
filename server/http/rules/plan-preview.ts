/** What a plan would mean for the learners on record, as the plan's page asks for it. */

import { impactRequest } from '../../../plugin/badges/replay/impact.ts';
import { fromParameters, REPLAY } from '../../../plugin/badges/replay/replay-request.ts';
import type { RulePlan } from '../../../plugin/badges/rule-plan.ts';
import type { Job } from '../../../plugin/ports/job-store.ts';
import { words } from '../../../plugin/words.ts';
import type { Services } from '../services.ts';
import { createDryRuns } from './dry-runs.ts';

/** @param known id of the job that was begun for this plan, '' for none: a page that is shown again begins no other
 *  @returns the job as far as it is; null: no active badge is added or changed */
export type PlanPreview = (plan: RulePlan, known: string, actor: string) => Promise<Job | null>;

export function createPlanPreview(services: Services): PlanPreview {
  const dryRuns = createDryRuns(services);

  const begunBefore = async ({ hash }: RulePlan, id: string): Promise<Job | null> => {
    const job = id === '' ? null : await services.jobStore.get(id);
    return job?.kind === REPLAY && fromParameters(job.parameters).plan === hash ? job : null;
  };

  return async (plan, known, actor) => {
    const request = impactRequest(plan, null);
    if (request === null) return null;
    const begun = await begunBefore(plan, known);
    return dryRuns.ended(begun ?? (await dryRuns.begin(words('Preview: what a plan would mean'), request, actor)));
  };
}
