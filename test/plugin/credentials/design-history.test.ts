import { expect } from 'chai';
import {
  changesBetween,
  changeWithHistory,
  historyOf,
  keepVersion,
  snapshotOf,
  threeWay,
} from '../../../plugin/credentials/design-history.ts';
import type { CredentialType } from '../../../plugin/ports/credential-store.ts';
import { MemoryCredentialStore } from '../../../plugin/ports/memory-credential-store.ts';
import { aType } from '../../contracts/credential-store.ts';

const at = (minute: number) => new Date(Date.UTC(2026, 2, 1, 12, minute));
const typeAt = (minute: number, size: number): CredentialType =>
  aType({ updatedAt: at(minute), options: { text: { size } } });
const note = (comment: string) => ({ by: 'ada', comment });

describe('the history of a design', () => {
  let store: MemoryCredentialStore;
  beforeEach(() => {
    store = new MemoryCredentialStore();
  });

  const save = (former: CredentialType | null, wanted: CredentialType, expected = former?.updatedAt ?? null) =>
    changeWithHistory(store, { former, wanted, expected }, note(`size ${JSON.stringify(wanted.options)}`), (type, at) =>
      store.changeType(type, at),
    );
  const numbers = async (type: CredentialType) => (await historyOf(store, type)).map(({ number, by }) => [number, by]);

  it('has every save, the latest first', async () => {
    const [one, two, three] = [typeAt(1, 1), typeAt(2, 2), typeAt(3, 3)];
    expect([await save(null, one), await save(one, two), await save(two, three)]).to.deep.equal([
      'saved',
      'saved',
      'saved',
    ]);
    const history = await historyOf(store, three);
    expect(history.map(({ number, comment }) => [number, comment])).to.deep.equal([
      [3, 'size {"text":{"size":3}}'],
      [2, 'size {"text":{"size":2}}'],
      [1, 'size {"text":{"size":1}}'],
    ]);
    expect(history[2]?.snapshot).to.deep.equal(snapshotOf(one));
  });

  it('begins with what was saved before versions were kept', async () => {
    const old = typeAt(1, 1);
    await store.saveType(old);
    expect(await numbers(old)).to.deep.equal([[1, null]]);
    const next = typeAt(2, 2);
    await save(old, next);
    expect(await numbers(next)).to.deep.equal([
      [2, 'ada'],
      [1, null],
    ]);
    expect((await historyOf(store, next))[1]?.snapshot).to.deep.equal(snapshotOf(old));
  });

  it('does not lead to what was refused, or was written by somebody who was killed before it was in force', async () => {
    const one = typeAt(1, 1);
    await save(null, one);
    await keepVersion(store, one, typeAt(2, 99), note('killed'));
    const next = typeAt(3, 3);
    expect(await save(one, next)).to.equal('saved');
    expect(await save(one, typeAt(4, 4), one.updatedAt)).to.equal('stale');
    expect(await numbers(next)).to.deep.equal([
      [2, 'ada'],
      [1, 'ada'],
    ]);
  });

  it('lets one of two win that save in the same millisecond, and the one who edited an earlier version lose', async () => {
    const one = typeAt(1, 1);
    await save(null, one);
    const results = await Promise.all([save(one, typeAt(2, 2)), save(one, typeAt(2, 3))]);
    expect([...results].sort()).to.deep.equal(['saved', 'stale']);
    const now = (await store.type(one.id)) as CredentialType;
    expect((await historyOf(store, now))[0].snapshot).to.deep.equal(snapshotOf(now));
    expect(await save(now, typeAt(5, 5), one.updatedAt)).to.equal('stale');
    expect(await store.versions(one.id)).to.have.length(2);
  });
});

describe('changes between versions', () => {
  const from = { name: 'A', options: { a: 1, list: [1, 2], gone: { x: 1 }, empty: {} } };
  const to = { name: 'A', options: { a: 2, list: [1, 3], empty: {}, off: false } };

  it('are told field by field', () => {
    expect(changesBetween(from, to)).to.deep.equal([
      { path: 'options.a', from: '1', to: '2' },
      { path: 'options.gone.x', from: '1', to: null },
      { path: 'options.list', from: '[1,2]', to: '[1,3]' },
      { path: 'options.off', from: null, to: 'false' },
    ]);
    expect(changesBetween(from, from)).to.deep.equal([]);
  });

  it('of two people are set side by side, and collide where both changed the same to something else', () => {
    const theirs = { ...from, name: 'B', options: { ...from.options, a: 5 } };
    const yours = { ...from, name: 'B', options: { ...from.options, a: 6, list: [] } };
    expect(threeWay(from, theirs, yours)).to.deep.equal([
      { path: 'name', base: '"A"', theirs: '"B"', yours: '"B"', collides: false },
      { path: 'options.a', base: '1', theirs: '5', yours: '6', collides: true },
      { path: 'options.list', base: '[1,2]', theirs: '[1,2]', yours: '[]', collides: false },
    ]);
  });
});
