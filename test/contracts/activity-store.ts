/** What every store of hourly counts promises. */

import { expect } from 'chai';
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
  });
}
