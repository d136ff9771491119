/** The process that makes documents: one task after the other, bytes of assets kept from one to the next. */

import { RecentlyUsed } from '../../../plugin/recently-used.ts';
import type { AssetFile, PdfJob } from '../engine.ts';
import { limitAllocations } from './allocation-limit.ts';
import { endWithParent } from './end-with-parent.ts';
import { type Answer, type ProcessJob, SHARED_KEPT, type Task, toPlain } from './messages.ts';

/** Files of assets kept, as many as the engine keeps in worked-up form and some. */
const KEPT = 32;

const [, , fontsFolder = '', parent = ''] = process.argv;
endWithParent(Number(parent));
process.title = 'laurel-pdf';

const allocations = limitAllocations();
// after the limit, so that the libraries see it
const { createLocalEngine } = await import('../local-engine.ts');
const engine = createLocalEngine(fontsFolder);
const files = new RecentlyUsed<AssetFile>(KEPT);
/** Those of the job before: a run has the same for all of its documents. */
let latestOptions: PdfJob['options'] = {};
const numbers = new WeakMap<Uint8Array, string>();
const shared = new RecentlyUsed<true>(SHARED_KEPT);
let templates = 0;

/** One task after the other, also where one waits for something. */
let worked = Promise.resolve();

process.on('message', (tasks: readonly Task[]) => {
  worked = worked.then(async () => {
    for (const task of tasks) await answer(task);
  });
});

process.on('uncaughtException', (error) => {
  process.send?.({ kind: 'broken', error: toPlain(error) } satisfies Answer, () => process.exit(1));
});

send({ kind: 'ready' });

function send(answer: Answer): void {
  process.send?.(answer);
}

async function answer(task: Task): Promise<void> {
  allocations.reset();
  send(await perform(task).catch((error: unknown): Answer => ({ kind: 'failed', error: toPlain(error) })));
}

async function perform(task: Task): Promise<Answer> {
  if (task.kind === 'check') {
    await engine.check(task.assetKind, task.bytes);
    return { kind: 'checked' };
  }
  if (task.kind === 'facts') return { kind: 'looked', facts: await engine.facts(task.bytes) };
  const job = withKnown(task.job);
  if (job && task.kind === 'measure') return { kind: 'measured', design: await engine.measure(job) };
  return job ? made(await engine.parts(job)) : { kind: 'missing' };
}

/** Handing over what the template shares with each document would take as long as making it. */
function made(parts: Awaited<ReturnType<typeof engine.parts>>): Answer {
  const number = numbers.get(parts.shared) ?? String(++templates);
  numbers.set(parts.shared, number);
  const isKnown = shared.has(number);
  shared.get(number, () => true);
  return { kind: 'made', number, shared: isKnown ? null : parts.shared, own: parts.own };
}

/** @returns null for assets whose bytes are gone */
function withKnown({ options, ...job }: ProcessJob): PdfJob | null {
  latestOptions = options ?? latestOptions;
  const assets: Record<string, AssetFile> = {};
  for (const [slug, { sha256, bytes }] of Object.entries(job.assets)) {
    if (bytes === null && !files.has(sha256)) return null;
    assets[slug] = files.get(sha256, () => ({ sha256, bytes: bytes as Uint8Array }));
  }
  return { ...job, options: latestOptions, assets };
}
