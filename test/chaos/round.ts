/** One round of a scenario: from an empty store to the verdict. */

import { randomFrom } from '../support/random.ts';
import { type LoadSize, makeLoad } from './load.ts';
import type { Scenario } from './scenarios.ts';
import { differences, type EndState, problemsOf } from './verdict.ts';
import { Wire } from './wire.ts';
import { type Broker, World } from './world.ts';

export interface RoundResult {
  /** What does not hold; nothing when all is well. */
  readonly problems: readonly string[];
  /** Processes killed, and what else was done. */
  readonly blows: number;
  /** From the last blow until everything that was sent had had its effect. */
  readonly recoveryMs: number;
}

/** What a run of the harness has in common. */
export interface ChaosRun {
  readonly broker: Broker;
  readonly seed: number;
  readonly size: LoadSize;
  /** What the load leads to when nothing happens. */
  readonly calm: EndState;
}

/** @throws when even the undisturbed run is wrong */
export async function calmRun(broker: Broker, seed: number, size: LoadSize): Promise<EndState> {
  const world = new World({ broker, load: makeLoad(seed, size) });
  try {
    await world.open();
    world.processes.start('consume');
    await world.send(world.load.messages);
    await world.settled();
    await world.processes.stop();
    const { problems, state } = await problemsOf(world);
    if (problems.length > 0) throw new Error(`without any trouble: ${problems.join('; ')}`);
    return state;
  } finally {
    await world.close();
  }
}

/** Between two messages of a sender, so that trouble meets work. */
const PACE_MS = 15;

export async function chaosRound(scenario: Scenario, round: number, run: ChaosRun): Promise<RoundResult> {
  const random = randomFrom(run.seed * 1_000 + round);
  const wire = new Wire(run.broker.url);
  let armed = scenario.kills ?? 0;
  const place = (): string => {
    if (!scenario.crashes || armed <= 0) return '';
    armed -= 1;
    return `${scenario.crashes[random.below(scenario.crashes.length)]}:${1 + random.below(scenario.nth ?? 1)}`;
  };
  const world = new World({
    broker: run.broker,
    load: makeLoad(run.seed, run.size, scenario.poison),
    replace: place,
    ...(scenario.wired && { brokerUrl: await wire.open() }),
  });
  const { problems } = world;
  let recoveryMs = 0;
  try {
    await world.open();
    for (const role of scenario.roles) world.processes.start(role, place());
    if (scenario.trouble) await world.processes.ready();
    const sending = scenario.sends ? null : world.send(world.load.messages, scenario.trouble ? PACE_MS : 0);
    await Promise.all([sending, scenario.trouble?.(world, random, wire)]);
    await world.settled();
    recoveryMs = Math.max(0, Date.now() - Math.max(world.lastBlow, world.processes.lastDeath));
    await world.processes.stop();
    if (scenario.kills && world.processes.kills === 0) problems.push('nothing was killed');
    const { problems: found, state } = await problemsOf(world);
    problems.push(...world.processes.failures, ...found, ...differences(state, run.calm));
  } catch (error) {
    problems.push((error as Error).message, ...(world.processes?.failures ?? []));
  } finally {
    await world.close();
    wire.close();
  }
  return { problems, blows: world.blows + (world.processes?.kills ?? 0), recoveryMs };
}
