/** Retiring a learner as a job: badges at the providers first, as long as it is known which they are, then one part of the
 *  records after the other, and last what tells who the person is. Every step may be repeated; a process that dies leaves the
 *  next one where it was. */

import { CredentialsError, NotFoundError, StoreError } from '../errors.ts';
import type { JobKind, JobStep } from '../jobs/job-runner.ts';
import type { BadgeProvider } from '../ports/badge-provider.ts';
import type { Job } from '../ports/job-store.ts';
import { type LearnerTraces, type TracePart, traceParts } from '../ports/learner-traces.ts';
import type { IssuedBadge, Progress, ProgressStore } from '../ports/progress-store.ts';
import type { RetiredAward, Retirement, RetirementStore } from '../ports/retirement-store.ts';
import type { Clock } from '../ports/runtime.ts';
import type { SecretBox } from '../ports/secret-box.ts';
import { type Person, pseudonymOf } from './person.ts';
import { FRESH_MS, type RetiredPeople } from './retired-people.ts';

export const RETIRE = 'retire-learner';

export interface RetireParts {
  readonly store: RetirementStore;
  readonly traces: LearnerTraces;
  readonly progress: Pick<ProgressStore, 'ofLearner' | 'load' | 'save'>;
  readonly providers: ReadonlyMap<string, BadgeProvider>;
  readonly people: Pick<RetiredPeople, 'newKeysOf' | 'refresh'>;
  readonly secrets: SecretBox;
  readonly clock: Clock;
  /** How long it waits until every process knows and what was under way has come to its end. */
  readonly settleMs?: number;
}

/** What the sealed person is bound to. */
export function sealedFor(id: string): string {
  return `retirement:${id}`;
}

type Cursor = { readonly part: 'badges' | TracePart; readonly after: string | null } | null;

export const SETTLE_MS = FRESH_MS + 3_000;
const SAVE_ATTEMPTS = 20;
const REASON = 'the learner was retired';

