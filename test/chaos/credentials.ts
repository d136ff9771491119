/** PDF credentials beside the events: a scheduled run over a course, by the public example, with its files in a folder. */

import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import type { Credential } from '../../plugin/ports/credential-store.ts';
import { applyCredentialsSetup } from '../../server/configuration/credentials-setup.ts';
import { projectPath } from '../../server/paths.ts';
import { setSchedule } from '../../server/scheduler/set-schedule.ts';
import { needlessCopies } from './mailbox.ts';
import type { World } from './world.ts';

const CONFIGURATION = 'demo-course-certificate';
const COURSE = 'course-v1:OpenedX+DemoX+Demo_Course';
const LEARNERS = 24;
/** A run that failed is followed by another. */
const EVERY_MS = 5_000;

/** Everybody has earned one, and the schedule is due. */
export async function prepareCredentials({ laurel }: World): Promise<void> {
  const { stores, registry, services } = laurel;
  const { credentials: store, files, records } = stores;
  await records.importLines([
    { kind: 'context', contextKey: COURSE, name: 'Demonstration Course' },
    ...Array.from({ length: LEARNERS }, (_, n) => ({
      kind: 'learner' as const,
      contextKey: COURSE,
      learner: {
        lmsUserId: n + 1,
        username: `graduate-${n}`,
        name: `Graduate Number ${n}`,
        email: `graduate-${n}@example.com`,
        isActive: true,
        completion: 1,
        grades: { 'final exam': 1, total: 1 },
      },
    })),
  ]);
  const now = services.clock.now();
  await applyCredentialsSetup(projectPath('examples', 'credentials', 'example.json'), { store, files, registry, now });
  await store.saveSchedule({
    ...setSchedule(CONFIGURATION, { enabled: true, rule: { kind: 'interval', everyMs: EVERY_MS } }, null, now),
    nextDueAt: now,
  });
}

export async function credentialsUnfinished(world: World): Promise<string | null> {
  const available = (await credentialsOf(world)).filter(({ status }) => status === 'available').length;
  return available < LEARNERS ? `${available} of ${LEARNERS} credentials are there` : null;
}

/** One each, whole, and no file beside them. */
export async function credentialProblems(world: World): Promise<string[]> {
  const all = await credentialsOf(world);
  const usernames = all.map(({ username }) => username);
  const problems = await halfFiles(world, all);
  if (new Set(usernames).size !== all.length || all.length !== LEARNERS)
    problems.push(
      `${all.length} credentials of ${new Set(usernames).size} learners; there should be one of each of ${LEARNERS}`,
    );
  for (const { username, status, reason } of all)
    if (status !== 'available') problems.push(`the credential of ${username} is ${status}: ${reason}`);
  const pdfs = filesIn(world).filter((name) => name.endsWith('.pdf') && !name.includes('asset'));
  if (pdfs.length !== all.length) problems.push(`${pdfs.length} PDF files of ${all.length} credentials`);
  return problems;
}

export async function mailsUnfinished(world: World): Promise<string | null> {
  const mails = (await credentialsOf(world)).map(({ mail }) => mail);
  const unsent = mails.filter((mail) => mail?.state !== 'sent');
  const errors = new Set(unsent.flatMap((mail) => mail?.lastError?.code ?? []));
  const why = errors.size === 0 ? '' : ` (${[...errors].join(', ')})`;
  return (
    (await credentialsUnfinished(world)) ?? (unsent.length > 0 ? `${unsent.length} mails are not sent${why}` : null)
  );
}

/** Beside what holds of the credentials: each has its mail, and no mail comes again unless somebody died. */
export async function mailProblems(world: World): Promise<string[]> {
  const { arrived } = world.mailbox;
  const wanted = new Map((await credentialsOf(world)).map(({ id, email }) => [`${id}@example.org`, email]));
  for (const id of wanted.keys()) world.note({ op: 'made', id });
  const came = new Set(arrived.map(({ id }) => id));
  return [
    ...(await credentialProblems(world)),
    ...[...wanted].filter(([id]) => !came.has(id)).map(([, email]) => `${email} was never told`),
    ...arrived.filter(({ id, to }) => wanted.get(id) !== to).map(({ to }) => `a mail of nothing came for ${to}`),
    ...needlessCopies(arrived, world.processes.deaths).map((id) => `a mail came again, and nobody had died: ${id}`),
  ];
}

/** @returns whoever can be downloaded now and is not as it was made; to be asked at any time */
export async function halfFiles(world: World, known: readonly Credential[] | null = null): Promise<string[]> {
  const problems: string[] = [];
  for (const { username, status, fileKey, sha256 } of known ?? (await credentialsOf(world))) {
    if (status !== 'available') continue;
    const file = fileKey === null ? null : await world.laurel.stores.files.get(fileKey);
    const digest = file && createHash('sha256').update(file.bytes).digest('hex');
    if (digest !== sha256)
      problems.push(`the credential of ${username} is ${file ? 'not whole' : 'nowhere'}, but available`);
  }
  return problems;
}

/** What those who look at the credentials and their runs are told went wrong. */
export async function reportedFailures({ laurel }: World): Promise<readonly string[]> {
  const runs = await laurel.stores.credentials.runs({ configurationId: CONFIGURATION, limit: 100 });
  return runs.flatMap(({ error }) => (error === null ? [] : [error.code]));
}

async function credentialsOf({ laurel }: World): Promise<readonly Credential[]> {
  const { items } = await laurel.stores.credentials.credentials({ configurationId: CONFIGURATION, limit: 1_000 });
  return items.filter(({ status }) => status !== 'invalidated');
}

function filesIn({ filesDir }: World): readonly string[] {
  return readdirSync(filesDir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`);
}
