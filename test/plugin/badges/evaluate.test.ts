import { expect } from 'chai';
import type { Badge } from '../../../dsl/index.ts';
import { aWorld, courseBadge, passing, type World } from '../../support/badge-world.ts';
import { aBadge, aRequirement, onBadge } from '../../support/rule-values.ts';

const evaluated = (changes: Partial<Badge> = {}): Badge => courseBadge({ evaluate: true, ...changes });
const waiting = (changes: Partial<Badge> = {}): Badge =>
  aBadge({ id: 'next', requirements: [aRequirement({ id: 'first', on: onBadge('demo') })], ...changes });

const actions = ({ provider }: World): string[] => provider.entries.map(({ action }) => action);

describe('a badge that is only evaluated', () => {
  it('has its progress recorded, and is neither issued nor announced', async () => {
    const world = aWorld([evaluated()]);
    await world.run(passing(true, 1));
    expect(await world.progressOn('demo')).to.deep.include({ evaluated: true, issued: [], effects: [] });
    expect((await world.progressOn('demo')).outcome).to.deep.include({ status: 'awarded', awards: 1 });
    expect([actions(world), world.publisher.published]).to.deep.equal([[], []]);
  });

  it('is issued to whoever is complete once it is in earnest', async () => {
    const world = aWorld([evaluated()]);
    await world.run(passing(true, 1));
    world.index.set(courseBadge());
    await world.run(passing(true, 2));
    expect(actions(world)).to.deep.equal(['award']);
    expect((await world.progressOn('demo')).issued[0]?.awardedAt).to.equal('2026-03-01T00:01:00.000000000Z');
    expect((await world.progressOn('demo')).evaluated).to.equal(false);
  });

  it('takes nothing back that was issued before', async () => {
    const world = aWorld([courseBadge()]);
    await world.run(passing(true, 1));
    world.index.set(evaluated());
    await world.run(passing(false, 2));
    expect((await world.progressOn('demo')).outcome.status).to.equal('revoked');
    expect(actions(world)).to.deep.equal(['award']);
    world.index.set(courseBadge());
    await world.run(passing(false, 3));
    expect(actions(world)).to.deep.equal(['award', 'revoke']);
  });

  it('leads to no badge that waits for it, unless that one is only evaluated too', async () => {
    const world = aWorld([evaluated(), waiting()]);
    await world.run(passing(true, 1));
    expect(await world.progress.load((await world.progressOn('demo')).learnerId, 'next')).to.equal(null);
    const both = aWorld([evaluated(), waiting({ evaluate: true })]);
    await both.run(passing(true, 1));
    expect((await both.progressOn('next')).outcome.status).to.equal('awarded');
    expect([actions(both), both.publisher.published]).to.deep.equal([[], []]);
  });
});
