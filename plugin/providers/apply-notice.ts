/** What follows from a notice of a provider: nothing that it says, only what the provider answered when it was asked. */

import { StoreError } from '../errors.ts';
import type { ListedBadge, WebhookResult } from '../ports/badge-provider.ts';
import type { Progress, ProgressStore } from '../ports/progress-store.ts';
import type { ProviderAccount, ProviderStore } from '../ports/provider-store.ts';
import type { Clock } from '../ports/runtime.ts';
import { storeTemplate } from './store-template.ts';

export interface NoticeParts {
  readonly store: ProviderStore;
  readonly progress: ProgressStore;
  readonly clock: Clock;
}

const SAVE_ATTEMPTS = 30;

/** Applying the same again changes nothing. @returns whether anything changed @throws StoreError */
export async function applyNotice(
  account: Pick<ProviderAccount, 'id' | 'provider'>,
  { template, badge }: WebhookResult,
  { store, progress, clock }: NoticeParts,
): Promise<boolean> {
  if (template !== undefined) {
    const known = (await store.template(account.provider, account.id, template.id)) ?? undefined;
    const stored = await storeTemplate(store, account, template, { known, now: clock.now() });
    return stored === 'added' || stored === 'changed';
  }
  return badge !== undefined && recordState(account.provider, badge, { progress, clock });
}

/** Writes down how an issued badge stands at its provider. @returns whether that is news @throws StoreError */
export async function recordState(
  provider: string,
  badge: Pick<ListedBadge, 'externalId' | 'state' | 'url'>,
  { progress: store, clock }: Pick<NoticeParts, 'progress' | 'clock'>,
): Promise<boolean> {
  let isNews = false;
  for (const found of await store.findIssued(provider, badge.externalId)) {
    let latest: Progress | null = found;
    for (let attempt = 0; latest !== null; attempt++) {
      if (attempt === SAVE_ATTEMPTS)
        throw new StoreError('contention', 'progress kept changing while a state was to be recorded');
      const next = withState(latest, provider, badge, clock.now());
      if (next === latest) break;
      if (await store.save(next)) {
        isNews = true;
        break;
      }
      latest = await store.load(found.learnerId, found.badgeId);
    }
  }
  return isNews;
}

/** @returns `progress` itself when it says so already */
function withState(
  progress: Progress,
  provider: string,
  { externalId, state, url }: Pick<ListedBadge, 'externalId' | 'state' | 'url'>,
  now: Date,
): Progress {
  const isIt = (one: Progress['issued'][number]): boolean =>
    one.externalId === externalId && one.template?.provider === provider;
  const isNews = progress.issued.some((one) => isIt(one) && (one.externalState !== state || one.externalUrl !== url));
  if (!isNews) return progress;
  return {
    ...progress,
    issued: progress.issued.map((one) => (isIt(one) ? { ...one, externalState: state, externalUrl: url } : one)),
    updatedAt: now,
  };
}
