import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { InputError } from '../../plugin/errors.ts';
import { decodeUtf8, readGivenFile } from '../../server/given-files.ts';

describe('a file that a person named', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'laurel-given-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  const refusal = (path: string, shown?: string): Promise<unknown> =>
    readGivenFile(path, shown).then(
      () => 'read',
      (error: InputError) => [error.code, error.message],
    );

  it('is read whole', async () => {
    const path = join(folder, 'a.txt');
    writeFileSync(path, 'Ánh');
    expect(decodeUtf8(await readGivenFile(path), path)).to.equal('Ánh');
  });

  it('is called as the person called it when it cannot be read', async () => {
    const missing = join(folder, 'fonts', 'none.ttf');
    expect(await refusal(missing, 'fonts/none.ttf')).to.deep.equal([
      'input.file-unreadable',
      'fonts/none.ttf cannot be read (ENOENT); check the name',
    ]);
    expect(await refusal(folder, 'fonts')).to.deep.equal([
      'input.file-unreadable',
      'fonts is a folder; name a file in it',
    ]);
  });

  it('keeps a byte order mark and must be UTF-8', () => {
    expect(decodeUtf8(Buffer.from('\uFEFFa'), 'a.rules')).to.equal('\uFEFFa');
    expect(() => decodeUtf8(Buffer.from([0x43, 0xe9]), 'a.rules')).to.throw(
      InputError,
      'a.rules is not UTF-8 text; save it as UTF-8',
    );
  });
});
