/** What every CredentialStore does with schedules. */

import { expect } from 'chai';
import type { CredentialStore, Schedule } from '../../plugin/ports/credential-store.ts';
import { aSchedule, later, T0 } from './credential-facts.ts';

export function credentialSchedulesContract(store: () => CredentialStore): void {
  describe('schedules', () => {
    const ran = (nextDueAt: Date | null, ranAt: Date) => ({ nextDueAt, waiting: [], ranAt, skipped: null });
    it('are kept whole, every kind of them', async () => {
      const interval = aSchedule({ configurationId: 'configuration-2', rule: { kind: 'interval', everyMs: 5_000 } });
      await store().saveSchedule(interval);
      await store().saveSchedule(aSchedule());
      expect(await store().schedules()).to.deep.equal([aSchedule(), interval]);
      expect(await store().schedule('configuration-2')).to.deep.equal(interval);
      await store().saveSchedule(aSchedule({ rule: { kind: 'interval', everyMs: 7_000 } }));
      expect((await store().schedule('configuration-1'))?.rule).to.deep.equal({ kind: 'interval', everyMs: 7_000 });
      expect(await store().schedule('configuration-3')).to.equal(null);
      for (const rule of [
        { kind: 'clocked', at: later(9) },
        { kind: 'crontab', expression: '30 2 * * *', timeZone: 'Europe/Kyiv', gap: 'skip', repeated: 'both' },
      ] as const) {
        const full = aSchedule({
          ...{
            rule,
            oneOff: true,
            startAt: later(1),
            expiresAt: later(99),
            overlap: 'queue',
            catchUp: 'none',
            deadlineMs: 600_000,
          },
          lastSkipped: { dueAt: later(3), reason: 'missed' },
        });
        await store().saveSchedule(full);
        expect(await store().schedule('configuration-1')).to.deep.equal(full);
      }
    });

    it('are due from their time on, the earliest first, unless disabled or never due', async () => {
      const at = (configurationId: string, facts: Partial<Schedule>) =>
        store().saveSchedule(aSchedule({ configurationId, ...facts }));
      await at('b', { nextDueAt: later(1) });
      await at('a', { nextDueAt: later(2) });
      await at('c', { nextDueAt: later(3) });
      await at('d', { enabled: false });
      await at('e', { nextDueAt: null });
      const due = async (ms: number, limit: number) =>
        (await store().dueSchedules(later(ms), limit)).map(({ configurationId }) => configurationId);
      expect(await due(0, 9)).to.deep.equal([]);
      expect(await due(2, 9)).to.deep.equal(['b', 'a']);
      expect(await due(9, 2)).to.deep.equal(['b', 'a']);
    });

    it('move on for exactly one of several processes', async () => {
      await store().saveSchedule(aSchedule());
      const moves = await Promise.all(
        Array.from({ length: 5 }, () => store().advanceSchedule('configuration-1', T0, ran(later(1000), later(5)))),
      );
      expect(moves.filter(Boolean)).to.have.length(1);
      expect(await store().schedule('configuration-1')).to.deep.equal(
        aSchedule({ nextDueAt: later(1000), lastRunAt: later(5), totalRuns: 1 }),
      );
      expect(await store().advanceSchedule('configuration-1', later(1000), ran(null, later(9)))).to.equal(true);
      expect(await store().schedule('configuration-1')).to.include({ nextDueAt: null, enabled: false, totalRuns: 2 });
      expect(await store().advanceSchedule('nowhere', T0, ran(null, T0))).to.equal(false);
    });

    it('remember a due time that passed without a run, and count none', async () => {
      await store().saveSchedule(aSchedule());
      const step = { nextDueAt: later(1000), waiting: [], ranAt: null, skipped: 'still-running' } as const;
      expect(await store().advanceSchedule('configuration-1', T0, step)).to.equal(true);
      expect(await store().schedule('configuration-1')).to.deep.equal(
        aSchedule({ nextDueAt: later(1000), lastSkipped: { dueAt: T0, reason: 'still-running' } }),
      );
    });

    it('keep what is to be caught up, and what was last left out beside it', async () => {
      const catchUp = { kind: 'all', max: 3, withinMs: 86_400_000 } as const;
      const lastSkipped = { dueAt: later(-1), reason: 'missed' } as const;
      await store().saveSchedule(aSchedule({ overlap: 'allow', catchUp, lastSkipped }));
      const owed = { nextDueAt: later(5), waiting: [later(5), later(6)], ranAt: null, skipped: null };
      expect(await store().advanceSchedule('configuration-1', T0, owed)).to.equal(true);
      const waiting = aSchedule({ overlap: 'allow', catchUp, lastSkipped, nextDueAt: later(5), waiting: owed.waiting });
      expect(await store().schedule('configuration-1')).to.deep.equal(waiting);
      expect(await store().dueSchedules(later(9), 9)).to.deep.equal([waiting]);
      expect(await store().replaceSchedule({ ...waiting, catchUp: 'none', waiting: [] }, waiting)).to.equal(true);
      expect(await store().schedule('configuration-1')).to.deep.equal({ ...waiting, catchUp: 'none', waiting: [] });
    });

    it('are replaced only from the state their author has seen, and removed', async () => {
      expect(await store().replaceSchedule(aSchedule(), aSchedule())).to.equal(false);
      expect(await store().replaceSchedule(aSchedule(), null)).to.equal(true);
      expect(await store().replaceSchedule(aSchedule({ totalRuns: 9 }), null)).to.equal(false);
      const changed = aSchedule({ enabled: false, nextDueAt: null, updatedAt: later(1) });
      expect(await store().replaceSchedule(changed, aSchedule())).to.equal(true);
      expect(await store().replaceSchedule(aSchedule(), aSchedule())).to.equal(false);
      expect(await store().schedule('configuration-1')).to.deep.equal(changed);
      expect(await store().replaceSchedule(aSchedule({ updatedAt: later(2) }), changed)).to.equal(true);
      await store().advanceSchedule('configuration-1', T0, ran(later(1000), later(5)));
      expect(await store().replaceSchedule(changed, aSchedule({ updatedAt: later(2) }))).to.equal(false);
      expect(await store().removeSchedule('configuration-1')).to.equal(true);
      expect(await store().removeSchedule('configuration-1')).to.equal(false);
      expect(await store().schedule('configuration-1')).to.equal(null);
    });
  });
}
