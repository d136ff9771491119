/** From nothing to a first badge and a first PDF, as steps that are done when the stores say so. */

import type { Services } from '../services.ts';

export interface Step {
  readonly title: string;
  readonly why: string;
  readonly isDone: boolean;
  readonly href: string;
  /** What the link to it says. */
  readonly action: string;
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
    [action, href]: readonly [string, string],
    why: string,
    sample: Step['sample'] = null,
  ): Step => ({ title, why, isDone, href, action, sample });
  const hasAwards = awarded.items.some(({ evaluated }) => !evaluated);

  return [
    {
      title: 'A first badge',
      steps: [
        step(
          'Make your account',
          accounts.length > 0,
          ['Create the administrator account', '/setup'],
          'The link that let you in works once.',
        ),
        step(
          'Say who issues badges',
          profile !== null || atProviders.length > 0,
          ['Name the issuer', '/issuer'],
          'Laurel issues Open Badges itself, in the name of your institution. Badges of Credly or Accredible come from an account there: the page of providers connects it.',
        ),
        step(
          'Make what learners will get',
          withTemplates.some(({ count }) => count > 0),
          ['Make an Open Badge template', '/open-badge-templates/new'],
          'A template is the badge itself: its name, its picture and what it stands for.',
        ),
        step(
          'Write what has to be achieved, and activate it',
          definitions.some(({ active }) => active),
          inactive
            ? [`Activate ${inactive.name ?? inactive.id}`, `/badges/${encodeURIComponent(inactive.id)}`]
            : ['Choose a template and write its rules', '/open-badge-templates'],
          'Rules say which events of the LMS a learner needs. They count from the moment the badge is active.',
        ),
        step(
          'Let events come in',
          newest.items.length > 0 || isReceiving() === true,
          ['Send a test event', '/test-event'],
          'Everything begins with an event of the LMS. A test event does without the LMS; connecting it can wait.',
        ),
        step(
          'See a badge awarded',
          hasAwards,
          ['Send a test event', '/test-event'],
          'Send the event that the badge asks for, for a learner whom nobody is called in the LMS.',
        ),
      ],
    },
    {
      title: 'A first PDF',
      steps: [
        step(
          'Bring a certificate to write on',
          assets.some(({ kind }) => kind === 'pdf-template'),
          ['Bring your own', '/credential-assets/new'],
          'A PDF file as your institution designs it; names and dates are written on it.',
          { action: SAMPLE_TEMPLATE_ACTION, word: 'Take the sample certificate' },
        ),
        step(
          'Say which course gives it',
          configurations.length > 0,
          ['Write your own type', '/credential-types/new'],
          'A type says what has to be reached and what the document looks like; a configuration gives it in a course.',
          // With an LMS its own records are asked, which have no such course.
          lms === null ? { action: SAMPLE_COURSE_ACTION, word: 'Take the sample course' } : null,
        ),
        step(
          'Make the first PDF',
          counts.available > 0,
          ['Open the configurations', '/configurations'],
          'Press "Generate now" beside the course: everybody who has reached it gets a document. A schedule does the same by itself.',
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
