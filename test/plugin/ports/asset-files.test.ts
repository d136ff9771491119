import { expect } from 'chai';
import { MemoryFileStore } from '../../../plugin/ports/asset-files.ts';
import { fileStoreContract } from '../../contracts/file-store.ts';

describe('the in-memory file store', () => {
  fileStoreContract(async () => new MemoryFileStore());

  it('is not changed through the bytes it was given or gave', async () => {
    const store = new MemoryFileStore();
    const bytes = Uint8Array.of(1, 2, 3);
    await store.put('key', { bytes, contentType: 'a/b', fileName: 'c' });
    bytes[0] = 9;
    const first = await store.get('key');
    if (first) first.bytes[1] = 9;
    expect([...((await store.get('key'))?.bytes ?? [])]).to.deep.equal([1, 2, 3]);
  });
});
