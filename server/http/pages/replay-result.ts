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
import { msg } from '../../../plugin/words.ts';
import type { Translator } from '../../i18n/translator.ts';
import { badgePath } from '../rules/badge-links.ts';
import type { Services } from '../services.ts';
import { shownStatus } from '../words/format.ts';
import { learnerPath } from './progress.ts';

/** @returns null where the job is of another kind */
export async function replayModel(job: Job, services: Pick<Services, 'badges' | 'learners'>, t: Translator) {
  if (job.kind !== REPLAY && job.kind !== CHECK_PROGRESS) return null;
  const request = job.kind === REPLAY ? fromParameters(job.parameters) : null;
  const would = request === null ? job.parameters.repair !== true : request.dryRun;
  const result = resultOf(job.result);
  const shown = await impactModel(result, job.counts, services, t);
  const names = new Map(shown.named);
  return {
    ...shown,
    would,
    note: result.note ?? null,
    facts: request === null ? [] : factsOf(request, (id) => names.get(id) ?? id, t),
    saving: request?.saving ? savingOf(request.saving, request.drafts[0] ?? '') : null,
    again: request?.dryRun && request.drafts.length === 0 ? formFields(request) : null,
  };
}

/** The tables about what a change of rules means, also where it is no job: a plan, a version to restore. */
async function impactModel(
  result: ReplayResult,
  counts: Readonly<Record<string, number>>,
  services: Pick<Services, 'badges' | 'learners'>,
  t: Translator,
) {
  const definitions = await services.badges.list();
  const named = definitions.map(({ id, name }) => [id, name ?? id] as const);
  const names = new Map(named);
  const badge = (id: string) => ({ name: names.get(id) ?? id, href: names.has(id) ? badgePath(id) : null });
  const loses = result.badges.reduce((sum, impact) => sum + impact.loses, 0);
  const unverified = counts['kept unverified'] ?? 0;
  return {
    named,
    badges: result.badges.map((impact) => ({
      ...badge(impact.badge),
      gains: t.number(impact.gains),
      loses: t.number(impact.loses),
      moves: t.number(impact.moves),
    })),
    moreBadges: result.moreBadges,
    sample: await sampleRows(result.sample, badge, services),
    calls: callsOf(counts, t),
    loses: loses === 0 ? null : loses,
    unverified: unverified === 0 ? null : unverified,
  };
}

/** For the partial `impact`. @returns null where there is nothing to say */
export async function foreseen(drafts: readonly string[], services: Services, t: Translator) {
  const impact = await services.foreseeRules(drafts);
  if (impact === null) return null;
  const model = await impactModel(impact, impact.counts, services, t);
  return { ...model, would: true, isOpen: false, part: impact.complete ? null : impact.learners };
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

function factsOf({ badges, membership, from, to, types }: ReplayRequest, name: (id: string) => string, t: Translator) {
  return [
    { word: t('Badges'), text: badges === null ? t('all active ones') : badges.map(name).join(', ') },
    {
      word: t('Events that count'),
      text: membership === 'backfill' ? t('all of the time below') : t('as they were received'),
    },
    ...(types === null ? [] : [{ word: t('Event types'), text: types.join(', ') }]),
    ...(from === null ? [] : [{ word: t('Happened from'), text: t.time(instantToDate(from)) }]),
    ...(to === null ? [] : [{ word: t('Happened before'), text: t.time(instantToDate(to)) }]),
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
    learner: (learner === null ? null : usernames.get(learner)) ?? null,
    nobody: learner === null ? msg('somebody new') : msg('removed learner'),
    href: learner !== null && usernames.has(learner) ? learnerPath(learner) : null,
    badge: badge(id),
    from: shownStatus(from),
    to: shownStatus(to),
  }));
}

const CALLS = {
  award: msg('Awards'),
  revoke: msg('Revocations'),
  announce: msg('Announcements'),
  'not-needed': msg('Steps no longer needed'),
};

/** The same at a provider. */
const CALLS_AT = {
  award: msg('Awards at {provider}'),
  revoke: msg('Revocations at {provider}'),
  announce: msg('Announcements at {provider}'),
  'not-needed': msg('Steps no longer needed at {provider}'),
};

function callsOf(counts: Readonly<Record<string, number>>, t: Translator) {
  return callsIn(counts).map(({ what, at, number }) => ({
    word: at === null ? CALLS[what] : { text: CALLS_AT[what], values: { provider: at } },
    number: t.number(number),
  }));
}
