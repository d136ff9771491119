import { expect } from 'chai';
import { learnersOf } from '../../../plugin/badges/learners.ts';
import type { LmsEvent } from '../../../plugin/events/event.ts';
import { anEvent, day } from '../../support/rule-values.ts';

describe('learnersOf', () => {
  const event = (n: number, username: string | null, lmsUserId: number | null = null): LmsEvent => ({
    ...anEvent({ id: `e${n}`, time: day(n) }),
    user: username === null ? null : { lmsUserId, username, email: '', name: '', isActive: true },
  });

  it('follows a learner over a change of name, and leaves out what concerns nobody', () => {
    const events = [event(1, 'ada', 7), event(3, 'ada.l', 7), event(2, 'ada'), event(4, null), event(5, 'ben')];
    expect(
      learnersOf(events).map(({ username, usernames, events: own }) => [username, usernames, own.length]),
    ).to.deep.equal([
      ['ada.l', ['ada', 'ada.l'], 3],
      ['ben', ['ben'], 1],
    ]);
  });
});
