import { expect } from 'chai';
import type { EventUser } from '../../../plugin/events/event.ts';
import { RecentLearners } from '../../../server/mongo/recent-learners.ts';
import { day } from '../../support/rule-values.ts';

function aUser(overrides: Partial<EventUser> = {}): EventUser {
  return { lmsUserId: 7, username: 'ada', email: 'ada@example.org', name: 'Ada', isActive: true, ...overrides };
}

function aLearner(user: EventUser) {
  return { id: `learner-${user.lmsUserId}`, ...user, asOf: day(1) };
}

describe('learners seen lately', () => {
  it('are recalled as long as the event tells nothing new of them', () => {
    const recent = new RecentLearners();
    recent.remember(aUser(), aLearner(aUser()));
    expect(recent.recall(aUser())).to.deep.equal(aLearner(aUser()));
    for (const news of [{ username: 'al' }, { email: '' }, { name: 'A' }, { isActive: false }, { lmsUserId: 8 }])
      expect(recent.recall(aUser(news)), JSON.stringify(news)).to.equal(null);
  });

  it('are recalled by their username where the event has no id', () => {
    const recent = new RecentLearners();
    const nameless = aUser({ lmsUserId: null });
    recent.remember(nameless, aLearner(aUser()));
    expect(recent.recall(nameless)).to.include({ lmsUserId: 7 });
    recent.forget(nameless);
    expect(recent.recall(nameless)).to.equal(null);
  });

  it('make room for those seen later', () => {
    const recent = new RecentLearners(2);
    const [first, second, third] = [1, 2, 3].map((lmsUserId) => aUser({ lmsUserId })) as [
      EventUser,
      EventUser,
      EventUser,
    ];
    for (const user of [first, second, first, third]) recent.remember(user, aLearner(user));
    expect([first, second, third].map((user) => recent.recall(user)?.id ?? null)).to.deep.equal([
      'learner-1',
      null,
      'learner-3',
    ]);
  });
});
