/** Checks a history by what was sent and what the world outside saw of it, without a look into Laurel's own records of
 *  progress: nothing that was sent is without its effect, no effect is there twice, what stands at the provider is what stands
 *  there after the undisturbed round, and whoever has a credential was told. */

import { CALM, type Happening, type Line } from './history.ts';

type Round = readonly Happening[];

/** @returns what does not hold, by round; nothing when all is well */
export function checkHistory(lines: readonly Line[]): string[] {
  const rounds = new Map<string, Happening[]>();
  for (const line of lines) {
    if (line.op === 'run' || line.op === 'verdict') continue;
    const name = line.scenario === CALM ? CALM : `${line.scenario}, round ${line.round}`;
    const round = rounds.get(name) ?? [];
    round.push(line);
    rounds.set(name, round);
  }
  const calm = rounds.get(CALM);
  if (!calm) return ['the undisturbed round is missing'];
  return [...rounds].flatMap(([name, round]) =>
    [...deliveries(round), ...issues(round, calm), ...mails(round)].map((problem) => `${name}: ${problem}`),
  );
}

function deliveries(round: Round): string[] {
  const sent = round.filter((one) => one.op === 'sent');
  const events = new Set(sent.filter(({ poison }) => poison === undefined).map(({ id }) => id));
  const poison = new Set(sent.flatMap(({ id, poison: reason }) => (reason === undefined ? [] : [`${id} ${reason}`])));
  const recorded = idsOf(round, 'recorded');
  const dead = round.filter((one) => one.op === 'dead').map(({ id, reason }) => `${id} ${reason}`);
  return [
    ...without('sent, without effect', events, recorded),
    ...without('an effect of nothing that was sent', recorded, events),
    ...repeated('an effect twice', recorded),
    ...without('poison that is no dead letter', poison, dead),
    ...without('a dead letter that was no poison', dead, poison),
    ...repeated('a dead letter twice', dead),
  ];
}

function issues(round: Round, calm: Round): string[] {
  const uuids = round.filter((one) => one.op === 'issued').map(({ uuid }) => uuid);
  const standing = standingAtEnd(round);
  const expected = standingAtEnd(calm);
  return [
    ...repeated('issued twice', uuids),
    ...repeated('stands twice', standing),
    ...without('stands, and would not without trouble', standing, expected),
    ...without('would stand without trouble', expected, standing),
  ];
}

/** Never none, and again only after a death. */
function mails(round: Round): string[] {
  const credentials = idsOf(round, 'made');
  const sent = idsOf(round, 'mailed');
  const deathsAt = new Map<string, number>();
  const needless: string[] = [];
  let deaths = 0;
  for (const one of round) {
    if (one.op === 'killed') deaths += 1;
    if (one.op !== 'mailed') continue;
    if (deathsAt.get(one.id) === deaths) needless.push(`a mail again, though nobody had died: ${one.id}`);
    deathsAt.set(one.id, deaths);
  }
  return [
    ...without('a credential without its mail', credentials, sent),
    ...without('a mail about nothing', sent, credentials),
    ...needless,
  ];
}

/** Without the date: an event that comes late may make the award earlier than it was when the provider heard of it. */
function standingAtEnd(round: Round): readonly string[] {
  const revoked = new Set(round.flatMap((one) => (one.op === 'revoked' ? [one.uuid] : [])));
  return round
    .filter((one) => one.op === 'issued')
    .filter(({ uuid }) => !revoked.has(uuid))
    .map(({ username, badge }) => `${username} ${badge}`);
}

function idsOf(round: Round, op: 'recorded' | 'announced' | 'made' | 'mailed'): readonly string[] {
  return round.flatMap((one) => (one.op === op ? [one.id] : []));
}

function without(what: string, these: Iterable<string>, those: Iterable<string>): string[] {
  const there = new Set(those);
  return [...new Set(these)].filter((one) => !there.has(one)).map((one) => `${what}: ${one}`);
}

function repeated(what: string, values: readonly string[]): string[] {
  const seen = new Set<string>();
  return values.filter((value) => seen.size === seen.add(value).size).map((value) => `${what}: ${value}`);
}
