/** What the page of a job shows of a replay: what was asked, who gains or loses what, and what to do with it. */

import { instantToDate } from '../../../dsl/index.ts';
import { CHECK_PROGRESS } from '../../../plugin/badges/replay/check-progress.ts';
import {
  callsIn,
  fromParameters,
  REPLAY,
  type ReplayRequest,
  type ReplayResult,
  type ReplaySample,
  resultOf,
} from '../../../plugin/badges/replay/replay-request.ts';
import type { Job } from '../../../plugin/ports/job-store.ts';
import { counts, msg, words } from '../../../plugin/words.ts';
import { badgePath } from '../badge-links.ts';
import { shownStatus } from '../format.ts';
import type { Services } from '../services.ts';
import { learnerPath } from './progress.ts';

/** @returns null where the job is of another kind */
export async function replayModel(job: Job, services: Pick<Services, 'badges' | 'learners'>) {
  if (job.kind !== REPLAY && job.kind !== CHECK_PROGRESS) return null;
  const request = job.kind === REPLAY ? fromParameters(job.parameters) : null;
  const would = request === null ? job.parameters.repair !== true : request.dryRun;
  const result = resultOf(job.result);
  const shown = await impactModel(result, job.counts, services);
  const names = new Map(shown.named);
  return {
    ...shown,
    would,
    note: result.note ?? null,
    facts: request === null ? [] : factsOf(request, (id) => names.get(id) ?? id),
    saving: request?.saving ? savingOf(request.saving, request.drafts[0] ?? '') : null,
    again: request?.dryRun && request.drafts.length === 0 ? formFields(request) : null,
  };
}

/** The tables about what a change of rules means, also where it is no job: a plan, a version to restore. */
async function impactModel(
  result: ReplayResult,
  totals: Readonly<Record<string, number>>,
  services: Pick<Services, 'badges' | 'learners'>,
) {
  const definitions = await services.badges.list();
  const named = definitions.map(({ id, name }) => [id, name ?? id] as const);
  const names = new Map(named);
  const badge = (id: string) => ({ name: names.get(id) ?? id, href: names.has(id) ? badgePath(id) : null });
  const loses = result.badges.reduce((sum, impact) => sum + impact.loses, 0);
  const unverified = totals['kept unverified'] ?? 0;
  return {
    named,
    badges: result.badges.map((impact) => ({
      ...badge(impact.badge),
      gains: impact.gains,
      loses: impact.loses,
      moves: impact.moves,
    })),
    moreBadges: result.moreBadges,
    sample: await sampleRows(result.sample, badge, services),
    calls: callsOf(totals),
    loses: loses === 0 ? null : counts(loses, '{count} badge', '{count} badges'),
    unverified: unverified === 0 ? null : unverified,
  };
}

/** For the partial `impact`. @returns null where there is nothing to say */
export async function foreseen(drafts: readonly string[], services: Services) {
  const impact = await services.foreseeRules(drafts);
  if (impact === null) return null;
  const model = await impactModel(impact, impact.counts, services);
  return {
    ...model,
    would: true,
    isOpen: false,
    part: impact.complete ? null : counts(impact.learners, '{count} learner', '{count} learners'),
  };
}

type SavingForm = NonNullable<ReplayRequest['saving']>;

function savingOf({ badge, version, reason }: SavingForm, text: string) {
  return { action: version === 0 ? '/badges/new' : `${badgePath(badge)}/edit`, badge, version, reason, text };
}

/** Counts that the tables and lists of the result do not show. */
const OTHER_COUNTS: readonly string[] = [
  ...[msg('events read'), msg('unchanged'), msg('repaired'), msg('to repair'), msg('made by older rules')],
];

export function otherCounts(job: Job): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(job.counts).filter(([word]) => OTHER_COUNTS.includes(word)));
}

/** The form that runs the same for good. */
function formFields({ badges, membership, from, to, types }: ReplayRequest): readonly (readonly [string, string])[] {
  if (badges !== null && badges.length !== 1) return [];
  return [
    ['badge', badges?.[0] ?? ''],
    ['type', types?.[0] ?? ''],
    ['from', from ?? ''],
    ['to', to ?? ''],
    ['backfill', membership === 'backfill' ? 'yes' : ''],
  ];
}

function factsOf({ badges, membership, from, to, types }: ReplayRequest, name: (id: string) => string) {
  return [
    { word: msg('Badges'), text: badges === null ? words('all active ones') : badges.map(name).join(', ') },
    {
      word: msg('Events that count'),
      text: membership === 'backfill' ? words('all of the time below') : words('as they were received'),
    },
    ...(types === null ? [] : [{ word: msg('Event types'), text: types.join(', ') }]),
    ...(from === null ? [] : [{ word: msg('Happened from'), text: words('{time}', { time: instantToDate(from) }) }]),
    ...(to === null ? [] : [{ word: msg('Happened before'), text: words('{time}', { time: instantToDate(to) }) }]),
  ];
}

async function sampleRows(
  sample: readonly ReplaySample[],
  badge: (id: string) => { readonly name: string; readonly href: string | null },
  { learners }: Pick<Services, 'learners'>,
) {
  const people = await learners.findManyByIds([...new Set(sample.flatMap(({ learner }) => learner ?? []))]);
  const usernames = new Map(people.map(({ id, username }) => [id, username]));
  return sample.map(({ learner, badge: id, from, to }) => ({
    learner: learner === null ? words('somebody new') : (usernames.get(learner) ?? words('removed learner')),
    href: learner !== null && usernames.has(learner) ? learnerPath(learner) : null,
    badge: badge(id),
    from: shownStatus(from),
    to: shownStatus(to),
  }));
}

const CALL_WORDS = {
  award: msg('Awards'),
  revoke: msg('Revocations'),
  announce: msg('Announcements'),
  'not-needed': msg('Steps no longer needed'),
};

function callsOf(totals: Readonly<Record<string, number>>) {
  return callsIn(totals).map(({ what, at, number }) => ({
    word:
      at === null
        ? words(CALL_WORDS[what])
        : words('{what} at {provider}', { what: words(CALL_WORDS[what]), provider: at }),
    number,
  }));
}
