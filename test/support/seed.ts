/** A small, lifelike site: badges of several kinds, learners in every state, credentials in every state. */

import { createHash, randomUUID } from 'node:crypto';
import { saveAsset } from '../../plugin/credentials/assets.ts';
import { ProviderError } from '../../plugin/errors.ts';
import type { Credential } from '../../plugin/ports/credential-store.ts';
import type { DeadMessage } from '../../plugin/ports/dead-letters.ts';
import { ownAccount } from '../../server/http/providers/open-badge-form.ts';
import { saveImage } from '../../server/http/providers/open-badge-images.ts';
import { aLearnerRecord } from '../contracts/learner-records.ts';
import { aTemplate } from '../contracts/provider-store.ts';
import { HALL_ID } from './account-world.ts';
import { aRequest, aTemplate as ownTemplate } from './issuer-world.ts';
import { png } from './png.ts';
import { seedJobs } from './seed-jobs.ts';
import type { Site } from './web.ts';

export const DEMO_COURSE = 'course-v1:OpenedX+DemoX+Demo_Course';
const PASSING = 'org.openedx.learning.course.passing.status.updated.v1';

export const demoRules = `# Passing the Demo course, or any CCX run of it.
badge "demo-course" {
  name     "Demo course completion"
  template memory "demo-course"
  active   true

  requirement demo in group A {
    description "Passes the Demo course, or..."
    on    ${PASSING}
    where is_passing = true
      and course.course_key = "${DEMO_COURSE}"
  }

  requirement ccx in group A {
    description "...any CCX run of it except the third."
    on    org.openedx.learning.ccx.course.passing.status.updated.v1
    where is_passing = true
      and course.master_course_key = "${DEMO_COURSE}"
      and course.ccx_course_key != "ccx-v1:OpenedX+DemoX+Demo_Course+ccx@3"
  }

  penalty failed {
    description "Falls below the pass mark afterwards."
    on     ${PASSING}
    where  is_passing = false and course.course_key = "${DEMO_COURSE}"
    resets demo
  }
}
`;

const otherRules = [
  `badge "data-track" {
  name     "Data track"
  template memory "data-track"
  active   true

  requirement statistics in group A {
    description "Statistics for beginners"
    on    ${PASSING}
    where is_passing = true and course.course_key = "course-v1:AcmeX+STAT101+2026"
  }
  requirement programming in group B {
    description "Programming in Python"
    on    ${PASSING}
    where is_passing = true and course.course_key = "course-v1:AcmeX+PROG101+2026"
  }
  requirement project in group C {
    description "The project, once statistics is passed"
    on    ${PASSING}
    where is_passing = true and course.course_key = "course-v1:AcmeX+PROJ201+2026"
    after statistics
  }
}`,
  `badge "explorer" {
  name       "Explorer"
  template   memory "explorer"
  active     true
  repeatable up to 3 times
  on regress keep

  requirement start in group A {
    on badge "demo-course" awarded
  }
  requirement five in group B {
    description "Five different courses within a year"
    on    ${PASSING}
    where is_passing and course.course_key.org in ["OpenedX", "AcmeX"]
    count 5 distinct course.course_key within 365 days
    from  2026-01-01 until 2027-01-01
  }
}`,
  `badge "mentor" {
  name     "Mentor of the year"
  template memory "mentor"
  active   false

  requirement any in group A {
    on ${PASSING}
  }
}`,
];

interface Passing {
  readonly user: string;
  readonly course?: string;
  readonly at: string;
  readonly passing?: boolean;
  readonly id?: string;
}

const people: Readonly<Record<string, readonly [number, string]>> = {
  ada: [11, 'Ada Lovelace'],
  grace: [12, 'Grace Hopper'],
  edsger: [13, 'Edsger W. Dijkstra'],
  barbara: [14, 'Barbara Liskov'],
  margaret: [15, 'Margaret Hamilton'],
  linh: [16, 'Nguyễn Thị Mai Linh'],
};

/** A CloudEvent as the LMS would send it: `user` passes `course` (or no longer does). */
export function passingEvent({ user, course = DEMO_COURSE, at, passing = true, id = randomUUID() }: Passing) {
  const [lmsUserId, name] = people[user] ?? [99, 'Somebody Else'];
  return {
    specversion: '1.0',
    id,
    source: '/openedx/lms/web',
    type: PASSING,
    time: at,
    datacontenttype: 'application/json',
    data: {
      course_passing_status: {
        is_passing: passing,
        course: { course_key: course, display_name: '', start: null, end: null },
        user: { id: lmsUserId, is_active: true, pii: { username: user, email: `${user}@example.com`, name } },
      },
    },
  };
}

