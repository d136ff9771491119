import { expect } from 'chai';
import { MemoryBelongingStore } from '../../../../plugin/ports/belongings.ts';
import type { EventEntry, EventLog } from '../../../../plugin/ports/event-log.ts';
import { MemoryEventLog } from '../../../../plugin/ports/memory-event-log.ts';
import { limitEvents } from '../../../../server/http/organisations/limited-people.ts';
import { createReach } from '../../../../server/http/organisations/reach.ts';

describe('events for limited accounts', () => {
  it('are the latest of their courses, behind those of others too', async () => {
    const of = (organisation: string) =>
      ({ event: { payload: { course: { course_key: `course-v1:${organisation}+C+1` } } } }) as unknown as EventEntry;
    const entries = [...Array.from({ length: 30 }, () => of('Lab')), ...Array.from({ length: 3 }, () => of('Acme'))];
    const log: EventLog = Object.assign(new MemoryEventLog(), {
      latest: async (_type: string, limit: number) => entries.slice(0, limit),
    });
    const limited = limitEvents(log, createReach(['Acme'], new MemoryBelongingStore()));
    expect(await limited.latest('any', 2)).to.deep.equal([of('Acme'), of('Acme')]);
  });
});
