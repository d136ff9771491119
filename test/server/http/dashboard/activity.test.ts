import { expect } from 'chai';
import { type ActivityCounts, sumOfCounts } from '../../../../plugin/ports/activity-store.ts';
import { hoursOf, shownActivity } from '../../../../server/http/dashboard/activity.ts';

const now = new Date('2026-06-02T09:30:00Z');
const hour = (text: string, counts: Partial<ActivityCounts>) => ({
  hour: new Date(text),
  counts: sumOfCounts(counts),
});

describe('what happened over time', () => {
  it('looks at the hour under way and 23 before, or at today and 29 days before', () => {
    expect(hoursOf('day', now)).to.deep.equal({
      from: new Date('2026-06-01T10:00:00Z'),
      to: new Date('2026-06-02T10:00:00Z'),
    });
    expect(hoursOf('month', now)).to.deep.equal({
      from: new Date('2026-05-04T00:00:00Z'),
      to: new Date('2026-06-03T00:00:00Z'),
    });
  });

  it('draws a column for each hour in which something happened, the highest as high as the drawing', () => {
    const hours = [
      hour('2026-06-01T10:00:00Z', { events: 50 }),
      hour('2026-06-01T12:00:00Z', { events: 1_000 }),
      hour('2026-06-02T09:00:00Z', { events: 1, awards: 2 }),
    ];
    const { charts, isEmpty } = shownActivity(hours, 'day', now);
    expect(isEmpty).to.equal(false);
    expect(charts.map(({ title, total, summary }) => [title, total, summary])).to.deep.equal([
      ['Events', '1,051', 'Events in the last 24 hours: 1,051 in all, at most 1,000 at 12:00'],
      ['Matches', '0', 'Matches in the last 24 hours: 0 in all'],
      ['Awards', '2', 'Awards in the last 24 hours: 2 in all, at most 2 at 09:00'],
      ['Failures', '0', 'Failures in the last 24 hours: 0 in all'],
    ]);
    expect(charts[0]?.columns).to.deep.equal([
      { x: 1, y: 95, width: 8, height: 5, text: '10:00: 50', isUnderWay: false },
      { x: 21, y: 0, width: 8, height: 100, text: '12:00: 1,000', isUnderWay: false },
      { x: 231, y: 97, width: 8, height: 3, text: '09:00: 1', isUnderWay: true },
    ]);
  });

  it('adds the hours of a day, and has all of it as a table, the latest first', () => {
    const hours = [
      hour('2026-06-01T01:00:00Z', { events: 2, matches: 1 }),
      hour('2026-06-01T23:00:00Z', { events: 3, failures: 1 }),
    ];
    const { table } = shownActivity(hours, 'month', now);
    expect(table.unit).to.equal('Day (UTC)');
    expect(table.heads).to.deep.equal(['Events', 'Matches', 'Awards', 'Failures']);
    expect(table.rows.slice(0, 2)).to.deep.equal([
      { name: '2 Jun', cells: ['0', '0', '0', '0'] },
      { name: '1 Jun', cells: ['5', '1', '0', '1'] },
    ]);
    expect(table.rows).to.have.length(30);
  });

  it('says when nothing happened', () => {
    expect(shownActivity([], 'day', now)).to.include({ isEmpty: true, words: 'in the last 24 hours' });
  });
});
