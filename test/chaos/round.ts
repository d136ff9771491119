/** One round of a scenario: from an empty store to the verdict. */

import { randomFrom } from '../support/random.ts';
import { CALM, type History, type Note } from './history.ts';
import { type LoadSize, makeLoad } from './load.ts';
import type { Scenario } from './scenarios.ts';
import { differences, type EndState, problemsOf } from './verdict.ts';
import { Wire } from './wire.ts';
import { type Broker, World } from './world.ts';

export interface RoundResult {
  /** What does not hold; nothing when all is well. */
  readonly problems: readonly string[];
  /** What was not finished in time, though it was in the end; null: nothing. A slow machine is reason enough. */
  readonly late: string | null;
  /** Processes killed, and what else was done. */
  readonly blows: number;
  /** From the last blow until everything that was sent had had its effect. */
  readonly recoveryMs: number;
}

/** What a run of the harness has in common. */
export interface ChaosSetup {
  readonly broker: Broker;
  readonly seed: number;
  readonly size: LoadSize;
  /** As for `World`. */
  readonly databaseUri?: string | null;
  readonly history?: History;
  /** Interrupts a round, which cleans up after itself and throws. */
  readonly signal?: AbortSignal;
}

export interface ChaosRun extends ChaosSetup {
  /** What the load leads to when nothing happens. */
  readonly calm: EndState;
}

/** @throws when even the undisturbed run is wrong */
export async function calmRun(setup: ChaosSetup): Promise<EndState> {
  const kept = setup.history?.verdictOf(CALM, 0) ? undefined : setup.history?.begin(CALM, 0);
  const world = worldOf(setup, { load: makeLoad(setup.seed, setup.size) }, kept?.note);
  return await inWorld(world, setup.signal, async () => {
    await world.open();
    world.processes.start('consume');
    await world.send(world.load.messages);
    await world.settled();
    await world.processes.stop();
    const { problems, state } = await problemsOf(world);
    if (problems.length > 0) throw new Error(`without any trouble: ${problems.join('; ')}`);
    kept?.end({ problems, late: world.late, blows: 0, recoveryMs: 0 });
    return state;
  });
}

/** Between two messages of a sender, so that trouble meets work. */
const PACE_MS = 15;

/** @throws only when it is interrupted */
export async function chaosRound(scenario: Scenario, round: number, run: ChaosRun): Promise<RoundResult> {
  const random = randomFrom(run.seed * 1_000 + round);
  const wire = new Wire(run.broker.url);
  let armed = scenario.kills ?? 0;
  const place = (): string => {
    if (!scenario.crashes || armed <= 0) return '';
    armed -= 1;
    return `${scenario.crashes[random.below(scenario.crashes.length)]}:${1 + random.below(scenario.nth ?? 1)}`;
  };
  const kept = run.history?.begin(scenario.id, round);
  const world = worldOf(
    run,
    {
      load: makeLoad(run.seed, run.size, scenario.poison),
      replace: place,
      ...(scenario.also && { also: scenario.also }),
      ...(scenario.wired && { brokerUrl: await wire.open() }),
    },
    kept?.note,
  );
  const { problems } = world;
  let recoveryMs = 0;
  await inWorld(world, run.signal, async () => {
    await world.open();
    for (const role of scenario.roles) world.processes.start(role, place());
    if (scenario.trouble) await world.processes.ready();
    const sending = scenario.sends ? null : world.send(world.load.messages, scenario.trouble ? PACE_MS : 0);
    await Promise.all([sending, scenario.trouble?.(world, random, wire)]);
    await world.settled();
    recoveryMs = Math.max(0, Date.now() - Math.max(world.lastBlow, world.processes.deaths.at(-1) ?? 0));
    await world.processes.stop();
    if (scenario.kills && world.processes.deaths.length === 0) problems.push('nothing was killed');
    const { problems: found, state } = await problemsOf(world);
    problems.push(
      ...world.processes.failures,
      ...found,
      ...differences(state, run.calm),
      ...(await world.otherProblems()),
    );
  })
    .catch((error: Error) => {
      run.signal?.throwIfAborted();
      problems.push(error.message, ...(world.processes?.failures ?? []));
    })
    .finally(() => wire.close());
  const { late, blows } = world;
  const result = { problems, late, blows: blows + (world.processes?.deaths.length ?? 0), recoveryMs };
  kept?.end(result);
  return result;
}

function worldOf(
  { broker, databaseUri, signal }: ChaosSetup,
  options: Pick<ConstructorParameters<typeof World>[0], 'load' | 'replace' | 'brokerUrl' | 'also'>,
  note: Note | undefined,
): World {
  return new World({
    broker,
    ...options,
    ...(databaseUri && { databaseUri }),
    ...(note && { note }),
    ...(signal && { signal }),
  });
}

/** Whatever happens, nothing of the world is left; when interrupted, at once. */
async function inWorld<Result>(
  world: World,
  signal: AbortSignal | undefined,
  work: () => Promise<Result>,
): Promise<Result> {
  const interrupted = new Promise<never>((_, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  interrupted.catch(() => {});
  const working = work();
  working.catch(() => {});
  try {
    signal?.throwIfAborted();
    return await Promise.race([working, interrupted]);
  } finally {
    await world.close();
  }
}
