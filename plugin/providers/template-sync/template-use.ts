/** What hangs on a template: who looks at one that is gone wants to know before it is retired. */

import type { BadgeStore } from '../../ports/badge-store.ts';
import type { ProgressStore } from '../../ports/progress-store.ts';
import type { BadgeTemplate, ProviderStore } from '../../ports/provider-store.ts';
import { badgesUsing } from '../template-use.ts';

export interface TemplateUse {
  readonly badges: readonly { readonly id: string; readonly name: string; readonly active: boolean }[];
  /** Learners on their way to one of the badges. */
  readonly inProgress: number;
  /** Learners for whom something waits to be done at the provider; no more than `MOST_COUNTED` are counted. */
  readonly waiting: number;
}

export interface TemplateUseParts {
  readonly store: Pick<ProviderStore, 'accounts'>;
  readonly badges: Pick<BadgeStore, 'list'>;
  readonly progress: Pick<ProgressStore, 'counts' | 'records'>;
}

type Named = Pick<BadgeTemplate, 'provider' | 'accountId' | 'templateId'>;

export const MOST_COUNTED = 10_000;

/** Reads badges and accounts once for all templates that are asked for. */
export async function readUses({
  store,
  badges,
  progress,
}: TemplateUseParts): Promise<(template: Named) => Promise<TemplateUse>> {
  const [definitions, accounts] = await Promise.all([badges.list(), store.accounts()]);
  return async (template) => {
    const using = badgesUsing(template, definitions, accounts);
    const ids = using.map(({ id }) => id);
    if (ids.length === 0) return { badges: [], inProgress: 0, waiting: 0 };
    const [counts, waiting] = await Promise.all([
      progress.counts(ids),
      progress.records.count(
        [
          { field: 'badgeId', in: ids },
          { holds: 'openEffects', meeting: [{ field: 'lane', in: [template.provider] }] },
        ],
        MOST_COUNTED,
      ),
    ]);
    return {
      badges: using.map(({ id, name, active }) => ({ id, name: name ?? id, active })),
      inProgress: counts
        .filter(({ status, evaluated }) => status === 'in-progress' && !evaluated)
        .reduce((sum, { count }) => sum + count, 0),
      waiting,
    };
  };
}