export function createRetire(parts: RetireParts): JobKind {
  const { store, traces, progress, providers, people, secrets, clock, settleMs = SETTLE_MS } = parts;

  async function step(job: Job): Promise<JobStep> {
    const retirement = await store.get(String(job.parameters.retirement));
    if (retirement === null) throw new NotFoundError('retirement', 'there is no such retirement; ask for it again');
    const { id, sealedPerson } = retirement;
    // It was finished, and the process died before the job knew.
    if (sealedPerson === null) return { cursor: null, done: 0, finished: true };
    const person = JSON.parse(secrets.open(sealedPerson, sealedFor(id))) as Person;
    const cursor = job.cursor as unknown as Cursor;
    if (cursor === null) return begin(retirement, person);
    if (cursor.part === 'badges') return badges(retirement, person);
    const { erased, next } = await traces.erase(cursor.part, person, pseudonymOf(id), cursor.after);
    if (next !== null) return { ...counted(cursor.part, erased), cursor: { ...cursor, after: next }, finished: false };
    const following = traceParts[traceParts.indexOf(cursor.part) + 1];
    if (following === undefined) await store.change(id, { sealedPerson: null, finishedAt: clock.now() });
    return {
      ...counted(cursor.part, erased),
      cursor: following === undefined ? null : { part: following, after: null },
      finished: following === undefined,
    };
  }

  /** Everything that says who it is, before any of it goes. */
  async function begin({ id, requestedAt, keys }: Retirement, known: Person): Promise<JobStep> {
    if (clock.now().getTime() - requestedAt.getTime() < settleMs)
      throw new StoreError('retirement-pending', 'what was under way about the learner comes to its end first');
    const person = await traces.gather(known);
    const { username, lmsUserId } = person;
    await store.change(id, {
      sealedPerson: secrets.seal(JSON.stringify(person), sealedFor(id)),
      keys: [...new Set([...keys, ...people.newKeysOf({ username, lmsUserId })])],
    });
    await people.refresh();
    return { cursor: { part: 'badges', after: null }, done: 0, finished: false };
  }

  async function badges({ id, badgesThere, awards }: Retirement, person: Person): Promise<JobStep> {
    const { learnerId } = person;
    const found = learnerId === null ? [] : await progress.ofLearner(learnerId);
    const made = new Map(awards.map((award) => [`${award.number} ${award.badgeId}`, award]));
    const counts: Record<string, number> = {};
    for (const document of found) {
      const { issued, badgeId } = await withoutEffects(document);
      for (const badge of issued) {
        const { number, awardedAt, revokedAt, template } = badge;
        const untouched = badge.externalId === null ? 'nothing' : 'left';
        const there = badgesThere === 'revoke' ? await takeBack(badge, document, person) : untouched;
        counts[`badges ${there}`] = (counts[`badges ${there}`] ?? 0) + 1;
        const provider = template?.provider ?? null;
        made.set(`${number} ${badgeId}`, { badgeId, number, awardedAt, revokedAt, provider, there });
      }
    }
    await store.change(id, { awards: [...made.values()] });
    return { cursor: { part: traceParts[0], after: null }, done: found.length, counts, finished: false };
  }

  /** Nothing more is to happen outside: also a call under way finds no effect to write its result to. */
  async function withoutEffects(document: Progress): Promise<Progress> {
    let latest: Progress | null = document;
    for (let attempt = 0; latest !== null && attempt < SAVE_ATTEMPTS; attempt++) {
      const now = clock.now();
      const isOpen = ({ state }: Progress['effects'][number]) => state === 'pending' || state === 'failed';
      if (!latest.effects.some(isOpen)) return latest;
      const effects = latest.effects.map((effect) =>
        isOpen(effect) ? { ...effect, state: 'superseded' as const, finishedAt: now } : effect,
      );
      if (await progress.save({ ...latest, effects, updatedAt: now })) return { ...latest, effects };
      latest = await progress.load(document.learnerId, document.badgeId);
    }
    if (latest === null) return { ...document, issued: [] };
    throw new StoreError('contention', 'progress kept changing while it was to be ended');
  }

  async function takeBack(badge: IssuedBadge, document: Progress, person: Person): Promise<RetiredAward['there']> {
    const { uuid, revokedAt, template } = badge;
    const provider = template === null ? undefined : providers.get(template.provider);
    if (template === null) return 'nothing';
    if (!provider) return badge.externalId === null ? 'nothing' : 'refused';
    try {
      const externalId = badge.externalId ?? (await madeUnheard(badge, document, person, provider));
      if (externalId === null) return 'nothing';
      if (provider.capabilities.revocation === 'none') return 'refused';
      if (revokedAt === null || badge.externalId === null)
        await provider.revoke({ uuid, templateId: template.id, externalId, reason: REASON });
      return 'revoked';
    } catch (error) {
      if (!(error instanceof CredentialsError) || error.retry === 'later') throw error;
      return 'refused';
    }
  }

  /** A call whose answer never came may have made the badge. */
  async function madeUnheard(
    { number, uuid, template, awardedAt, provenance }: IssuedBadge,
    { badgeId, learnerId, effects }: Progress,
    { username, names, emails }: Person,
    provider: BadgeProvider,
  ): Promise<string | null> {
    const wasTried = effects.some((one) => one.kind === 'award' && one.badgeNumber === number && one.attempts > 0);
    if (!wasTried || !provider.findIssued || template === null) return null;
    const recipient = { learnerId, username, name: names[0] ?? '', email: emails[0] ?? '' };
    const request = { uuid, templateId: template.id, badgeName: badgeId, awardedAt, recipient, provenance };
    return (await provider.findIssued(request))?.externalId ?? null;
  }

  return { kind: RETIRE, step };
}

function counted(part: TracePart, erased: number): Pick<JobStep, 'done' | 'counts'> {
  return { done: erased, counts: erased === 0 ? {} : { [part]: erased } };
}
