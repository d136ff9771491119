/** From nothing to a first badge and a first PDF, as steps that are done when the stores say so. */

import { msg, type Words, words } from '../../../plugin/words.ts';
import type { Services } from '../services.ts';

export interface Step {
  readonly title: string;
  readonly why: string;
  readonly isDone: boolean;
  readonly href: string;
  /** What the link to it says. */
  readonly action: Words;
  /** What can be taken with one press, in place of going there. */
  readonly sample: { readonly action: string; readonly word: string } | null;
}

export interface StepGroup {
  readonly title: string;
  readonly steps: readonly Step[];
}

export const SAMPLE_TEMPLATE_ACTION = '/first-steps/sample-template';
export const SAMPLE_COURSE_ACTION = '/first-steps/sample-course';

export async function firstSteps(services: Services): Promise<readonly StepGroup[]> {
  const { access, events, badges, progress, credentials, issuerStore, providerStore, isReceiving, lms } = services;
  const [accounts, newest, definitions, awarded, counts, assets, configurations, profile, atProviders, withTemplates] =
    await Promise.all([
      access.accounts(),
      events.list({ limit: 1 }),
      badges.list(),
      progress.list({ status: 'awarded', limit: 1 }),
      credentials.credentialCounts(),
      credentials.assets(),
      credentials.configurations(),
      issuerStore.profile(),
      providerStore.accounts(),
      providerStore.templateCounts(),
    ]);
  const inactive = definitions.find(({ active }) => !active);
  const step = (
    title: string,
    isDone: boolean,
    [action, href]: readonly [Words, string],
    why: string,
    sample: Step['sample'] = null,
  ): Step => ({ title, why, isDone, href, action, sample });
  const hasAwards = awarded.items.some(({ evaluated }) => !evaluated);

  return [
    {
      title: msg('A first badge'),
      steps: [
        step(
          msg('Make your account'),
          accounts.length > 0,
          [msg('Create the administrator account'), '/setup'],
          msg('The link that let you in works once.'),
        ),
        step(
          msg('Say who issues badges'),
          profile !== null || atProviders.length > 0,
          [msg('Name the issuer'), '/issuer'],
          msg(
            'Laurel issues Open Badges itself, in the name of your institution. Badges of Credly or Accredible come from an account there: the page of providers connects it.',
          ),
        ),
        step(
          msg('Make what learners will get'),
          withTemplates.some(({ count }) => count > 0),
          [msg('Make an Open Badge template'), '/open-badge-templates/new'],
          msg('A template is the badge itself: its name, its picture and what it stands for.'),
        ),
        step(
          msg('Write what has to be achieved, and activate it'),
          definitions.some(({ active }) => active),
          inactive
            ? [
                words('Activate {name}', { name: inactive.name ?? inactive.id }),
                `/badges/${encodeURIComponent(inactive.id)}`,
              ]
            : [msg('Choose a template and write its rules'), '/open-badge-templates'],
          msg('Rules say which events of the LMS a learner needs. They count from the moment the badge is active.'),
        ),
        step(
          msg('Let events come in'),
          newest.items.length > 0 || isReceiving() === true,
          [msg('Send a test event'), '/test-event'],
          msg('Everything begins with an event of the LMS. A test event does without the LMS; connecting it can wait.'),
        ),
        step(
          msg('See a badge awarded'),
          hasAwards,
          [msg('Send a test event'), '/test-event'],
          msg('Send the event that the badge asks for, with a username that nobody has in the LMS.'),
        ),
      ],
    },
    {
      title: msg('A first PDF'),
      steps: [
        step(
          msg('Bring a certificate to write on'),
          assets.some(({ kind }) => kind === 'pdf-template'),
          [msg('Bring your own'), '/credential-assets/new'],
          msg('A PDF file as your institution designs it; names and dates are written on it.'),
          { action: SAMPLE_TEMPLATE_ACTION, word: msg('Take the sample certificate') },
        ),
        step(
          msg('Say which course gives it'),
          configurations.length > 0,
          [msg('Write your own type'), '/credential-types/new'],
          msg(
            'A type says what has to be reached and what the document looks like; a configuration gives it in a course.',
          ),
          // With an LMS its own records are asked, which have no such course.
          lms === null ? { action: SAMPLE_COURSE_ACTION, word: msg('Take the sample course') } : null,
        ),
        step(
          msg('Make the first PDF'),
          counts.available > 0,
          [msg('Open the configurations'), '/configurations'],
          msg(
            'Tick the course and press "Generate now": everybody who has reached it gets a document. A schedule does the same by itself.',
          ),
        ),
      ],
    },
  ];
}

export function shownSteps(groups: readonly StepGroup[]) {
  const all = groups.flatMap(({ steps }) => steps);
  const next = all.find(({ isDone }) => !isDone);
  const done = all.filter(({ isDone }) => isDone).length;
  return {
    done,
    total: all.length,
    isComplete: done === all.length,
    groups: groups.map(({ title, steps }) => ({
      title,
      steps: steps.map((step) => ({ ...step, isNext: step === next })),
    })),
  };
}
