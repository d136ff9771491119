/** A site on a real database that has met one person in every way there is, beside another one. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import mongoose from 'mongoose';
import { type Instant, toInstant } from '../../dsl/index.ts';
import { intendReissue, pendingMail, startCredential } from '../../plugin/credentials/credential.ts';
import { invariant } from '../../plugin/errors.ts';
import type { LmsEvent } from '../../plugin/events/event.ts';
import type { Laurel } from '../../server/compose.ts';
import { createAudit } from '../../server/http/audit/audit.ts';
import { hashToken } from '../../server/http/people/tokens.ts';
import { aDeadMessage } from '../contracts/dead-letters.ts';
import { anEntry } from './event-entries.ts';
import { DEMO_COURSE, demoRules, passingEvent } from './seed.ts';

export interface Somebody {
  readonly username: string;
  readonly email: string;
  readonly name: string;
  readonly lmsUserId: number;
}

export const zelda: Somebody = {
  username: 'zeldaquux77',
  email: 'zelda.quuxington@mail-of-zelda.test',
  name: 'Zélda Quuxington',
  lmsUserId: 770077,
};
export const bystander: Somebody = {
  username: 'bystander',
  email: 'bystander@example.org',
  name: 'Benno Bystander',
  lmsUserId: 12,
};

const CCX = 'org.openedx.learning.ccx.course.passing.status.updated.v1';
const OTHER_COURSE = 'course-v1:AcmeX+STAT101+2026';
const noon = new Date('2026-11-20T12:00:00Z');

export function passingOf({ username, email, name, lmsUserId }: Somebody, id: string, course = DEMO_COURSE): object {
  const event = passingEvent({ user: username, course, at: '2026-11-20T10:00:00Z', id });
  const user = { id: lmsUserId, is_active: true, pii: { username, email, name } };
  return { ...event, data: { course_passing_status: { ...event.data.course_passing_status, user } } };
}

function ccxOf({ username, email, name, lmsUserId }: Somebody, coach: Somebody, id: string): object {
  const course = {
    ccx_course_key: 'ccx-v1:OpenedX+DemoX+Demo_Course+ccx@1',
    ...{ master_course_key: DEMO_COURSE, display_name: 'With a coach', coach_email: coach.email },
    ...{ start: null, end: null, max_students_allowed: null },
  };
  const user = { id: lmsUserId, is_active: true, pii: { username, email, name } };
  return {
    ...{ ...passingEvent({ user: username, at: '2026-11-20T11:00:00Z', id }), type: CCX },
    data: { course_passing_status: { is_passing: true, user, course } },
  };
}

/** What the person leaves behind in every collection. */
export async function meet(laurel: Laurel, person: Somebody): Promise<void> {
  const { services, stores } = laurel;
  const take = (event: object) => services.processEvent(services.decodeCloudEvent(event), 'http');
  const { username, email, name, lmsUserId } = person;
  await services.saveBadge(demoRules, { actor: 'admin', reason: `asked for by ${name}`, expectedVersion: 0 });
  await take(passingOf(person, 'counts'));
  const before = {
    ...passingOf({ ...person, username: `${username}-before` }, 'former-name'),
    time: '2026-11-19T10:00:00Z',
  };
  await take(before);
  await take(passingOf(person, 'ignored', OTHER_COURSE));
  await take(passingOf(bystander, 'of-the-bystander'));
  await take(ccxOf(bystander, person, 'coached'));
  const user: LmsEvent['user'] = { username, email, name, lmsUserId, isActive: true };
  const failed = { kind: 'failed', code: 'store.contention', message: 'it kept changing' } as const;
  await stores.events.record([
    anEntry(1, { outcome: failed }, { id: 'failed', user }),
    anEntry(2, { outcome: { ...failed, kind: 'dead' } }, { id: 'dead', user: { ...user, lmsUserId: null } }),
  ]);
  await laurel.settleEffects();
  await letters(laurel, person);
  await credentials(laurel, person);
  await stores.records.importLines([
    { kind: 'context', contextKey: DEMO_COURSE, name: 'The demonstration', steps: [] },
    ...[person, bystander].map((one) => ({
      ...{ kind: 'learner' as const, contextKey: DEMO_COURSE },
      learner: { ...one, isActive: true, completion: 1, grades: { total: 0.9 } },
    })),
  ] as Parameters<typeof stores.records.importLines>[0]);
  await openBadge(laurel, username);
  await texts(laurel, person);
}

async function letters({ stores }: Laurel, person: Somebody): Promise<void> {
  const body = (value: object): Buffer => Buffer.from(JSON.stringify(value));
  const dataOf = (event: object) => body((event as { readonly data: object }).data);
  const headers = { ce_type: PASSING, ce_id: 'x', ce_source: 'lms', ce_time: '2026-01-01T00:00:00Z' };
  for (const [id, bytes, more] of [
    ['letter-own', dataOf(passingOf(person, 'x')), {}],
    ['letter-damaged', Buffer.from(`\u0001\u000eT${person.username}T${person.email}`), {}],
    ['letter-escaped', Buffer.from(`{"half": "${asciiOf(person.name)}"`), {}],
    ['letter-header', Buffer.from('{'), { from: person.email }],
    ['letter-settled', body({ about: person.name }), {}],
    ['letter-coach', dataOf(ccxOf(bystander, person, 'x')), { ce_type: CCX }],
    ['letter-bystander', dataOf(passingOf(bystander, 'x')), {}],
  ] as const) {
    const message = aDeadMessage({ id, body: bytes, bodyBytes: bytes.length, headers: { ...headers, ...more } });
    await stores.deadLetters.add(message);
  }
  const settled = { at: noon, by: 'admin', note: `${person.name} asked by mail` };
  await stores.deadLetters.discard({ ids: ['letter-settled'] }, settled);
}

