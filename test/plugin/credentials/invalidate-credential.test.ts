import { expect } from 'chai';
import { invalidateCredential } from '../../../plugin/credentials/invalidate-credential.ts';
import { MemoryFileStore } from '../../../plugin/ports/asset-files.ts';
import type { Credential } from '../../../plugin/ports/credential-store.ts';
import { MemoryCredentialStore } from '../../../plugin/ports/memory-credential-store.ts';
import { anIssuedCredential, rejection } from '../../contracts/credential-store.ts';
import { NOW } from '../../support/credential-world.ts';

describe('invalidating a credential', () => {
  const { id } = anIssuedCredential();

  async function world(facts: Partial<Credential> = {}) {
    const store = new MemoryCredentialStore();
    const files = new MemoryFileStore();
    const credential = anIssuedCredential(facts);
    await store.createCredential(credential);
    if (credential.fileKey) {
      await files.put(credential.fileKey, { bytes: Buffer.from('pdf'), contentType: 'application/pdf', fileName: 'c' });
    }
    return { store, files, clock: { now: () => NOW }, newId: () => crypto.randomUUID() };
  }

  it('keeps the reason and moves the document to the archive', async () => {
    const using = await world();
    const invalidated = await invalidateCredential(id, ' Given by mistake ', using);
    expect(invalidated).to.include({ status: 'invalidated', reason: 'Given by mistake' });
    expect(await using.store.credential(id)).to.deep.equal(invalidated);
    expect(using.files.keys()).to.deep.equal([invalidated.fileKey]);
    expect(invalidated.fileKey).to.match(/^archive\//);
    expect(Buffer.from((await using.files.get(invalidated.fileKey ?? ''))?.bytes ?? []).toString()).to.equal('pdf');
  });

  it('needs no document', async () => {
    const using = await world({ status: 'error', fileKey: null });
    expect(await invalidateCredential(id, 'Left the course', using)).to.include({ fileKey: null });
  });

  it('asks for a reason', async () => {
    const using = await world();
    for (const reason of ['  ', 'x'.repeat(501)]) {
      expect((await rejection(invalidateCredential(id, reason, using))).message).to.equal(
        'the reason must have 1 to 500 characters',
      );
    }
    expect((await using.store.credential(id))?.status).to.equal('available');
  });

  it('refuses an unknown credential and one that is invalidated already', async () => {
    const using = await world();
    expect((await rejection(invalidateCredential('nobody', 'x', using))).message).to.equal(
      'there is no credential with this id; choose one from the list',
    );
    await invalidateCredential(id, 'first', using);
    expect((await rejection(invalidateCredential(id, 'second', using))).code).to.equal('credential.status');
    expect((await using.store.credential(id))?.reason).to.equal('first');
  });

  it('leaves everything as it was when somebody else was faster', async () => {
    const using = await world();
    using.store.updateCredential = async () => false;
    expect((await rejection(invalidateCredential(id, 'x', using))).message).to.equal(
      'somebody else changed the credential at the same time; load it again',
    );
    expect(using.files.keys()).to.deep.equal(['credential/1/secret']);
  });
});
