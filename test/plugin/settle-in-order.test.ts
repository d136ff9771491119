import { expect } from 'chai';
import fc from 'fast-check';
import { settleInOrder } from '../../plugin/settle-in-order.ts';

const soon = (steps: number): Promise<void> =>
  steps === 0 ? Promise.resolve() : Promise.resolve().then(() => soon(steps - 1));

describe('work that is settled in order', () => {
  it('takes every result in the order of the items, however long each takes, and never has more under way than asked for', () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.nat(9)), fc.integer({ min: 1, max: 5 }), async (durations, concurrency) => {
        const taken: number[] = [];
        let underWay = 0;
        let most = 0;
        const items = durations.map((steps, at) => ({ steps, at }));
        await settleInOrder(
          items,
          concurrency,
          async ({ steps, at }) => {
            underWay += 1;
            most = Math.max(most, underWay);
            await soon(steps);
            underWay -= 1;
            return at * 2;
          },
          ({ at }, result) => {
            expect(result).to.equal(at * 2);
            taken.push(at);
          },
        );
        expect(taken).to.deep.equal(items.map(({ at }) => at));
        expect(most).to.be.at.most(concurrency);
        if (items.length >= concurrency && durations.every((steps) => steps > 0)) expect(most).to.equal(concurrency);
      }),
    ));

  it('takes nothing behind a failure, begins nothing more, and ends after what was begun', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(9), { minLength: 1 }),
        fc.nat(),
        fc.integer({ min: 1, max: 5 }),
        async (durations, which, concurrency) => {
          const bad = which % durations.length;
          const taken: number[] = [];
          let underWay = 0;
          const items = durations.map((steps, at) => ({ steps, at }));
          const failure = await settleInOrder(
            items,
            concurrency,
            async ({ steps, at }) => {
              underWay += 1;
              await soon(steps);
              underWay -= 1;
              if (at === bad) throw new Error(`item ${at}`);
            },
            ({ at }) => taken.push(at),
          ).catch((error: Error) => error.message);
          expect(failure).to.equal(`item ${bad}`);
          expect(underWay).to.equal(0);
          expect(taken).to.deep.equal(items.slice(0, taken.length).map(({ at }) => at));
          expect(taken.length).to.be.at.most(bad);
        },
      ),
    ));
});
