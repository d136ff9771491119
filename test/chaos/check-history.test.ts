import { expect } from 'chai';
import { checkHistory } from './check-history.ts';
import { CALM, type Happening, type Line } from './history.ts';

const sent = (id: string): Happening => ({ op: 'sent', id });
const recorded = (id: string): Happening => ({ op: 'recorded', id });
const issued = (uuid: string, username: string): Happening => ({
  op: 'issued',
  uuid,
  badge: 'one',
  username,
  awardedAt: '2026-01-01T00:00:00Z',
});
const POISON: readonly Happening[] = [
  { op: 'sent', id: 'bad', poison: 'event.malformed' },
  { op: 'dead', id: 'bad', reason: 'event.malformed' },
];
const mailed = (id: string): Happening => ({ op: 'mailed', id });
const made = (id: string): Happening => ({ op: 'made', id });
const killed: Happening = { op: 'killed', role: 'serve', pid: 1 };
const CALM_ROUND: readonly Happening[] = [sent('a'), recorded('a'), ...POISON, issued('u1', 'ada')];

const WELL: readonly Happening[] = [sent('a'), recorded('a'), ...POISON, issued('u2', 'ada')];

function historyOf(round: readonly Happening[]): readonly Line[] {
  const inRound = (scenario: string) => (happening: Happening, at: number) => ({
    scenario,
    round: 0,
    at,
    ...happening,
  });
  return [...CALM_ROUND.map(inRound(CALM)), ...round.map(inRound('K1'))];
}

describe('the check of a history', () => {
  it('finds nothing in a round that ends as the undisturbed one, with other UUIDs and a badge taken back', () => {
    const round = [
      ...[sent('a'), sent('a'), recorded('a'), ...POISON],
      ...[issued('u2', 'ada'), issued('u3', 'ben'), { op: 'revoked', uuid: 'u3' } as const],
    ];
    expect(checkHistory(historyOf(round))).to.deep.equal([]);
  });

  it('finds nothing in a mail that came again because a process had died with it in hand', () => {
    const round = [...WELL, mailed('m1'), mailed('m2'), killed, mailed('m1'), made('m1'), made('m2')];
    expect(checkHistory(historyOf(round))).to.deep.equal([]);
  });

  const rows: readonly (readonly [name: string, round: readonly Happening[], problems: readonly string[]])[] = [
    ['an event without effect', [sent('a'), ...POISON, issued('u2', 'ada')], ['sent, without effect: a']],
    [
      'an effect twice',
      [sent('a'), recorded('a'), recorded('a'), ...POISON, issued('u2', 'ada')],
      ['an effect twice: a'],
    ],
    [
      'an innocent event among the dead letters',
      [
        sent('a'),
        recorded('a'),
        ...POISON,
        { op: 'dead', id: 'a', reason: 'rabbitmq.delivery-limit' },
        issued('u2', 'ada'),
      ],
      ['a dead letter that was no poison: a rabbitmq.delivery-limit'],
    ],
    [
      'a second badge',
      [sent('a'), recorded('a'), ...POISON, issued('u2', 'ada'), issued('u3', 'ada')],
      ['stands twice: ada one'],
    ],
    ['a learner who was never told', [...WELL, made('m1')], ['a credential without its mail: m1']],
    ['a mail about nothing', [...WELL, mailed('m1')], ['a mail about nothing: m1']],
    [
      'a mail that came again though nobody had died',
      [...WELL, mailed('m1'), killed, mailed('m1'), mailed('m1'), made('m1')],
      ['a mail again, though nobody had died: m1'],
    ],
    ['no badge', [sent('a'), recorded('a'), ...POISON], ['would stand without trouble: ada one']],
  ];
  for (const [name, round, problems] of rows) {
    it(`finds ${name}`, () => {
      expect(checkHistory(historyOf(round))).to.deep.equal(problems.map((problem) => `K1, round 0: ${problem}`));
    });
  }

  it('needs the undisturbed round', () => {
    expect(checkHistory([])).to.deep.equal(['the undisturbed round is missing']);
  });
});