/** A day on which what the seed tells of was not long ago. */
export const SEEDED = new Date('2026-11-27T12:00:00Z');

export async function seed(site: Site): Promise<void> {
  await seedBadges(site);
  await seedProgress(site);
  await seedIgnoredEvents(site);
  await seedCredentials(site);
  await seedJobs(site);
  await seedDeadLetters(site);
  await seedOpenBadges(site);
  await seedProviders(site);
}

/** One account that works, one whose secret is refused and will expire, one of the settings that is disabled. */
async function seedProviders({ services: { accounts, providerStore }, hall }: Site): Promise<void> {
  const entry = { host: 'production', externalId: HALL_ID, secret: 'good-token' };
  hall.accepted.set('good-token', null);
  const science = await accounts.add('hall', { ...entry, slug: 'science' });
  const now = science.createdAt;
  const soon = new Date(now.getTime() + 12.5 * 86_400_000);
  const other = { ...science, version: 0, externalId: null };
  await providerStore.saveAccount({
    ...other,
    id: 'arts',
    slug: 'arts',
    name: 'Faculty of Arts',
    secretExpiresAt: soon,
  });
  const lastCheck = { at: now, ok: false, message: 'Hall of Fame refuses the secret' };
  await providerStore.saveAccount({
    ...other,
    id: 'law',
    slug: 'law',
    name: 'Faculty of Law',
    host: 'sandbox',
    lastCheck,
  });
  await providerStore.saveAccount({
    ...other,
    ...{ id: 'trial', slug: 'trial', name: 'Trial', origin: 'environment', enabled: false },
  });
  const template = aTemplate({ provider: 'hall', accountId: science.id });
  await providerStore.saveTemplate(template);
  await providerStore.saveTemplate({ ...template, templateId: 't2', name: 'Statistics', state: 'retired' });
}

/** A badge that Laurel issued, and the picture in it. */
export const OWN_BADGE = 'c0ffee00-0000-4000-8000-000000000001';
export const OWN_IMAGE = `${createHash('sha256').update(png(4, 4)).digest('hex')}.png`;

async function seedOpenBadges({ services }: Site): Promise<void> {
  const image = await saveImage(png(4, 4), services.files);
  await services.providerStore.saveAccount({ ...ownAccount(new Date('2026-11-01T08:00:00Z')) });
  await services.providerStore.saveTemplate(ownTemplate({ version: 0, details: { ...ownTemplate().details, image } }));
  await services.providers.get('openbadges')?.award(aRequest({ uuid: OWN_BADGE }));
}

/** Ids of the dead letters. */
export const LETTERS = { malformed: 'a'.repeat(32), replayable: 'b'.repeat(32), discarded: 'c'.repeat(32) } as const;

async function seedDeadLetters({ services }: Site): Promise<void> {
  const { deadLetters } = services;
  const type = 'org.openedx.learning.course.passing.status.updated.v1';
  const headers = { ce_id: 'dead', ce_type: type, ce_source: 'openedx/lms/web', ce_time: '2026-11-20T10:00:00Z' };
  const pii = { username: 'ada', email: 'ada@example.com', name: 'Ada L' };
  const status = (isPassing: unknown) => ({
    course_passing_status: {
      is_passing: isPassing,
      course: { course_key: 'course-v1:OpenedX+DemoX+Demo_Course', display_name: 'Demo', start: null, end: null },
      user: { id: 42, is_active: true, pii },
    },
  });
  const letter = (id: string, eventId: string, hour: number, data: unknown): DeadMessage => {
    const body = Buffer.from(JSON.stringify(data));
    const diedAt = new Date(Date.UTC(2026, 10, 20, hour));
    return {
      id,
      reason: { code: 'event.malformed', message: "the event's field is_passing must be true or false" },
      eventType: type,
      eventId,
      source: 'openedx/lms/web',
      exchange: 'learning-badges-lifecycle',
      routingKey: type,
      queue: 'laurel.events',
      contentType: 'application/json',
      messageId: eventId,
      headers: { ...headers, ce_id: eventId },
      body,
      bodyBytes: body.length,
      attempts: 1,
      firstErrorAt: diedAt,
      diedAt,
    };
  };
  await deadLetters.add(letter(LETTERS.malformed, 'dead-1', 10, status('yes')));
  const replayable = letter(LETTERS.replayable, 'dead-2', 11, status(true));
  const unexpected = 'handling the event failed with an unexpected TypeError; see the log';
  await deadLetters.add({ ...replayable, attempts: 3, reason: { code: 'bug.unexpected', message: unexpected } });
  await deadLetters.add(letter(LETTERS.discarded, 'dead-3', 12, status(null)));
  const at = new Date(Date.UTC(2026, 10, 21));
  await deadLetters.discard({ ids: [LETTERS.discarded] }, { at, by: 'Ada', note: 'sent by a test of the LMS' });
  const failed = { outcome: 'failed', code: 'event.malformed', message: 'still malformed' } as const;
  await deadLetters.recordReplay(LETTERS.malformed, { at, by: 'Ada', ...failed });
}

