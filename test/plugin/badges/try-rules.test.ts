import { expect } from 'chai';
import { recentEvents, tryRules } from '../../../plugin/badges/try-rules.ts';
import { eventCatalogue } from '../../../plugin/events/catalogue.ts';
import { MemoryEventLog } from '../../../plugin/ports/memory-event-log.ts';
import { anEntry } from '../../support/event-entries.ts';
import {
  aBadge,
  allOf,
  anEvent,
  aPenalty,
  aRequirement,
  day,
  equals,
  onBadge,
  passed,
  passedCourse,
  path,
} from '../../support/rule-values.ts';

const environment = { eventTypes: eventCatalogue };
const payload = (isPassing: boolean, key = 'k') => ({ is_passing: isPassing, course: { course_key: key } });

describe('trying rules', () => {
  it('counts what matched and what failed first, the most frequent first', () => {
    const badge = aBadge({ requirements: [aRequirement({ where: passedCourse('k') })] });
    const events = [payload(true), payload(true, 'other'), payload(false), payload(false), payload(false, 'other')].map(
      (one, n) => anEvent({ id: `e${n}`, payload: one }),
    );
    const [tried] = tryRules(badge, events, environment);
    expect(tried).to.include({ kind: 'requirement', id: 'demo', looked: 5, matched: 1 });
    expect(tried?.failures).to.deep.equal([
      { text: 'is_passing', count: 3 },
      { text: 'course.course_key = "k"', count: 1 },
    ]);
    expect(tried?.latest.map(({ eventId, matches }) => [eventId, matches])[0]).to.deep.equal(['e0', true]);
    expect(tried?.latest[4]?.clauses.map(({ holds }) => holds)).to.deep.equal([false, false]);
  });

  it('counts an interval and a missing value among what failed', () => {
    const requirements = [
      aRequirement({ id: 'late', from: day(2) }),
      aRequirement({ id: 'early', until: day(1) }),
      aRequirement({ id: 'different', distinct: path('course.course_key') }),
    ];
    const tried = tryRules(aBadge({ requirements }), [anEvent()], environment);
    expect(tried.map(({ failures }) => failures[0]?.text)).to.deep.equal([
      'from 2026-03-02T00:00:00Z',
      'until 2026-03-01T00:00:00Z',
      'distinct course.course_key',
    ]);
  });

  it('tries penalties too, and leaves out what waits for another badge', () => {
    const badge = aBadge({ requirements: [aRequirement({ on: onBadge('base') })], penalties: [aPenalty()] });
    const tried = tryRules(badge, [anEvent()], environment);
    expect(tried.map(({ kind, looked, matched }) => [kind, looked, matched])).to.deep.equal([
      ['requirement', 0, 0],
      ['penalty', 1, 1],
    ]);
  });

  it('shows ten, and nothing personal of them', () => {
    const where = allOf(passed, equals(path('user.pii.email'), 'x@example.org'));
    const user = { id: 7, is_active: true, pii: { username: 'ann', email: 'ann@example.org', name: 'Ann' } };
    const events = Array.from({ length: 30 }, (_, n) => anEvent({ id: `e${n}`, payload: { ...payload(true), user } }));
    const [tried] = tryRules(aBadge({ requirements: [aRequirement({ where })] }), events, environment);
    expect(tried?.latest).to.have.length(10);
    expect(tried?.looked).to.equal(30);
    expect(tried?.latest[0]?.text).to.equal('does not count: user.pii.email is [hidden], but must be "x@example.org"');
    expect(JSON.stringify(tried)).not.to.contain('ann');
  });

  it('reads the latest events of every type that the badge reacts to, each type once', async () => {
    const log = new MemoryEventLog();
    const other = 'org.openedx.learning.ccx.course.passing.status.updated.v1';
    await log.record([1, 2, 3].map((n) => anEntry(n)));
    await log.record([anEntry(4, {}, { type: other })]);
    const on = { kind: 'event', type: other } as const;
    const badge = aBadge({ requirements: [aRequirement()], penalties: [aPenalty(), aPenalty({ id: 'ccx', on })] });
    expect((await recentEvents(badge, log, 2)).map(({ id }) => id)).to.deep.equal(['e3', 'e2', 'e4']);
  });
});
