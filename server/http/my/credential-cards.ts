/** The PDF credentials of one learner as they see them, and what is missing for those that are not made yet. */

import { CredentialsError } from '../../../plugin/errors.ts';
import { isRecord } from '../../../plugin/extensions/options.ts';
import type { CourseDecision, RetrievedLearner } from '../../../plugin/extensions/retrieval-function.ts';
import type { Credential, CredentialConfiguration } from '../../../plugin/ports/credential-store.ts';
import { msg, words } from '../../../plugin/words.ts';
import type { Translator } from '../../i18n/translator.ts';
import type { Services } from '../services.ts';
import { type ShownStatus, shownTime } from '../words/format.ts';
import { courseText } from './requirement-words.ts';

/** More than anybody has; who has more finds the rest at the addresses in the mails. */
const MOST_CREDENTIALS = 200;

export async function credentialCards(
  { credentials, credentialLife, clock }: Services,
  username: string,
  t: Translator,
) {
  const { items } = await credentials.credentials({ username, limit: MOST_CREDENTIALS });
  // What was reissued is shown as what took its place.
  const cards = items.filter(({ reissuedAs }) => reissuedAs === null);
  return {
    cards: cards.map((credential) => ({
      name: credential.contextName,
      type: credential.credentialType,
      issuedAt: shownTime(credential.issuedAt),
      expiresAt: shownTime(credential.expiresAt),
      ...standing(credential, clock.now(), t),
      downloadHref: credentialLife.downloadUrl(credential),
      verifyHref: ['available', 'invalidated'].includes(credential.status) ? `/verify/${credential.verifyId}` : null,
    })),
    configurationIds: new Set(items.map(({ configurationId }) => configurationId)),
  };
}

function standing(
  { status, reason, expiresAt }: Credential,
  now: Date,
  t: Translator,
): { readonly status: ShownStatus; readonly note: string | null } {
  switch (status) {
    case 'available':
      return expiresAt !== null && expiresAt <= now
        ? { status: { word: t('Expired'), tone: 'warn' }, note: t('It is genuine, but no longer valid.') }
        : { status: { word: t('Yours'), tone: 'good' }, note: null };
    case 'generating':
      return { status: { word: t('Being made'), tone: 'busy' }, note: t('Look again in a few minutes.') };
    case 'error':
      return {
        status: { word: t('Not made yet'), tone: 'warn' },
        note: t(
          'We could not make it yet. You have earned it all the same; the people who run this site can see what went wrong, and it is tried again.',
        ),
      };
    case 'invalidated':
      return {
        status: { word: t('No longer valid'), tone: 'bad' },
        note: t('It was taken back: {reason}', { reason: reason ?? words('no reason is given') }),
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
  t: Translator,
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
      if (found.learner.username === username) items.push(missing(found, { name: courseText(contextKey), type, t }));
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

interface About extends Pick<Missing, 'name' | 'type'> {
  readonly t: Translator;
}

function missing(found: RetrievedLearner, { name, type, t }: About): Missing {
  const { eligible, problem, courses } = found;
  const lacks = courses.flatMap((course) => (course.eligible ? [] : [inCourse(course, courses.length > 1, t)]));
  if (!eligible && lacks.length === 0) lacks.push(t(problemText(problem)));
  return { name, type, lacks, isReady: eligible };
}

function inCourse(decision: CourseDecision, isOneOfSeveral: boolean, t: Translator): string {
  const lack = lackOf(decision, t);
  return isOneOfSeveral ? t('{course}: {lack}', { course: courseText(decision.courseKey), lack }) : lack;
}

function lackOf({ facts, required, reason, problem }: CourseDecision, t: Translator): string {
  if (problem !== null) return t(problemText(problem));
  const figures = figureLacks(facts, required, t);
  if (figures.length > 0) return figures.join(' ');
  if (reason === 'not enrolled in this course') return t('You are not enrolled in this course.');
  return reason === null ? t('Something is still missing.') : t('Still missing: {reason}.', { reason });
}

/** `You have completed 40 % of the course; 80 % is needed.` */
function figureLacks(
  facts: CourseDecision['facts'],
  required: CourseDecision['required'],
  t: Translator,
): readonly string[] {
  const lacks: string[] = [];
  if (typeof required.completion === 'number') {
    const has = typeof facts.completion === 'number' ? facts.completion : 0;
    if (has < required.completion)
      lacks.push(
        t('You have completed {percent} of the course; {needed} is needed.', {
          percent: t.percent(has * 100),
          needed: t.percent(required.completion * 100),
        }),
      );
  }
  for (const [category, least] of Object.entries(isRecord(required.grades) ? required.grades : {})) {
    const grade = isRecord(facts.grades) ? facts.grades[category] : undefined;
    const has = typeof grade === 'number' ? grade : 0;
    if (typeof least !== 'number' || has >= least) continue;
    const figures = { percent: t.percent(has), needed: t.percent(least) };
    lacks.push(
      category === 'total'
        ? t('Your grade is {percent}; {needed} is needed.', figures)
        : t('Your grade in "{category}" is {percent}; {needed} is needed.', { category, ...figures }),
    );
  }
  return lacks;
}

function problemText(problem: string | null): string {
  return problem?.includes('no full name') === true
    ? msg('Your profile in the LMS has no full name, and a credential needs one: add it there.')
    : msg('We could not read how far you are; the people who run this site can see why.');
}