async function seedBadges({ services }: Site): Promise<void> {
  const first = demoRules.replace(' except the third', '').replace(/\n +and course.ccx_course_key != .*/, '');
  await save(services, first, 0);
  await save(services, demoRules, 1);
  for (const rules of otherRules) await save(services, rules, 0);
}

async function save(services: Site['services'], text: string, expectedVersion: number): Promise<void> {
  const saved = await services.saveBadge(text, { expectedVersion, actor: 'administrator' });
  if (!saved.ok) throw new Error(saved.diagnostics.map(({ message }) => message).join('\n'));
}

async function seedProgress({ services, dispatcher, provider }: Site): Promise<void> {
  const send = (passing: Passing) => services.processEvent(services.decodeCloudEvent(passingEvent(passing)), 'http');
  await send({ user: 'ada', at: '2026-03-02T10:15:00.250Z', id: 'event-ada-demo' });
  await send({ user: 'ada', at: '2026-03-20T09:00:00Z', course: 'course-v1:AcmeX+STAT101+2026' });
  await send({ user: 'grace', at: '2026-04-11T16:40:00Z', course: 'course-v1:AcmeX+STAT101+2026' });
  await send({ user: 'grace', at: '2026-05-02T08:05:00Z', course: 'course-v1:AcmeX+PROJ201+2026' });
  await send({ user: 'linh', at: '2026-05-20T08:05:00Z', course: 'course-v1:AcmeX+PROJ201+2026' });
  await send({ user: 'edsger', at: '2026-05-05T12:00:00Z' });
  await dispatcher.runDue();
  await send({ user: 'edsger', at: '2026-06-01T12:00:00Z', passing: false });
  await dispatcher.runDue();
  await send({ user: 'barbara', at: '2026-07-09T14:30:00Z', id: 'event-barbara-demo' });
  provider.failNext(
    new ProviderError('refused', 'the provider does not know the badge template; check the template id'),
  );
  await dispatcher.runDue();
  await send({ user: 'margaret', at: '2026-11-23T18:20:00Z' });
}

async function seedIgnoredEvents({ services }: Site): Promise<void> {
  const course = 'course-v1:OtherX+HIST1+2026';
  const elsewhere = passingEvent({ user: 'linh', at: '2026-05-21T08:05:00Z', course, id: 'event-linh-elsewhere' });
  await services.processEvent(services.decodeCloudEvent(elsewhere), 'amqp');
  const broken = services.decodeCloudEvent(
    passingEvent({ user: 'noor', at: '2026-05-22T08:05:00Z', id: 'event-failed' }),
  );
  await services.events.record([
    {
      event: broken,
      receivedAt: services.clock.now(),
      door: 'amqp',
      learnerId: null,
      outcome: {
        kind: 'dead',
        code: 'bug.unexpected',
        message: 'processing failed unexpectedly; the log of the server says more',
      },
      ruleRevision: 5,
    },
  ]);
}

