/** What a replay takes beside live processing of the same events, on the embedded store: a backfill that gives every learner a
 *  badge, the same once more when nothing is left to do, and a dry run. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { REPLAY, type ReplayRequest, replayRequest, toParameters } from '../plugin/badges/replay/replay-request.ts';
import type { LmsEvent } from '../plugin/events/event.ts';
import { silentLogger } from '../plugin/ports/runtime.ts';
import { compose, type Laurel } from '../server/compose.ts';
import { readSettings } from '../server/config.ts';
import { course, passing } from '../test/support/badge-world.ts';

export const name = 'Replay';

const LEARNERS = 1_000;
/** Of each learner; one of them matches. */
const EVENTS = 10;
const AT_ONCE = 50;

const rules = (id: string) => `badge "${id}" {
  active true

  requirement pass {
    on    org.openedx.learning.course.passing.status.updated.v1
    where is_passing and course.course_key = "${course(0)}"
  }
}
`;

export async function measure(print: (line: string) => void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'laurel-bench-'));
  const laurel = await compose(readSettings({ LAUREL_DATA_DIR: folder }), { logger: silentLogger, roles: [] });
  try {
    print(`  ${LEARNERS} learners with ${EVENTS} events each, one of which counts`);
    await laurel.services.saveBadge(rules('live'), { expectedVersion: 0, actor: 'bench' });
    const live = await timed(() => processAll(laurel, eventsOf('live-')));
    print(row('live events, processed and recorded', live));
    await laurel.services.saveBadge(rules('late'), { expectedVersion: 0, actor: 'bench' });
    for (const [label, request] of [
      ['dry run of a backfill', { membership: 'backfill', dryRun: true }],
      ['backfill that gives everybody the badge', { membership: 'backfill' }],
      ['replay that has nothing to do', {}],
    ] as const) {
      const ms = await timed(() => replay(laurel, replayRequest({ badges: ['late'], ...request })));
      print(`${row(label, ms)}, ${(live / ms).toFixed(1)} x live`);
    }
  } finally {
    await laurel.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function eventsOf(prefix: string): readonly LmsEvent[] {
  return Array.from({ length: LEARNERS * EVENTS }, (_, at) => {
    const learner = at % LEARNERS;
    const round = Math.floor(at / LEARNERS);
    const id = `${prefix}${at}`;
    return passing(true, round, { id, username: `user-${learner}`, lmsUserId: learner + 1, course: course(round) });
  });
}

async function processAll(laurel: Laurel, events: readonly LmsEvent[]): Promise<void> {
  const queue = [...events];
  const worker = async (): Promise<void> => {
    for (let event = queue.pop(); event !== undefined; event = queue.pop()) await laurel.process(event, 'file');
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

async function replay({ services, carryOut }: Laurel, request: ReplayRequest): Promise<void> {
  const parameters = toParameters(request);
  const job = await services.jobs.request({ kind: REPLAY, title: 'bench', parameters, requestedBy: 'bench' });
  const ended = await carryOut(job.id);
  if (ended?.state !== 'done') throw new Error(`the replay ended as ${ended?.state}`);
}

async function timed(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function row(label: string, ms: number): string {
  const perSecond = (count: number) => Math.round((1_000 * count) / ms).toLocaleString('en');
  return `  ${label.padEnd(42)} ${perSecond(LEARNERS * EVENTS).padStart(9)} events/s ${perSecond(LEARNERS).padStart(7)} learners/s`;
}
