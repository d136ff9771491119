import { expect } from 'chai';
import { reportOf, roundLine } from './report.ts';
import type { RoundResult } from './round.ts';

const SIZE = { seed: 1, events: 50, learners: 7 };
const K1 = { id: 'K1', title: 'kill -9 somewhere' };
const round = (changes: Partial<RoundResult>): RoundResult => ({
  problems: [],
  late: null,
  blows: 2,
  recoveryMs: 1_000,
  ...changes,
});

describe('the report of the kill matrix', () => {
  it('tells a round that was late from one that ended wrong', () => {
    const late = round({ late: 'after 300 s: 3 of 50 events are recorded', recoveryMs: 310_000 });
    const wrong = round({ problems: ['issued twice: u1'] });
    const lines = reportOf([{ scenario: K1, rounds: [round({}), late, wrong] }], SIZE).split('\n');
    expect(lines).to.include('| K1 | kill -9 somewhere | 3 | 6 | 1.0 / 310.0 | wrong in 1, late in 1 |');
    expect(lines).to.include('* K1, round 1, late only: after 300 s: 3 of 50 events are recorded');
    expect(lines).to.include('* K1, round 2: issued twice: u1');
  });

  it('says that nothing differed only when something was tried', () => {
    const all = 'Nothing differed from the undisturbed run.';
    expect(reportOf([{ scenario: K1, rounds: [round({})] }], SIZE)).to.include(all);
    expect(reportOf([{ scenario: K1, rounds: [] }], SIZE))
      .to.include('Nothing was tried.')
      .and.not.include(all);
  });

  it('takes the middle of two for their median', () => {
    const rounds = [round({ recoveryMs: 3_000 }), round({ recoveryMs: 1_000 })];
    expect(reportOf([{ scenario: K1, rounds }], SIZE)).to.include('| 2 | 4 | 2.0 / 3.0 | holds |');
  });

  it('names the rows that could not be tried, or were not reached', () => {
    const text = reportOf([{ scenario: K1, rounds: [] }], SIZE, ['K13: the database is not ours']);
    expect(text).to.include('Not tried:\n\n* K13: the database is not ours\n* K1, kill -9 somewhere\n');
  });

  it('has a line for each round as it ends', () => {
    expect(roundLine(K1, 0, round({}), { done: 3, of: 57 })).to.equal(
      '[ 3/57] K1        round 0: holds (2 blows, 1.0 s)',
    );
    expect(roundLine(K1, 0, round({ problems: ['issued twice: u1'] }), { done: 3, of: 57 })).to.equal(
      '[ 3/57] K1        round 0: wrong (2 blows, 1.0 s)\n    issued twice: u1',
    );
  });
});
