/** The PDF credentials of one learner as they see them, and what is missing for those that are not made yet. */

import { CredentialsError } from '../../../plugin/errors.ts';
import { isRecord } from '../../../plugin/extensions/options.ts';
import type { CourseDecision, RetrievedLearner } from '../../../plugin/extensions/retrieval-function.ts';
import type { Credential, CredentialConfiguration } from '../../../plugin/ports/credential-store.ts';
import { type ShownStatus, shownTime } from '../format.ts';
import type { Services } from '../services.ts';
import { courseText } from './requirement-words.ts';

/** More than anybody has; who has more finds the rest at the addresses in the mails. */
const MOST_CREDENTIALS = 200;

export async function credentialCards({ credentials, credentialLife, clock }: Services, username: string) {
  const { items } = await credentials.credentials({ username, limit: MOST_CREDENTIALS });
  // What was reissued is shown as what took its place.
  const cards = items.filter(({ reissuedAs }) => reissuedAs === null);
  return {
    cards: cards.map((credential) => ({
      name: credential.contextName,
      type: credential.credentialType,
      issuedAt: shownTime(credential.issuedAt),
      expiresAt: shownTime(credential.expiresAt),
      ...standing(credential, clock.now()),
      downloadHref: credentialLife.downloadUrl(credential),
      verifyHref: ['available', 'invalidated'].includes(credential.status) ? `/verify/${credential.verifyId}` : null,
    })),
    configurationIds: new Set(items.map(({ configurationId }) => configurationId)),
  };
}

function standing(
  { status, reason, expiresAt }: Credential,
  now: Date,
): { readonly status: ShownStatus; readonly note: string | null } {
  switch (status) {
    case 'available':
      return expiresAt !== null && expiresAt <= now
        ? { status: { word: 'Expired', tone: 'warn' }, note: 'It is genuine, but no longer valid.' }
        : { status: { word: 'Yours', tone: 'good' }, note: null };
    case 'generating':
      return { status: { word: 'Being made', tone: 'busy' }, note: 'Look again in a few minutes.' };
    case 'error':
      return {
        status: { word: 'Not made yet', tone: 'warn' },
        note: 'We could not make it yet. You have earned it all the same; the people who run this site can see what went wrong, and it is tried again.',
      };
    case 'invalidated':
      return {
        status: { word: 'No longer valid', tone: 'bad' },
        note: `It was taken back: ${reason ?? 'no reason is given'}`,
      };
  }
}

export interface Missing {
  readonly name: string;
  readonly type: string;
  /** One sentence each, by course. */
  readonly lacks: readonly string[];
  /** Everything is there: it is made with the next run. */
  readonly isReady: boolean;
}

export interface MissingCredentials {
  readonly items: readonly Missing[];
  /** How many could not be looked up, or not in time. */
  readonly unknown: number;
}

/** Each may cost calls to the LMS, and somebody waits for the page. */
const MOST_ASKED = 20;
const AT_A_TIME = 3;
const PATIENCE_MS = 3_000;

/** Of configurations that make credentials by themselves, where the learner is enrolled and has none yet.
 *  @param has those of which they have one */
export async function missingCredentials(
  services: Pick<Services, 'credentials' | 'eligibility' | 'logger'>,
  username: string,
  has: ReadonlySet<string>,
): Promise<MissingCredentials> {
  const { credentials, eligibility, logger } = services;
  const [configurations, types, schedules] = await Promise.all([
    credentials.configurations(),
    credentials.types(),
    credentials.schedules(),
  ]);
  const isOn = new Set(schedules.filter(({ enabled }) => enabled).map(({ configurationId }) => configurationId));
  const open = configurations.filter(({ id }) => isOn.has(id) && !has.has(id));
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const waiting = open.slice(0, MOST_ASKED);
  const items: Missing[] = [];
  let unknown = open.length - waiting.length;

  const ask = async ({ id, contextKey, credentialTypeId }: CredentialConfiguration): Promise<void> => {
    const type = types.find((one) => one.id === credentialTypeId)?.name ?? '';
    for await (const found of eligibility(id, { username, signal })) {
      // Whatever a source of records does with the question: nobody sees anybody else.
      if (found.learner.username === username) items.push(missing(found, courseText(contextKey), type));
    }
  };
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      try {
        if (signal.aborted) unknown += 1;
        else await withDeadline(ask(next), signal);
      } catch (error) {
        unknown += 1;
        if (!signal.aborted)
          logger.warn('what a learner lacks for a credential could not be asked', {
            configuration: next.id,
            code: error instanceof CredentialsError ? error.code : 'bug.unexpected',
          });
      }
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
  return { items: items.sort((a, b) => (a.name < b.name ? -1 : 1)), unknown };
}

/** Also where a source does not listen to the signal. */
function withDeadline(work: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    work.then(resolve, reject);
  });
}

function missing(found: RetrievedLearner, name: string, type: string): Missing {
  const { eligible, problem, courses } = found;
  const lacks = courses.flatMap((course) => (course.eligible ? [] : [lackOf(course, courses.length > 1)]));
  if (!eligible && lacks.length === 0) lacks.push(problemText(problem));
  return { name, type, lacks, isReady: eligible };
}

function lackOf({ courseKey, facts, required, reason, problem }: CourseDecision, isOneOfSeveral: boolean): string {
  const course = isOneOfSeveral ? `${courseText(courseKey)}: ` : '';
  if (problem !== null) return `${course}${problemText(problem)}`;
  const figures = figureLacks(facts, required);
  if (figures.length > 0) return `${course}${figures.join('. ')}.`;
  if (reason === 'not enrolled in this course') return `${course}You are not enrolled in this course.`;
  return `${course}${reason === null ? 'Something is still missing' : `Still missing: ${reason}`}.`;
}

/** `You have completed 40 %; 80 % is needed` */
function figureLacks(facts: CourseDecision['facts'], required: CourseDecision['required']): readonly string[] {
  const lacks: string[] = [];
  if (typeof required.completion === 'number') {
    const has = typeof facts.completion === 'number' ? facts.completion : 0;
    if (has < required.completion)
      lacks.push(
        `You have completed ${percent(has * 100)} of the course; ${percent(required.completion * 100)} is needed`,
      );
  }
  for (const [category, least] of Object.entries(isRecord(required.grades) ? required.grades : {})) {
    const grade = isRecord(facts.grades) ? facts.grades[category] : undefined;
    const has = typeof grade === 'number' ? grade : 0;
    if (typeof least !== 'number' || has >= least) continue;
    const what = category === 'total' ? 'Your grade' : `Your grade in "${category}"`;
    lacks.push(`${what} is ${percent(has)}; ${percent(least)} is needed`);
  }
  return lacks;
}

/** Rounded down: 79.9 is not yet 80. */
function percent(value: number): string {
  return `${Math.floor(value * 10 + 1e-6) / 10} %`;
}

function problemText(problem: string | null): string {
  return problem?.includes('no full name') === true
    ? 'Your profile in the LMS has no full name, and a credential needs one: add it there.'
    : 'We could not read how far you are; the people who run this site can see why.';
}
