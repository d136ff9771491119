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

  it('gives back what was appended, once', () => {
    const journal = openJournal(path);
    expect(journal.read()).to.deep.equal([]);
    journal.append('{"n":1}');
    journal.append('{"n":2}');
    expect(journal.read()).to.deep.equal(['{"n":1}', '{"n":2}']);
    expect(journal.read()).to.deep.equal([]);
    journal.close();
    const again = openJournal(path);
    expect(again.read()).to.deep.equal(['{"n":1}', '{"n":2}']);
    again.close();
  });

  it('gives what another process appends, when its line is whole', () => {
    const [journal, other] = [openJournal(path), openJournal(path)];
    other.append('{"n":"é"}');
    expect(journal.read()).to.deep.equal(['{"n":"é"}']);
    const half = Buffer.from('{"n":"é"}\n');
    appendFileSync(path, half.subarray(0, 7));
    expect(journal.read()).to.deep.equal([]);
    appendFileSync(path, half.subarray(7));
    expect(journal.read()).to.deep.equal(['{"n":"é"}']);
    journal.close();
    other.close();
  });

  it('drops a last line that a kill cut off, and goes on behind it, also in a process that was there before', () => {
    const journal = openJournal(path);
    journal.append('{"n":1}');
    const other = openJournal(path);
    appendFileSync(path, '{"n":');
    other.append('{"n":3}');
    expect(other.read()).to.deep.equal(['{"n":1}', '{"n":3}']);
    expect(journal.read()).to.deep.equal(['{"n":1}', '{"n":3}']);
    journal.close();
    other.close();
    expect(readFileSync(path, 'utf8')).to.equal('{"n":1}\n{"n":\n{"n":3}\n');
  });
});
