/** The thread that makes documents: one task after the other, bytes of assets kept from one to the next. */

import { parentPort, workerData } from 'node:worker_threads';
import { RecentlyUsed } from '../../../plugin/recently-used.ts';
import type { AssetFile, PdfJob } from '../engine.ts';
import { limitAllocations } from './allocation-limit.ts';
import { type Answer, type Task, type ThreadJob, type ThreadOptions, toPlain } from './messages.ts';

/** Files of assets kept, as many as the engine keeps in worked-up form and some. */
const KEPT = 32;

const allocations = limitAllocations();
// after the limit, so that the libraries see it
const { createLocalEngine } = await import('../local-engine.ts');
const engine = createLocalEngine((workerData as ThreadOptions).fontsFolder);
const files = new RecentlyUsed<AssetFile>(KEPT);
/** Those of the job before: a run has the same for all of its documents. */
let latestOptions: PdfJob['options'] = {};

/** One task after the other, also where one waits for something. */
let worked = Promise.resolve();

parentPort?.on('message', (tasks: readonly Task[]) => {
  worked = worked.then(async () => {
    for (const task of tasks) await answer(task);
  });
});

parentPort?.postMessage({ kind: 'ready' } satisfies Answer);

async function answer(task: Task): Promise<void> {
  allocations.reset();
  const answer = await perform(task).catch((error: unknown): Answer => ({ kind: 'failed', error: toPlain(error) }));
  parentPort?.postMessage(answer, answer.kind === 'made' ? transferable(answer.bytes) : []);
}

/** A buffer that shares its memory with others is copied. */
function transferable({ buffer, byteLength }: Uint8Array): ArrayBuffer[] {
  return buffer instanceof ArrayBuffer && buffer.byteLength === byteLength ? [buffer] : [];
}

async function perform(task: Task): Promise<Answer> {
  if (task.kind === 'check') {
    await engine.check(task.assetKind, task.bytes);
    return { kind: 'checked' };
  }
  if (task.kind === 'facts') return { kind: 'looked', facts: await engine.facts(task.bytes) };
  const job = withKnown(task.job);
  if (job && task.kind === 'measure') return { kind: 'measured', design: await engine.measure(job) };
  return job ? { kind: 'made', bytes: await engine.generate(job) } : { kind: 'missing' };
}

/** @returns null for assets whose bytes are gone */
function withKnown({ options, ...job }: ThreadJob): PdfJob | null {
  latestOptions = options ?? latestOptions;
  const assets: Record<string, AssetFile> = {};
  for (const [slug, { sha256, bytes }] of Object.entries(job.assets)) {
    if (bytes === null && !files.has(sha256)) return null;
    assets[slug] = files.get(sha256, () => ({ sha256, bytes: bytes as Uint8Array }));
  }
  return { ...job, options: latestOptions, assets };
}
