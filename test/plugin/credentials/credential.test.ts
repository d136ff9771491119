import { expect } from 'chai';
import {
  completeCredential,
  failCredential,
  invalidateCredential,
  restartCredential,
  startCredential,
} from '../../../plugin/credentials/credential.ts';
import type { Credential } from '../../../plugin/ports/credential-store.ts';
import { anIssuedCredential } from '../../contracts/credential-store.ts';
import { NOW } from '../../support/credential-world.ts';

const STATUSES = ['generating', 'available', 'error', 'invalidated'] as const;
const newId = () => crypto.randomUUID();

const steps: Readonly<Record<Credential['status'], (credential: Credential) => Credential>> = {
  generating: (credential) => restartCredential(credential, credential, NOW, newId),
  available: (credential) =>
    completeCredential(credential, { sizeBytes: 3, sha256: 'c', issuedAt: NOW, expiresAt: null, mail: null }, NOW),
  error: (credential) => failCredential(credential, 'no glyph', NOW),
  invalidated: (credential) => invalidateCredential(credential, 'a mistake', 'archive/1', NOW),
};

describe('the life of a credential', () => {
  const allowed = [
    'generating -> generating',
    'generating -> available',
    'generating -> error',
    'generating -> invalidated',
    'available -> invalidated',
    'error -> generating',
    'error -> invalidated',
  ];

  for (const from of STATUSES) {
    for (const to of STATUSES) {
      const step = `${from} -> ${to}`;
      it(`${allowed.includes(step) ? 'allows' : 'refuses'} ${step}`, () => {
        const credential = anIssuedCredential({ status: from });
        if (allowed.includes(step)) expect(steps[to](credential).status).to.equal(to);
        else {
          expect(() => steps[to](credential)).to.throw(
            `the credential is ${from} and cannot become ${to}; load it again to see what happened to it`,
          );
        }
      });
    }
  }

  it('begins with ids that say nothing of each other and a file key nobody can guess', () => {
    const one = startCredential(anIssuedCredential(), NOW, newId);
    const other = startCredential(anIssuedCredential(), NOW, newId);
    expect(new Set([one.id, one.verifyId, other.id, other.verifyId]).size).to.equal(4);
    expect(one.fileKey).to.match(/^credential\/[0-9a-f-]{36}\/[0-9a-f-]{36}$/);
    expect(one.fileKey).not.to.include(one.verifyId);
    expect(one).to.include({ status: 'generating', attempts: 1, issuedAt: null });
  });

  it('gives each attempt a file of its own and today’s details of the learner', () => {
    const failed = anIssuedCredential({ status: 'error', fileKey: null, reason: 'no glyph' });
    const again = restartCredential(failed, { ...failed, learnerName: 'Ada King' }, NOW, newId);
    expect(again).to.include({ learnerName: 'Ada King', reason: null, attempts: 2, verifyId: failed.verifyId });
    expect(again.fileKey).to.match(/^credential\//);
    expect(restartCredential(again, again, NOW, newId).fileKey).not.to.equal(again.fileKey);
  });

  it('moves updatedAt with every step, also within one millisecond and when the clock goes back', () => {
    const credential = startCredential(anIssuedCredential(), NOW, newId);
    const step = failCredential(credential, 'no glyph', NOW);
    expect(step.updatedAt.getTime()).to.equal(NOW.getTime() + 1);
    expect(restartCredential(step, step, new Date(0), newId).updatedAt.getTime()).to.equal(NOW.getTime() + 2);
  });
});
