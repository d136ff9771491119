import { expect } from 'chai';
import { activeIntervals, isAsReceived, isSelected } from '../../../../plugin/badges/replay/membership.ts';
import { anEntry } from '../../../support/event-entries.ts';

const at = (minute: number) => new Date(Date.UTC(2026, 5, 1, 0, minute));
const version = (minute: number, active: boolean, removed = false) => ({ updatedAt: at(minute), active, removed });

describe('which logged events belong to a badge', () => {
  const history = [
    version(9, true),
    version(7, true, true),
    version(5, true),
    version(3, false),
    version(2, true),
    version(1, true),
  ];

  it('are those received while it was active, however often it was saved, switched off or removed', () => {
    const intervals = activeIntervals(history);
    expect(intervals).to.deep.equal([
      { from: at(1), to: at(3) },
      { from: at(5), to: at(7) },
      { from: at(9), to: null },
    ]);
    const belonging = Array.from({ length: 12 }, (_, n) => n).filter((n) => isAsReceived(anEntry(n), intervals));
    expect(belonging).to.deep.equal([1, 2, 5, 6, 9, 10, 11]);
    expect(activeIntervals([])).to.deep.equal([]);
  });

  it('are not those of a time when badges were switched off as a whole', () => {
    const off = anEntry(2, { outcome: { kind: 'ignored', reason: 'badges-disabled' } });
    expect(isAsReceived(off, activeIntervals(history))).to.equal(false);
  });

  it('are named by their own time and type', () => {
    const { time, type } = anEntry(4).event;
    const any = { from: null, to: null, types: null };
    expect(isSelected(anEntry(4), any)).to.equal(true);
    expect(isSelected(anEntry(4), { ...any, from: time })).to.equal(true);
    expect(isSelected(anEntry(4), { ...any, to: time })).to.equal(false);
    expect(isSelected(anEntry(4), { ...any, types: [type] })).to.equal(true);
    expect(isSelected(anEntry(4), { ...any, types: [] })).to.equal(false);
  });
});