const PASSING = 'org.openedx.learning.course.passing.status.updated.v1';

function asciiOf(text: string): string {
  return text.replace(/[^ -~]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

async function credentials({ stores }: Laurel, person: Somebody): Promise<void> {
  for (const [owner, kind] of [person, person, person, bystander].map((one, at) => [one, at] as const)) {
    const seed = {
      ...{ configurationId: `configuration-${kind}`, credentialType: 'Certificate', contextKey: DEMO_COURSE },
      ...{ contextName: 'The demonstration', runId: 'run', learnerName: owner.name },
      ...{ username: owner.username, email: owner.email, lmsUserId: owner.lmsUserId },
    };
    const made = startCredential(seed, noon, () => crypto.randomUUID());
    const credential = {
      ...made,
      ...{
        status: 'available' as const,
        sizeBytes: 1,
        sha256: '0',
        issuedAt: noon,
        generatedAt: noon,
        mail: pendingMail(noon),
      },
      ...(kind === 1 && { status: 'invalidated' as const, fileKey: `archive/${made.id}/x`, holdsPlace: false }),
    };
    const intent = { by: 'admin', leaseUntil: noon, now: noon, newId: () => crypto.randomUUID() };
    const stored = kind === 2 ? intendReissue(credential, intent) : credential;
    await stores.credentials.createCredential(stored);
    const file = {
      bytes: Buffer.from(`%PDF of ${owner.name}`),
      contentType: 'application/pdf',
      fileName: `${owner.name}.pdf`,
    };
    // Also one that nothing refers to, as a process leaves it that dies at the wrong moment.
    const orphan = `credential/${made.id}/orphan`;
    for (const key of [stored.fileKey, stored.reissue?.fileKey, orphan]) if (key) await stores.files.put(key, file);
  }
}

async function openBadge({ stores }: Laurel, username: string): Promise<void> {
  const learner = await stores.learners.findByUsername(username);
  await stores.issuer.addBadge({
    ...{ uuid: crypto.randomUUID(), templateId: 'course-completer', learnerId: learner?.id ?? '', list: 1, index: 1 },
    ...{
      content: '{"identityHash":"sha256$0"}',
      issuedAt: noon,
      signed: null,
      revokedAt: null,
      revocationReason: null,
    },
  });
}

/** Where people write names although they need not. */
async function texts(laurel: Laurel, { username, email, name }: Somebody): Promise<void> {
  const { services, stores } = laurel;
  await createAudit(services)('admin', 'credential.invalidated', 'credential:1', {
    reason: `${name} (${email}) asked`,
  });
  const job = await services.jobs.request({
    ...{ kind: 'nothing', title: `For ${username}`, requestedBy: 'admin', reason: `${name} asked` },
    parameters: { choice: { search: username } },
  });
  await services.jobs.cancel(job.id);
  await stores.access.createApiToken({
    ...{ id: 't1', tokenHash: hashToken('token'), label: `of ${email}`, createdAt: noon, createdBy: 'admin' },
    ...{ scopes: null, expiresAt: null, lastUsedAt: null, revokedAt: null },
  });
  const sessions = databaseOf(laurel).collection<{ _id: string }>('sessions');
  await sessions.insertOne({ _id: 's1', expires: noon, session: JSON.stringify({ user: username }) } as never);
}

export function databaseOf({ stores }: Laurel): mongoose.mongo.Db {
  const { db } = stores.database.connection;
  invariant(db, 'the database is connected');
  return db;
}

/** Every document of every collection, as one text each, bytes as text too. */
export async function dump(laurel: Laurel): Promise<ReadonlyMap<string, readonly string[]>> {
  const db = databaseOf(laurel);
  const collections = await db.listCollections().toArray();
  const texts = collections.map(async ({ name }) => {
    const documents = await db.collection(name).find().toArray();
    return [name, documents.map((document) => JSON.stringify(document, textOfBytes))] as const;
  });
  return new Map(await Promise.all(texts));
}

/** A driver's binary becomes Base64 before a replacer sees it. */
function textOfBytes(this: unknown, name: string, value: unknown): unknown {
  const raw = (this as Readonly<Record<string, unknown>>)[name];
  if (raw instanceof mongoose.mongo.Binary) return Buffer.from(raw.value()).toString('utf8');
  return value;
}

/** Where the person is still found: `collection: document`, or a file's path. */
export function mentioned(texts: ReadonlyMap<string, readonly string[]>, person: Somebody): readonly string[] {
  return [...texts].flatMap(([place, all]) =>
    all.filter((text) => names(text, person)).map((text) => `${place}: ${text}`),
  );
}

export function names(text: string, { username, email, name }: Somebody): boolean {
  const lower = text.toLowerCase();
  return [username, email, name, asciiOf(name)].some((word) => lower.includes(word.toLowerCase()));
}

/** Files below a folder, their names and bytes as text. */
export function filesBelow(folder: string): ReadonlyMap<string, readonly string[]> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    entries.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [path, [`${path} ${readFileSync(path).toString('utf8')}`]];
    }),
  );
}

export const at = (text: string): Instant => toInstant(text) as Instant;
