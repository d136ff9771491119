/** What every FileStore does; run on the twin, on a directory and on GridFS. */

import { expect } from 'chai';
import { InvariantError } from '../../plugin/errors.ts';
import type { FileStore, StoredFile } from '../../plugin/ports/asset-files.ts';

const file = (bytes: Uint8Array, fileName = 'certificate.pdf'): StoredFile => ({
  bytes,
  contentType: 'application/pdf',
  fileName,
});

/** @param open an empty store for each test */
export function fileStoreContract(open: () => Promise<FileStore>): void {
  let store: FileStore;
  beforeEach(async () => {
    store = await open();
  });

  async function contentOf(key: string): Promise<string | null> {
    const stored = await store.get(key);
    return stored && Buffer.from(stored.bytes).toString('latin1');
  }

  it('gives back what was put, byte for byte, with its type and name', async () => {
    const bytes = Uint8Array.from({ length: 600_000 }, (_, index) => (index * 31 + (index >> 8)) % 256);
    await store.put('credential/1/abc', file(bytes, 'Zertifikat für Ä.pdf'));
    const stored = await store.get('credential/1/abc');
    expect(stored?.contentType).to.equal('application/pdf');
    expect(stored?.fileName).to.equal('Zertifikat für Ä.pdf');
    expect(Buffer.from(stored?.bytes ?? []).equals(bytes)).to.equal(true);
  });

  it('keeps an empty file apart from none', async () => {
    await store.put('empty', file(new Uint8Array()));
    expect((await store.get('empty'))?.bytes).to.have.length(0);
    expect(await store.get('none')).to.equal(null);
  });

  it('replaces the former file of a key and keeps the others', async () => {
    await store.put('a/b', file(Buffer.from('first')));
    await store.put('a/c', file(Buffer.from('other')));
    await store.put('a/b', file(Buffer.from('second')));
    expect(await contentOf('a/b')).to.equal('second');
    expect(await contentOf('a/c')).to.equal('other');
  });

  it('shows a reader the old or the new file, never half of one, while it is replaced', async () => {
    const versions = [...'ABCDEF'].map((letter) => letter.repeat(300_000));
    await store.put('key', file(Buffer.from(versions[0] ?? '')));
    let writing = true;
    const reader = (async () => {
      const seen = new Set<string | null>();
      while (writing) seen.add(await contentOf('key'));
      return seen;
    })();
    for (const version of versions) await store.put('key', file(Buffer.from(version)));
    writing = false;
    for (const content of await reader) expect(content).to.be.oneOf(versions);
    expect(await contentOf('key')).to.equal(versions.at(-1));
  });

  it('deletes, and takes the deletion of what is not there for success', async () => {
    await store.put('a/b', file(Buffer.from('x')));
    await store.put('a/b/c', file(Buffer.from('y')));
    await store.delete('a/b');
    await store.delete('a/b');
    await store.delete('never/was');
    expect(await store.get('a/b')).to.equal(null);
    expect(await contentOf('a/b/c')).to.equal('y');
  });

  it('deletes everything below a place, and nothing beside it', async () => {
    for (const key of ['a/b', 'a/b/c', 'a/b/d/e', 'a/bc', 'a/b.c']) await store.put(key, file(Buffer.from(key)));
    await store.deleteUnder('a/b');
    await store.deleteUnder('never/was');
    for (const key of ['a/b', 'a/b/c', 'a/b/d/e']) expect(await store.get(key), key).to.equal(null);
    for (const key of ['a/bc', 'a/b.c']) expect(await contentOf(key)).to.equal(key);
  });

  it('sweeps what was put before a moment, except what is to be kept', async () => {
    for (const key of ['a/old', 'a/kept', 'a/deep/old', 'ab/old']) await store.put(key, file(Buffer.from(key)));
    // disks and databases tell times apart by milliseconds at best
    await new Promise((resolve) => setTimeout(resolve, 20));
    const putBefore = new Date();
    await new Promise((resolve) => setTimeout(resolve, 20));
    for (const key of ['a/new', 'a/deep/again']) await store.put(key, file(Buffer.from(key)));
    const limits = { putBefore, keep: new Set(['a/kept']) };
    expect(await store.sweep('a', { ...limits, putBefore: new Date(0) })).to.equal(0);
    expect(await store.sweep('a', limits)).to.equal(2);
    expect(await store.sweep('a', limits)).to.equal(0);
    expect(await store.sweep('never', limits)).to.equal(0);
    for (const key of ['a/old', 'a/deep/old']) expect(await store.get(key), key).to.equal(null);
    for (const key of ['a/kept', 'a/new', 'a/deep/again', 'ab/old']) expect(await contentOf(key)).to.equal(key);
    await store.put('a/old', file(Buffer.from('again')));
    expect(await contentOf('a/old')).to.equal('again');
  });

  it('takes no key that could lead out of its place', async () => {
    for (const key of ['', '/etc/passwd', '../secret', 'a/../b', 'a//b', 'a/.', 'a\\b', 'a\0b', 'ä']) {
      const outcome = await store.put(key, file(Buffer.from('x'))).then(
        () => 'stored',
        (error: unknown) => (error instanceof InvariantError ? 'refused' : 'failed'),
      );
      expect(outcome, JSON.stringify(key)).to.equal('refused');
    }
  });
}
