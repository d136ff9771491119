import { expect } from 'chai';
import { StoreError } from '../../../plugin/errors.ts';
import { type Answer, gather } from '../../../server/mongo/gather.ts';

const moment = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Groups that were asked for, each answered when the test says so. */
function aDatabase() {
  const groups: { readonly items: readonly string[]; answer(): void; fail(error: unknown): void }[] = [];
  const ask = (items: readonly string[]) =>
    new Promise<readonly Answer<string>[]>((resolve, reject) => {
      groups.push({
        items,
        answer: () => resolve(items.map((item) => ({ result: item.toUpperCase() }))),
        fail: reject,
      });
    });
  return { groups, ask, asked: () => groups.map(({ items }) => items) };
}

describe('gathered calls', () => {
  it('of one moment become one, and each gets its own answer', async () => {
    const { groups, ask, asked } = aDatabase();
    const call = gather({ ask });
    const answers = Promise.all([call('a'), call('b'), call('c')]);
    await moment();
    expect(asked()).to.deep.equal([['a', 'b', 'c']]);
    groups[0]?.answer();
    expect(await answers).to.deep.equal(['A', 'B', 'C']);
  });

  it('gather while others are under way, and go out when one of these is answered', async () => {
    const { groups, ask, asked } = aDatabase();
    const call = gather({ ask, atOnce: 1, most: 2 });
    const answers = Promise.all([call('a'), call('b'), call('c')]);
    await moment();
    const later = call('d');
    await moment();
    expect(asked()).to.deep.equal([['a', 'b']]);
    groups[0]?.answer();
    await moment();
    await moment();
    expect(asked()).to.deep.equal([
      ['a', 'b'],
      ['c', 'd'],
    ]);
    groups[1]?.answer();
    expect(await answers).to.deep.equal(['A', 'B', 'C']);
    expect(await later).to.equal('D');
  });

  it('about the same thing are never in one group, and keep their order', async () => {
    const { groups, ask, asked } = aDatabase();
    const call = gather({ ask, keysOf: (item: string) => [item[0] as string], atOnce: 1 });
    const answers = Promise.all(['a1', 'a2', 'b1', 'a3', 'b2'].map(call));
    for (let at = 0; at < 3; at += 1) {
      await moment();
      await moment();
      groups[at]?.answer();
    }
    expect(await answers).to.deep.equal(['A1', 'A2', 'B1', 'A3', 'B2']);
    expect(asked()).to.deep.equal([['a1', 'b1'], ['a2', 'b2'], ['a3']]);
  });

  it('fail alone where the database says so', async () => {
    const refusal = new Error('refused');
    const call = gather<string, string>({
      ask: async (items) => items.map((item) => (item === 'bad' ? { error: refusal } : { result: item })),
    });
    const ends = await Promise.allSettled(['good', 'bad', 'fine'].map(call));
    expect(ends.map(({ status }) => status)).to.deep.equal(['fulfilled', 'rejected', 'fulfilled']);
    expect((ends[1] as PromiseRejectedResult).reason).to.equal(refusal);
  });

  it('are tried one by one when a group fails as a whole, so that nobody fails for a neighbour', async () => {
    const asked: (readonly string[])[] = [];
    const call = gather<string, string>({
      async ask(items) {
        asked.push(items);
        if (items.includes('bad')) throw new RangeError('no document can hold this');
        return items.map((item) => ({ result: item }));
      },
    });
    const ends = await Promise.allSettled(['good', 'bad', 'fine'].map(call));
    expect(ends.map(({ status }) => status)).to.deep.equal(['fulfilled', 'rejected', 'fulfilled']);
    expect(asked).to.deep.equal([['good', 'bad', 'fine'], ['good'], ['bad'], ['fine']]);
  });

  it('all fail at once when the database is away, and are not tried one by one', async () => {
    const { groups, ask, asked } = aDatabase();
    const call = gather({ ask });
    const ends = Promise.allSettled([call('a'), call('b')]);
    await moment();
    const away = new StoreError('unavailable', 'the database does not answer');
    groups[0]?.fail(away);
    expect(await ends).to.deep.equal([
      { status: 'rejected', reason: away },
      { status: 'rejected', reason: away },
    ]);
    expect(asked()).to.deep.equal([['a', 'b']]);
    const next = call('c');
    await moment();
    groups[1]?.answer();
    expect(await next).to.equal('C');
  });
});
