import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { DirectoryFileStore } from '../../../server/files/directory-file-store.ts';
import { rejection } from '../../contracts/credential-store.ts';
import { fileStoreContract } from '../../contracts/file-store.ts';

describe('the file store in a directory', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'laurel-files-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  fileStoreContract(async () => new DirectoryFileStore(join(folder, 'files')));

  const file = (text: string) => ({ bytes: Buffer.from(text), contentType: 'application/pdf', fileName: 'Ada.PDF' });

  it('says where the bytes lie, in a file that opens by its extension', async () => {
    const store = new DirectoryFileStore(folder);
    await store.put('credential/1', file('content'));
    const path = await store.pathOf('credential/1');
    expect(path).to.match(/\.pdf$/);
    expect(await readFile(path ?? '', 'utf8')).to.equal('content');
    expect(await store.pathOf('credential/2')).to.equal(null);
  });

  it('leaves nothing behind of former files, and is closed to other users', async () => {
    const store = new DirectoryFileStore(folder);
    for (const text of ['first', 'second', 'third']) await store.put('key', file(text));
    expect(await readdir(join(folder, 'key'))).to.have.length(2);
    expect((await stat(join(folder, 'key'))).mode & 0o077).to.equal(0);
    expect((await stat((await store.pathOf('key')) ?? '')).mode & 0o077).to.equal(0);
  });

  it('says what to look at when the operating system refuses', async () => {
    await writeFile(join(folder, 'taken'), '');
    const store = new DirectoryFileStore(join(folder, 'taken'));
    const error = await rejection(store.put('key', file('content')));
    expect([error.code, error.retry]).to.deep.equal(['store.files', 'later']);
    expect(error.message).to.match(
      /^the folder for files cannot be used \((EEXIST|ENOTDIR)\); see that LAUREL_FILES_DIR names a folder that this user may write to, on a disk that is not full$/,
    );
  });

  it('finds what another process has put', async () => {
    await new DirectoryFileStore(folder).put('key', file('content'));
    expect((await new DirectoryFileStore(folder).get('key'))?.fileName).to.equal('Ada.PDF');
  });
});
