/** `laurel demo`: everything in one process on example data, and an account of what happened. */

import { randomBytes, randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { invariant } from '../../plugin/errors.ts';
import { parseLearnerLines } from '../../providers/index.ts';
import { readJsonLines } from '../cli/input.ts';
import { readRuleSources } from '../cli/rule-sources.ts';
import type { Shell } from '../cli/shell.ts';
import { compose, type Laurel } from '../compose.ts';
import { readSettings } from '../config.ts';
import { applyCredentialsSetup } from '../configuration/credentials-setup.ts';
import { hashPassword } from '../http/people/passwords.ts';
import { createOneTimeSignIn, signInLink } from '../http/people/tokens.ts';
import { createLogger } from '../logger.ts';
import { projectPath } from '../paths.ts';
import { badgeAccount, credentialAccount, openBadgeAccount } from './account.ts';
import { connectDemoCredly, credlyAccount, type DemoCredly, startDemoCredly } from './credly.ts';
import { feedEvents } from './feed-events.ts';
import { type DemoLms, enrolDemoLearners, lmsAccount, startDemoLms } from './lms.ts';
import { makeOpenBadgeTemplate } from './open-badge.ts';

const PREFERRED_PORT = 8080;

/** @param exit end after the account */
export async function runDemo(shell: Shell, { exit }: { readonly exit: boolean }): Promise<void> {
  const write = (line: string): void => shell.printLine(line);
  const begun = performance.now();
  const folder = await mkdtemp(join(tmpdir(), 'laurel-demo-'));
  const [credly, lms] = await Promise.all([startDemoCredly(), startDemoLms()]);
  let laurel: Laurel | null = null;
  try {
    laurel = await startOn(shell, folder, { credly, lms });
    await connectDemoCredly(laurel, credly);
    await makeOpenBadgeTemplate(laurel);
    const rules = await loadRules(shell, laurel);
    const fed = await feedEvents(laurel, readJsonLines(shell, projectPath('examples', 'events', 'demo.jsonl')));
    await enrolDemoLearners(laurel, lms);
    await laurel.settleEffects();
    await setUpCredentials(laurel);
    const runs = await runScheduled(laurel);
    const pdfs = await copyPdfs(laurel, join(folder, 'pdfs'));

    write(`Laurel demo: ${rules} badges, ${fed.events} events, ${runs} credential schedule`);
    for (const line of await badgeAccount(laurel, fed.changes)) write(line);
    for (const line of credentialAccount(pdfs)) write(line);
    for (const line of await openBadgeAccount(laurel)) write(line);
    write('');
    write(`Ready after ${((performance.now() - begun) / 1000).toFixed(1)} s; everything lies in ${folder}`);
    write(`Pages: ${laurel.services.settings.publicUrl}`);
    if (exit) return;
    for (const line of credlyAccount(credly)) write(line);
    for (const line of lmsAccount(laurel)) write(line);
    write(`Sign in (once) without it: ${await signIn(laurel)}`);
    write('Ctrl+C ends the demo.');
    await shell.untilAsked();
  } finally {
    await laurel?.stop();
    await Promise.all([credly.standIn.close(), lms.standIn.close()]);
  }
}

/** The environment's own settings stay out of it, all but PORT: the demo must not touch a real installation. */
async function startOn(
  shell: Shell,
  folder: string,
  { credly, lms }: { readonly credly: DemoCredly; readonly lms: DemoLms },
): Promise<Laurel> {
  const settings = readSettings({
    PORT: shell.env.PORT ?? String((await isFree(PREFERRED_PORT)) ? PREFERRED_PORT : 0),
    LAUREL_DATA_DIR: folder,
    LAUREL_INGEST_TOKEN: randomBytes(16).toString('hex'),
    LAUREL_LOG_LEVEL: 'warn',
    ...credly.settings,
    ...lms.settings,
  });
  return compose(settings, {
    logger: createLogger('warn', shell.stderr),
    clock: shell.clock,
    roles: ['web', 'dispatcher'],
  });
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}

/** @returns the number of badges */
async function loadRules(shell: Shell, { services }: Laurel): Promise<number> {
  const folders = ['rules', 'credly', 'open-badges'].map((folder) => projectPath('examples', folder));
  const files = await readRuleSources(shell, folders);
  const result = await services.applyRules(files, { plan: null, prune: false, actor: 'demo', reason: null });
  invariant(result.outcome === 'applied', 'the example rules are sound');
  return result.plan.changes.length;
}

async function setUpCredentials({ services, registry }: Laurel): Promise<void> {
  const folder = projectPath('examples', 'credentials');
  await services.importRecords(parseLearnerLines(await readFile(join(folder, 'records.jsonl'), 'utf8')));
  const { credentials: store, files, clock } = services;
  await applyCredentialsSetup(join(folder, 'example.json'), { store, files, registry, now: clock.now() });
}

/** Of each configuration that has a schedule, at once, as its button would: a run of the next due time would use that up.
 *  @returns the number of runs */
async function runScheduled({ services, runner }: Laurel): Promise<number> {
  const schedules = await services.credentials.schedules();
  for (const { configurationId } of schedules)
    await runner.wait(await runner.runNow(configurationId, 'manual', services.clock.now()));
  return schedules.length;
}

/** Copies under names that people can read; the originals lie in the store under unguessable keys. */
async function copyPdfs({ services }: Laurel, folder: string): Promise<readonly string[]> {
  await mkdir(folder, { recursive: true });
  const { items } = await services.credentials.credentials({ status: 'available', limit: 1_000 });
  const paths: string[] = [];
  for (const { fileKey, username } of items) {
    const file = fileKey === null ? null : await services.files.get(fileKey);
    if (file === null) continue;
    const path = join(folder, `${username}.pdf`);
    await writeFile(path, file.bytes);
    paths.push(path);
  }
  return paths.sort();
}

async function signIn({ services }: Laurel): Promise<string> {
  await services.access.createAccount({
    id: randomUUID(),
    name: 'demo',
    role: 'administrator',
    passwordHash: await hashPassword(randomBytes(24).toString('base64url')),
    lmsUsername: null,
    disabledAt: null,
    createdAt: services.clock.now(),
  });
  return signInLink(services.settings.publicUrl, await createOneTimeSignIn(services));
}
