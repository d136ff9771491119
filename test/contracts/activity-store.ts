/** What every store of hourly counts promises. */

import { expect } from 'chai';
import { InvariantError } from '../../plugin/errors.ts';
import type { ActivityStore } from '../../plugin/ports/activity-store.ts';

const at = (hour: number, minute = 0): Date => new Date(Date.UTC(2026, 5, 1, hour, minute));
const nothing = { events: 0, matches: 0, awards: 0, revocations: 0, failures: 0 };

export function activityStoreContract(name: string, make: () => Promise<ActivityStore>): void {
  describe(`${name} as activity store`, () => {
    let store: ActivityStore;
    beforeEach(async () => {
      store = await make();
    });

    it('adds to the hour that the time lies in', async () => {
      await store.add(at(9, 59), { events: 3, matches: 1 });
      await store.add(at(10), { events: 1 });
      await store.add(at(9), { events: 2, awards: 1, revocations: 1, failures: 4 });
      expect(await store.between(at(0), at(24))).to.deep.equal([
        { hour: at(9), counts: { events: 5, matches: 1, awards: 1, revocations: 1, failures: 4 } },
        { hour: at(10), counts: { ...nothing, events: 1 } },
      ]);
    });

    it('adds nothing where nothing was counted', async () => {
      await store.add(at(9), {});
      expect(await store.between(at(0), at(24))).to.deep.equal([]);
    });

    it('gives the hours that begin in a range, the end left out', async () => {
      for (const hour of [11, 8, 9, 10]) await store.add(at(hour), { events: hour });
      expect((await store.between(at(9), at(11))).map(({ hour }) => hour)).to.deep.equal([at(9), at(10)]);
    });

    it('loses nothing when several add at the same time', async () => {
      await Promise.all(Array.from({ length: 20 }, () => store.add(at(9), { events: 2 })));
      expect(await store.between(at(9), at(10))).to.deep.equal([{ hour: at(9), counts: { ...nothing, events: 40 } }]);
    });

    describe('of calls to providers', () => {
      const failed = (calls: number) => ({ calls, failures: calls, succeededAt: null });
      const succeeded = (calls: number, succeededAt: Date) => ({ calls, failures: 0, succeededAt });
      const called = async (from: number, to: number) => Object.fromEntries(await store.callsBetween(at(from), at(to)));

      it('sums them up for each provider, with the latest success in whatever order it was told', async () => {
        await store.add(at(9), {}, new Map([['credly', succeeded(2, at(9, 20))]]));
        await store.add(at(9), { failures: 1 }, new Map([['credly', failed(1)]]));
        await store.add(at(9), {}, new Map([['credly', succeeded(1, at(9, 10))]]));
        await store.add(
          at(10),
          {},
          new Map([
            ['credly', failed(4)],
            ['my-hall', failed(1)],
          ]),
        );
        await store.add(at(11), {}, new Map([['credly', succeeded(9, at(11, 1))]]));
        expect(await called(9, 11)).to.deep.equal({
          credly: { calls: 8, failures: 5, succeededAt: at(9, 20) },
          'my-hall': { calls: 1, failures: 1, succeededAt: null },
        });
        expect(await called(12, 24)).to.deep.equal({});
      });

      it('finds the latest success of any hour, and none where none was', async () => {
        await store.add(at(5), {}, new Map([['credly', succeeded(1, at(5, 1))]]));
        await store.add(at(6), {}, new Map([['credly', succeeded(1, at(6, 2))]]));
        await store.add(
          at(9),
          {},
          new Map([
            ['credly', failed(1)],
            ['hall', failed(1)],
          ]),
        );
        expect(await store.lastSuccess('credly', at(0))).to.deep.equal(at(6, 2));
        expect(await store.lastSuccess('credly', at(6))).to.deep.equal(at(6, 2));
        expect(await store.lastSuccess('credly', at(7))).to.equal(null);
        expect(await store.lastSuccess('hall', at(0))).to.equal(null);
      });

      it('knows of none in hours that only counted other things, and the other way round', async () => {
        await store.add(at(8), { events: 1 });
        expect(await called(0, 24)).to.deep.equal({});
        await store.add(at(9), {}, new Map([['credly', failed(1)]]));
        expect((await store.between(at(9), at(10))).map(({ counts }) => counts)).to.deep.equal([nothing]);
      });

      it('loses none when several add at the same time', async () => {
        await Promise.all(
          Array.from({ length: 20 }, (_, minute) =>
            store.add(at(9), {}, new Map([['credly', succeeded(2, at(9, minute))]])),
          ),
        );
        expect(await called(9, 10)).to.deep.equal({ credly: { calls: 40, failures: 0, succeededAt: at(9, 19) } });
      });

      it('refuses a name that is no word of a provider, and adds nothing', async () => {
        for (const name of ['', 'a.b', '$where', '__proto__', '(event bus)']) {
          let refused: unknown;
          await store.add(at(9), { events: 1 }, new Map([[name, failed(1)]])).catch((error: unknown) => {
            refused = error;
          });
          expect(refused, name).to.be.instanceOf(InvariantError);
        }
        expect(await store.between(at(0), at(24))).to.deep.equal([]);
      });
    });
  });
}
