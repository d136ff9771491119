/** What must be the same after any trouble as without it, and what must hold in any case. */

import { formatInstant } from '../../dsl/index.ts';
import { badgeEvent } from '../../plugin/badges/public-event.ts';
import type { BadgeLine } from '../../plugin/badges/simulate.ts';
import type { Progress } from '../../plugin/ports/progress-store.ts';
import type { World } from './world.ts';

/** The end state without what depends on chance: times of processing, UUIDs. */
export interface EndState {
  /** By learner and badge. */
  readonly lines: ReadonlyMap<string, BadgeLine>;
  /** The badges that stand: who, which, since when, by which event. */
  readonly standing: readonly string[];
}

/** @returns what is wrong; nothing when all is well */
export async function problemsOf(world: World): Promise<{ readonly problems: string[]; readonly state: EndState }> {
  const problems: string[] = [];
  const all: Progress[] = [];
  const lines = new Map<string, BadgeLine>();
  const announced = new Set<string>();
  const standing: string[] = [];
  const { learners, progress } = world.laurel.services;
  for (const learner of (await learners.list({ limit: 10_000 })).items) {
    for (const line of await world.laurel.badgeLines(learner.username))
      lines.set(`${line.learner} ${line.badge}`, line);
    for (const one of await progress.ofLearner(learner.id)) {
      all.push(one);
      for (const { revokedAt, awardedAt, eventId } of one.issued) {
        if (revokedAt === null)
          standing.push(`${learner.username} ${one.badgeId} ${formatInstant(awardedAt)} ${eventId}`);
      }
      for (const { kind, state, badgeNumber } of one.effects) {
        const issued = one.issued.find(({ number }) => number === badgeNumber);
        if (state !== 'done' || !issued || (kind !== 'publish-awarded' && kind !== 'publish-revoked')) continue;
        announced.add(badgeEvent(kind, { badgeId: one.badgeId, badgeName: null, issued, learner, template: null }).id);
      }
    }
  }
  problems.push(...effectProblems(all), ...deskProblems(world, all));

  const heard = new Set(await world.announcements());
  for (const id of heard) world.note({ op: 'announced', id });
  problems.push(...difference('announced, but never on the bus', announced, heard));
  problems.push(...difference('on the bus, but announced by nobody', heard, announced));
  problems.push(...(await logProblems(world)), ...(await letterProblems(world)));
  return { problems, state: { lines, standing } };
}

/** @returns where the two end states differ */
export function differences(state: EndState, calm: EndState): string[] {
  const text = (lines: EndState['lines']) => new Set([...lines.values()].map((line) => JSON.stringify(line)));
  return [
    ...difference('only after the trouble', text(state.lines), text(calm.lines)),
    ...difference('only without the trouble', text(calm.lines), text(state.lines)),
    ...difference('stands only after the trouble', new Set(state.standing), new Set(calm.standing)),
    ...difference('stands only without the trouble', new Set(calm.standing), new Set(state.standing)),
  ];
}

function effectProblems(all: readonly Progress[]): string[] {
  const open = all.flatMap(({ badgeId, effects }) =>
    effects
      .filter(({ state }) => state !== 'done' && state !== 'superseded')
      .map(({ id, state }) => `${badgeId} ${id} ${state}`),
  );
  return open.map((effect) => `an effect was not carried out: ${effect}`);
}

/** Every badge once at the provider, and those that stand there are those that stand here. */
function deskProblems({ desk }: World, all: readonly Progress[]): string[] {
  const uuids = desk.issued.map(({ uuid }) => uuid);
  const here = all
    .flatMap(({ issued }) => issued)
    .filter(({ revokedAt, template }) => revokedAt === null && template !== null)
    .map(({ uuid }) => uuid);
  const revoked = new Set(desk.revoked);
  const there = uuids.filter((uuid) => !revoked.has(uuid));
  return [
    ...twice('issued twice', uuids),
    ...difference('stands here, not at the provider', new Set(here), new Set(there)),
    ...difference('stands at the provider, not here', new Set(there), new Set(here)),
  ];
}

async function logProblems({ laurel, load, sent, note }: World): Promise<string[]> {
  const recorded: string[] = [];
  const problems: string[] = [];
  const byId = new Map(load.events.map((event) => [event.id, event]));
  const index = laurel.ruleBook.index();
  for await (const { entry } of laurel.services.events.scan({})) {
    const { id } = entry.event;
    if (entry.outcome.kind === 'dead') continue;
    recorded.push(id);
    note({ op: 'recorded', id });
    const event = byId.get(id);
    if (!event) continue;
    const counted = entry.outcome.kind === 'matched' ? entry.outcome.badgeIds : [];
    const due = index.match(event).map(({ badge }) => badge.id);
    if (counted.toSorted().join() !== due.toSorted().join()) problems.push(`the log says ${id} counted for ${counted}`);
  }
  const accepted = new Set([...sent].filter((id) => !load.poison.has(id)));
  return [
    ...problems,
    ...twice('recorded twice', recorded),
    ...difference('accepted, but not in the log', accepted, new Set(recorded)),
    ...difference('in the log, but never accepted', new Set(recorded), accepted),
  ];
}

async function letterProblems({ laurel, load, note }: World): Promise<string[]> {
  const letters = (await laurel.stores.deadLetters.letters({ limit: 1_000 })).items;
  for (const { eventId, reason } of letters) note({ op: 'dead', id: String(eventId), reason: reason.code });
  const found = new Set(letters.map(({ eventId, reason }) => `${eventId} ${reason.code}`));
  const wanted = new Set([...load.poison].map(([id, reason]) => `${id} ${reason}`));
  return [
    ...twice(
      'a dead letter twice',
      letters.map(({ eventId }) => String(eventId)),
    ),
    ...difference('no dead letter', wanted, found),
    ...difference('a dead letter that should not be', found, wanted),
  ];
}

const SHOWN = 5;

function difference(what: string, these: ReadonlySet<string>, those: ReadonlySet<string>): string[] {
  const missing = [...these].filter((one) => !those.has(one));
  if (missing.length === 0) return [];
  return [`${what}: ${missing.length}, as ${missing.slice(0, SHOWN).join('; ')}`];
}

function twice(what: string, values: readonly string[]): string[] {
  const again = values.filter((value, at) => values.indexOf(value) !== at);
  return again.length === 0 ? [] : [`${what}: ${again.slice(0, SHOWN).join('; ')}`];
}
