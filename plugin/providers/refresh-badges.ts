/** Asks providers how issued badges stand there, as a job: what nobody has accepted or rejected yet every time, everything
 *  else now and then. */

import { toIssuedCursor } from '../badges/issued-cursor.ts';
import { CredentialsError } from '../errors.ts';
import type { JobKind, JobStep } from '../jobs/job-runner.ts';
import type { Jobs } from '../jobs/request-job.ts';
import type { BadgeProvider } from '../ports/badge-provider.ts';
import type { Job, JsonObject } from '../ports/job-store.ts';
import type { IssuedBadge, ProgressStore } from '../ports/progress-store.ts';
import type { Clock, Logger } from '../ports/runtime.ts';
import { msg } from '../words.ts';
import { recordState } from './apply-notice.ts';

export const REFRESH_BADGES = 'refresh-badges';

/** How a badge that the provider does not know any more stands. */
export const GONE = 'gone';

/** Where nothing is expected to change by itself. */
const SETTLED: ReadonlySet<string | null> = new Set([
  ...['accepted', 'rejected', 'revoked', 'expired', 'replaced'],
  ...['deleted', GONE, 'issued', 'created'],
]);

/** Every settled badge has its turn once in so many times. */
const TURNS = 28;
const DOCUMENTS_A_STEP = 100;
/** A step stays far below the lease of a job, also when a call is slow. */
const CALLS_A_STEP = 10;
const STEP_MS = 10_000;

export interface RefreshParts {
  readonly providers: ReadonlyMap<string, BadgeProvider>;
  readonly progress: ProgressStore;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** One for each period, whichever process asks first. */
export async function requestRefresh(jobs: Pick<Jobs, 'request'>, now: Date, hours: number): Promise<void> {
  const period = Math.floor(now.getTime() / (hours * 3_600_000));
  await jobs.request({
    id: `refresh-${hours}h-${period}`,
    kind: REFRESH_BADGES,
    title: msg('Ask providers how issued badges stand'),
    parameters: { turn: period % TURNS },
    requestedBy: 'Laurel',
  });
}

export function createRefreshBadges({ providers, progress, clock, logger }: RefreshParts): JobKind {
  const asked = [...providers.values()].filter((provider) => provider.issuedState !== undefined);

  return {
    kind: REFRESH_BADGES,
    async step(job: Job): Promise<JobStep> {
      const { name, after } = placeOf(job, asked);
      const provider = asked.find((one) => one.name === name);
      if (provider === undefined) return { cursor: null, done: 0, finished: true };
      const turn = Number(job.parameters.turn ?? 0);
      const page = await progress.listIssued({ provider: provider.name, after, limit: DOCUMENTS_A_STEP });
      const until = clock.now().getTime() + STEP_MS;
      const counts: Record<string, number> = {};
      // A secret that is refused is refused for every badge of the account.
      const hopeless = new Set<string>();
      let calls = 0;
      let done = 0;
      for (const { learnerId, issued } of page.items) {
        if (calls >= CALLS_A_STEP || (calls > 0 && clock.now().getTime() >= until)) break;
        for (const badge of issued) {
          if (!isDue(badge, provider.name, isTurnOf(learnerId, turn)) || hopeless.has(badge.template?.id ?? ''))
            continue;
          calls += 1;
          const word = await refresh(badge, provider, hopeless);
          counts[word] = (counts[word] ?? 0) + 1;
        }
        done += 1;
      }
      const next = nextPlace(provider.name, asked, { page, done, after });
      return { cursor: next, done: calls, counts, finished: next === null };
    },
  };

  async function refresh(badge: IssuedBadge, provider: BadgeProvider, hopeless: Set<string>): Promise<string> {
    const { template } = badge;
    if (template === null) return 'unchanged';
    try {
      return (await refreshBadge(badge, provider, { progress, clock })) ? 'changed' : 'unchanged';
    } catch (error) {
      if (!(error instanceof CredentialsError)) throw error;
      // Who is away is asked again, all of it, a little later.
      if (error.code === 'provider.unavailable' || error.code.startsWith('store.')) throw error;
      if (error.code === 'provider.unauthorised') hopeless.add(template.id);
      logger.info('a provider did not say how a badge stands', { provider: provider.name, error: error.code });
      return 'not told';
    }
  }
}

/** Asks how one badge stands, and writes it down. @returns whether that is news @throws ProviderError, StoreError */
export async function refreshBadge(
  { uuid, template, externalId, externalUrl }: IssuedBadge,
  provider: BadgeProvider,
  { progress, clock }: Pick<RefreshParts, 'progress' | 'clock'>,
): Promise<boolean> {
  if (template === null || externalId === null || provider.issuedState === undefined) return false;
  const now = await provider.issuedState({ uuid, templateId: template.id, externalId });
  const state = now ?? { externalId, state: GONE, url: externalUrl };
  return recordState(provider.name, { ...state, externalId }, { progress, clock });
}

interface Place extends JsonObject {
  readonly provider: string;
  readonly after: string | null;
}

function placeOf(
  { cursor }: Job,
  asked: readonly BadgeProvider[],
): { readonly name: string | undefined; readonly after: string | undefined } {
  const place = cursor as Place | null;
  return { name: place?.provider ?? asked[0]?.name, after: place?.after ?? undefined };
}

/** @returns null: everybody was asked */
function nextPlace(
  name: string,
  asked: readonly BadgeProvider[],
  {
    page,
    done,
    after,
  }: {
    readonly page: Awaited<ReturnType<ProgressStore['listIssued']>>;
    readonly done: number;
    readonly after: string | undefined;
  },
): Place | null {
  if (done < page.items.length) {
    const last = page.items[done - 1];
    return { provider: name, after: last ? toIssuedCursor(last) : (after ?? null) };
  }
  if (page.next !== null) return { provider: name, after: page.next };
  const next = asked[asked.findIndex((one) => one.name === name) + 1];
  return next ? { provider: next.name, after: null } : null;
}

function isDue({ template, externalId, externalState }: IssuedBadge, provider: string, isTurn: boolean): boolean {
  if (template?.provider !== provider || externalId === null) return false;
  return isTurn || !SETTLED.has(externalState);
}

/** Spreads learners evenly over the turns. */
function isTurnOf(learnerId: string, turn: number): boolean {
  let sum = 0;
  for (const letter of learnerId) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 1_000_003;
  return sum % TURNS === turn;
}
