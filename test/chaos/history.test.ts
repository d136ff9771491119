import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { History, HistoryError, readHistory } from './history.ts';

const SIZE = { seed: 1, events: 50, learners: 7 };
const HOLDS = { problems: [], late: null, blows: 3, recoveryMs: 1_200 };

describe('the history of a run', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'laurel-history-'));
    file = join(folder, 'history.jsonl');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('has the rounds that ended, and is carried on from there', () => {
    const history = new History(file, SIZE);
    const finished = history.begin('K1', 0);
    finished.note({ op: 'sent', id: 'a' });
    finished.end(HOLDS);
    history.begin('K2', 0).note({ op: 'sent', id: 'a' });
    const again = new History(file, SIZE);
    expect(again.verdictOf('K1', 0)).to.deep.include(HOLDS);
    expect(again.verdictOf('K2', 0)).to.equal(null);
    expect(readHistory(file).map(({ op }) => op)).to.deep.equal(['run', 'sent', 'verdict']);
  });

  it('is not mixed with that of another run', () => {
    new History(file, SIZE).begin('K1', 0).end(HOLDS);
    expect(() => new History(file, { ...SIZE, seed: 2 })).to.throw(
      HistoryError,
      `${file} is no history of a run with this --seed and --events; name another file`,
    );
  });

  it('names the line that was not written whole', () => {
    new History(file, SIZE).begin('K1', 0).end(HOLDS);
    appendFileSync(file, '{"op":');
    expect(() => readHistory(file)).to.throw(
      HistoryError,
      `${file}, line 3 is no JSON; remove it, or name another file`,
    );
  });

  it('is kept nowhere unless a file is named', () => {
    const history = new History(null, SIZE);
    history.begin('K1', 0).end(HOLDS);
    expect(history.verdictOf('K1', 0)).to.equal(null);
  });
});
