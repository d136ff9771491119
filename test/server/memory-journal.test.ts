import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { openJournal } from '../../server/memory-journal.ts';

describe('the journal of the memory provider', () => {
  let path: string;
  beforeEach(() => {
    path = join(mkdtempSync(join(tmpdir(), 'laurel-journal-')), 'deep', 'journal.jsonl');
  });
  afterEach(() => rmSync(join(path, '..', '..'), { recursive: true }));

  it('gives back what was appended', () => {
    const journal = openJournal(path);
    expect(journal.lines).to.deep.equal([]);
    journal.append('{"n":1}');
    journal.append('{"n":2}');
    journal.close();
    const again = openJournal(path);
    expect(again.lines).to.deep.equal(['{"n":1}', '{"n":2}']);
    again.close();
  });

  it('drops a last line that a kill cut off, and goes on behind it', () => {
    const journal = openJournal(path);
    journal.append('{"n":1}');
    journal.close();
    appendFileSync(path, '{"n":');
    const again = openJournal(path);
    expect(again.lines).to.deep.equal(['{"n":1}']);
    again.append('{"n":3}');
    again.close();
    expect(readFileSync(path, 'utf8')).to.equal('{"n":1}\n{"n":\n{"n":3}\n');
  });
});
