import { expect } from 'chai';
import { credentialMetadata, findVerifiable, verificationFacts } from '../../../plugin/credentials/verification.ts';
import type { Credential } from '../../../plugin/ports/credential-store.ts';
import { MemoryCredentialStore } from '../../../plugin/ports/memory-credential-store.ts';
import { anIssuedCredential, rejection } from '../../contracts/credential-store.ts';
import { NOW } from '../../support/credential-world.ts';

describe('verification', () => {
  const { verifyId, id } = anIssuedCredential();

  async function storeWith(facts: Partial<Credential>): Promise<MemoryCredentialStore> {
    const store = new MemoryCredentialStore();
    await store.createCredential(anIssuedCredential(facts));
    return store;
  }

  it('tells of an issued credential', async () => {
    const credential = await findVerifiable(await storeWith({}), verifyId.toUpperCase());
    expect(verificationFacts(credential, { showName: true, now: NOW })).to.deep.equal({
      status: 'available',
      valid: true,
      name: 'Ada Lovelace',
      contextKey: 'course-v1:OpenedX+DemoX+Demo_Course',
      contextName: 'Demonstration Course',
      type: 'Course certificate',
      issuedAt: '2026-03-01T10:00:00.000Z',
      expiresAt: null,
      invalidationReason: null,
    });
  });

  it('tells of an invalidated one why it is', async () => {
    const credential = await findVerifiable(await storeWith({ status: 'invalidated', reason: 'A mistake' }), verifyId);
    expect(verificationFacts(credential, { showName: true, now: NOW })).to.include({
      status: 'invalidated',
      valid: false,
      invalidationReason: 'A mistake',
    });
  });

  it('tells an expired one apart from an invalidated one', () => {
    const expiresAt = new Date('2026-03-01T12:00:00Z');
    const facts = (now: Date, status: Credential['status'] = 'available') =>
      verificationFacts(anIssuedCredential({ expiresAt, status }), { showName: true, now });
    expect(facts(new Date(expiresAt.getTime() - 1))).to.include({ status: 'available', valid: true });
    expect(facts(expiresAt)).to.include({
      status: 'expired',
      valid: false,
      expiresAt: '2026-03-01T12:00:00.000Z',
      invalidationReason: null,
    });
    expect(facts(expiresAt, 'invalidated')).to.include({ status: 'invalidated', valid: false });
    expect(credentialMetadata(anIssuedCredential({ expiresAt }))).to.include({
      status: 'available',
      expires: '2026-03-01T12:00:00.000Z',
    });
  });

  it('L7: keeps the name to itself where the server is told to', () => {
    expect(verificationFacts(anIssuedCredential(), { showName: false, now: NOW })).not.to.have.property('name');
  });

  it('shows nothing that leads to the document, the account or the address of the learner', () => {
    const shown = JSON.stringify(verificationFacts(anIssuedCredential(), { showName: true, now: NOW }));
    for (const secret of [id, 'credential/1/secret', 'ada@example.com', '"ada"']) expect(shown).not.to.include(secret);
  });

  it('answers with the fields of the reference system', () => {
    expect(credentialMetadata(anIssuedCredential())).to.deep.equal({
      user_full_name: 'Ada Lovelace',
      created: '2026-03-01T10:00:00.000Z',
      learning_context_name: 'Demonstration Course',
      status: 'available',
      invalidation_reason: '',
      expires: null,
    });
    expect(credentialMetadata(anIssuedCredential({ status: 'invalidated', reason: 'A mistake' }))).to.include({
      status: 'invalidated',
      invalidation_reason: 'A mistake',
    });
  });

  const hidden: Readonly<Record<string, Partial<Credential>>> = {
    'one that is being made': { status: 'generating', issuedAt: null },
    'one whose making failed': { status: 'error', issuedAt: null, reason: 'the glyph U+5F20 is not in the font' },
    'one taken back before it existed': { status: 'invalidated', issuedAt: null },
  };
  for (const [name, facts] of Object.entries(hidden)) {
    it(`does not know ${name}`, async () => {
      expect((await rejection(findVerifiable(await storeWith(facts), verifyId))).code).to.equal('not-found.credential');
    });
  }

  it('answers alike for an unknown id, a malformed one and the internal one', async () => {
    const store = await storeWith({});
    for (const wrong of ['00000000-0000-4000-8000-000000000000', 'x', '', id]) {
      expect((await rejection(findVerifiable(store, wrong))).message).to.equal(
        'there is no credential with this verification id; copy it from the document again',
      );
    }
  });
});