async function seedCredentials({ services, records }: Site): Promise<void> {
  const { credentials, files } = services;
  records.add(DEMO_COURSE, 'Demonstration Course', [aLearnerRecord({ completion: 0.7 })]);
  const at = new Date('2026-11-20T09:00:00Z');
  const bytes = Buffer.from('%PDF-1.7 a template');
  await saveAsset(
    {
      slug: 'certificate',
      description: 'A4, lying',
      kind: 'pdf-template',
      fileName: 'certificate.pdf',
      bytes,
    },
    { store: credentials, files, generations: [], now: at },
  );
  await credentials.saveType({
    id: 'type-1',
    name: 'Certificate of achievement',
    retrievalFunction: 'course-completions',
    generationFunction: 'pdf',
    options: { required_completion: 0.9 },
    updatedAt: at,
  });
  for (const [id, contextKey] of [
    ['configuration-1', DEMO_COURSE],
    ['configuration-2', 'course-v1:AcmeX+STAT101+2026'],
  ] as const) {
    await credentials.saveConfiguration({ id, credentialTypeId: 'type-1', contextKey, options: {}, updatedAt: at });
  }
  await credentials.saveSchedule({
    configurationId: 'configuration-1',
    enabled: true,
    rule: { kind: 'interval', everyMs: 10 * 24 * 60 * 60 * 1000 },
    oneOff: false,
    startAt: null,
    expiresAt: null,
    overlap: 'skip',
    catchUp: 'one',
    deadlineMs: null,
    lastSkipped: null,
    updatedAt: at,
    nextDueAt: new Date('2026-11-30T09:00:00Z'),
    waiting: [],
    lastRunAt: at,
    totalRuns: 3,
  });
  await credentials.createRun({
    id: 'run-1',
    configurationId: 'configuration-1',
    trigger: 'schedule',
    dueAt: at,
    state: 'done-with-errors',
    fence: 1,
    leaseUntil: at,
    startedAt: at,
    finishedAt: new Date('2026-11-20T09:00:07Z'),
    counts: { seen: 48, eligible: 4, generated: 2, skipped: 1, failed: 1 },
    error: null,
    checkpoint: null,
  });
  const rows: readonly (readonly [string, Credential['status'], string | null])[] = [
    ['ada', 'available', null],
    ['linh', 'available', null],
    ['barbara', 'error', 'The font "dejavu-serif" has no glyph for U+1F393; choose another font.'],
    ['margaret', 'generating', null],
    ['edsger', 'invalidated', 'The grade was corrected.'],
  ];
  for (const [index, [username, status, reason]] of rows.entries()) {
    const credential = aCredential({
      username,
      status,
      reason,
      learnerName: people[username]?.[1] ?? '',
      order: index,
    });
    await credentials.createCredential(credential);
    if (status === 'available' && credential.fileKey)
      await files.put(credential.fileKey, {
        bytes: Buffer.from('%PDF-1.7\n% a document of the tests\n'),
        contentType: 'application/pdf',
        fileName: 'certificate.pdf',
      });
  }
}

/** Ids are told apart by `order`, so that tests can name them. */
export function aCredential(
  facts: Partial<Credential> & { readonly username: string; readonly order: number },
): Credential {
  const { order, ...rest } = facts;
  const status = facts.status ?? 'available';
  const issuedAt = ['available', 'invalidated'].includes(status) ? new Date('2026-11-20T09:00:05Z') : null;
  return {
    id: `00000000-0000-4000-8000-00000000000${order}`,
    verifyId: `00000000-0000-4000-9000-00000000000${order}`,
    configurationId: 'configuration-1',
    credentialType: 'Certificate of achievement',
    contextKey: DEMO_COURSE,
    contextName: 'Demonstration course',
    lmsUserId: null,
    learnerName: 'Somebody',
    email: `${facts.username}@example.com`,
    reason: null,
    fileKey: status === 'available' ? `credential/00000000-0000-4000-8000-00000000000${order}/secret` : null,
    sizeBytes: status === 'available' ? 48_213 : null,
    sha256: status === 'available' ? 'ab'.repeat(32) : null,
    runId: 'run-1',
    attempts: 1,
    issuedAt,
    generatedAt: issuedAt,
    expiresAt: null,
    reissueOf: null,
    reissuedAs: null,
    reissue: null,
    holdsPlace: status !== 'invalidated',
    mail: issuedAt && {
      state: status === 'available' ? 'pending' : 'superseded',
      ...{
        messageId: null,
        attempts: 0,
        dueAt: status === 'available' ? issuedAt : null,
        sentAt: null,
        lastError: null,
      },
    },
    createdAt: new Date(Date.UTC(2026, 10, 20, 9, 0, order)),
    updatedAt: new Date(Date.UTC(2026, 10, 20, 9, 0, order)),
    ...rest,
    status,
  };
}
