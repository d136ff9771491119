import { expect } from 'chai';
import { type Badge, compareBadges, compareRules, isSameMeaning } from '../../../dsl/index.ts';
import {
  aBadge,
  allOf,
  aPenalty,
  aRequirement,
  day,
  equals,
  isTrue,
  onBadge,
  PASSING,
  path,
} from '../../support/rule-values.ts';

describe('compareBadges', () => {
  const changes = (old: Partial<Badge>, next: Partial<Badge>): unknown[] =>
    compareBadges(aBadge(old), aBadge(next), new Map()).changes.map((change) => {
      const rule = change.rule === null ? '' : `${change.rule.kind} ${change.rule.id}: `;
      switch (change.kind) {
        case 'clause':
          return `${rule}${change.clause} ${change.old} -> ${change.new}`;
        case 'condition':
          return `${rule}${change.comparison.relation} ${change.old} -> ${change.new}`;
        default:
          return `${rule}${change.kind} ${change.text}`;
      }
    });
  const mode = path('mode');

  it('finds nothing between equal badges', () => {
    expect(changes({}, {})).to.deep.equal([]);
  });

  it('compares what the badge itself says', () => {
    expect(
      changes(
        { name: 'Old', template: { provider: 'memory', id: 'a' } },
        {
          name: null,
          template: { provider: 'credly', id: 'a' },
          active: false,
          repeatable: true,
          maxAwards: 3,
          onRegress: 'keep',
          reAward: 'allowed',
        },
      ),
    ).to.deep.equal([
      'name "Old" -> null',
      'template memory "a" -> credly "a"',
      'active true -> false',
      'repeatable no -> up to 3 times',
      'on regress revoke -> keep',
      're-award never -> allowed',
    ]);
  });

  it('tells what was added and removed, whole', () => {
    expect(
      changes(
        { penalties: [aPenalty({ where: isTrue('is_late'), resets: ['demo', 'a'] })] },
        {
          requirements: [
            aRequirement(),
            aRequirement({
              id: 'b',
              group: 'A',
              on: onBadge('base'),
              count: 2,
              after: 'demo',
              from: day(1),
              until: day(2),
            }),
          ],
        },
      ),
    ).to.deep.equal([
      'requirement b: rule-added in group A on badge "base" awarded count 2 after demo from 2026-03-01T00:00:00Z until 2026-03-02T00:00:00Z',
      `penalty failed: rule-removed on ${PASSING} where is_late resets a, demo`,
    ]);
  });

  it('compares every clause of a requirement and of a penalty', () => {
    const old = aRequirement({ count: 3, withinMs: 86_400_000, after: 'x', from: day(1) });
    const next = aRequirement({ count: 3, distinct: mode, description: 'D', until: day(9), on: onBadge('b') });
    expect(
      changes(
        { requirements: [old], penalties: [aPenalty()] },
        { requirements: [next], penalties: [aPenalty({ resets: ['demo', 'demo'] })] },
      ),
    ).to.deep.equal([
      'requirement demo: description null -> "D"',
      `requirement demo: on ${PASSING} -> badge "b" awarded`,
      'requirement demo: count 3 within 1 day -> 3 distinct mode',
      'requirement demo: after x -> null',
      'requirement demo: from 2026-03-01T00:00:00Z -> null',
      'requirement demo: until null -> 2026-03-09T00:00:00Z',
    ]);
  });

  it('says nothing of a window around a single event, nor of a group that is called by another letter', () => {
    expect(changes({}, { requirements: [aRequirement({ withinMs: 5 })] })).to.deep.equal([]);
    const inGroups = (...groups: string[]): Partial<Badge> => ({
      requirements: groups.map((group, index) => aRequirement({ id: `r${index}`, group })),
    });
    expect(changes(inGroups('A', 'A', 'B'), inGroups('C', 'C', 'A'))).to.deep.equal([]);
    expect(changes(inGroups('A', 'A', 'r2'), inGroups('A', 'B', 'r2'))).to.deep.equal(['requirement r1: group A -> B']);
    expect(changes(inGroups('A', 'A', 'r2'), inGroups('A', 'A', 'A'))).to.deep.equal([
      'requirement r2: group its own -> A',
    ]);
  });

  it('compares conditions by their meaning', () => {
    const where = (condition: Badge['requirements'][number]['where']): Partial<Badge> => ({
      requirements: [aRequirement({ where: condition })],
    });
    const both = allOf(isTrue('a'), equals(mode, 'x'));
    const reversed = allOf(equals(mode, 'x'), isTrue('a'));
    const different = compareBadges(aBadge(where(both)), aBadge(where(reversed)), new Map());
    expect(different.changes).to.have.length(1);
    expect(isSameMeaning(different)).to.equal(true);
    expect(changes(where(both), where(null))).to.deep.equal(['requirement demo: wider a and mode = "x" -> null']);
  });

  it('compares sets of badges, by id', () => {
    const badges = (...ids: string[]): Badge[] => ids.map((id) => aBadge({ id }));
    const compared = compareRules(
      badges('b', 'c'),
      [...badges('z', 'a'), aBadge({ id: 'c', active: false })],
      new Map(),
    );
    expect(compared).to.deep.equal({
      added: ['a', 'z'],
      removed: ['b'],
      changed: [{ badge: 'c', changes: [{ kind: 'clause', rule: null, clause: 'active', old: 'true', new: 'false' }] }],
    });
  });
});
