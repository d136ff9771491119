import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { NotFoundError, StoreError } from '../../../plugin/errors.ts';
import { MemoryIssuerStore } from '../../../plugin/ports/memory-issuer-store.ts';
import { systemClock } from '../../../plugin/ports/runtime.ts';
import { createKeyRing, sealedIssuerKeys } from '../../../providers/openbadges/key-ring.ts';
import { keyId, sign } from '../../../providers/openbadges/signing.ts';
import { verdictOf, verifyBadge } from '../../../providers/openbadges/verify.ts';
import { createSecretBox } from '../../../server/secret-box.ts';
import { libraryProblem, type Published, signatureFits } from '../../support/independent-verifier.ts';
import { aRequest, type IssuerWorld, issuerWorld, openSecretBox, SITE, UUID } from '../../support/issuer-world.ts';

type Json = Record<string, unknown>;

/** All that an issuer has on the web. */
async function published({ issuer, store, now }: IssuerWorld): Promise<Published> {
  const lists = Array.from({ length: await store.lastList() }, (_, index) => index + 1);
  const statusLists = new Map<string, Json>();
  for (const list of lists)
    statusLists.set(issuer.addresses.statusList(list), JSON.parse((await issuer.statusList(list)) ?? '') as Json);
  return { didDocument: (await issuer.didDocument()) as Json, statusLists, now };
}

/** What our own verifier says when it may ask for what is published. */
async function ownVerdict(badge: Json, { didDocument, statusLists }: Published, now: Date): Promise<string> {
  const checks = await verifyBadge(badge, {
    now,
    issuerDocument: async (id) => (id === didDocument.id ? didDocument : null),
    statusList: async (address) => statusLists?.get(address) ?? null,
  });
  return `${verdictOf(checks)}: ${checks.filter(({ result }) => result !== 'pass').map(({ id }) => id)}`;
}

describe('the signature of a badge', () => {
  it('is that of the published test vector, byte for byte', async () => {
    const issuerId = 'https://example.edu/issuers/565049';
    const credential = {
      '@context': [
        'https://www.w3.org/ns/credentials/v2',
        'https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json',
      ],
      id: 'http://example.com/credentials/3527',
      type: ['VerifiableCredential', 'OpenBadgeCredential'],
      issuer: { id: issuerId, type: ['Profile'], url: 'https://www.imsglobal.org', name: 'Example Corp' },
      validFrom: '2010-01-01T00:00:00Z',
      name: 'Teamwork Badge',
      credentialSubject: {
        id: 'did:example:ebfeb1f712ebc6f1c276e12ec21',
        type: ['AchievementSubject'],
        achievement: {
          id: 'https://example.com/achievements/21st-century-skills/teamwork',
          type: ['Achievement'],
          criteria: {
            narrative:
              'Team members are nominated for this badge by their peers and recognized upon review by Example Corp management.',
          },
          description:
            'This badge recognizes the development of the capacity to collaborate within a group environment.',
          name: 'Teamwork',
        },
      },
    };
    const key = {
      publicKey: 'z6MkjZRZv3aez3r18pB1RBFJR1kwUVJ5jHt92JmQwXbd5hwi',
      secretKey: 'zrv2bqTbNwCTsRrHFcJCPjVAduh4Ezcnoq1A3ZxH1GWTNkxipLVuaAoMFmze2gFN9oNXfJjufxSHWVZzsJiUsMHFMcx',
    };
    const created = new Date('2010-01-01T19:23:24Z');
    expect((await sign(credential, { issuerId, key, created })).proof).to.deep.equal({
      type: 'DataIntegrityProof',
      created: '2010-01-01T19:23:24Z',
      verificationMethod: `${issuerId}#z6MkjZRZv3aez3r18pB1RBFJR1kwUVJ5jHt92JmQwXbd5hwi`,
      cryptosuite: 'eddsa-rdfc-2022',
      proofPurpose: 'assertionMethod',
      proofValue: 'z5x9aCBYovW3CQCbKdNyhEm7ffYSw1YpEdPywQJoNbzDD2gkzQDKJ1sYKJaWvqZtkMtSbz35HcbgXVEDYHxCzgkCr',
    });
  });

  it('is refused to a badge with a word that no vocabulary defines', async () => {
    const world = issuerWorld();
    const key = await world.keyRing.signingKey();
    await world.provider.award(aRequest());
    const { proof: _, ...content } = await world.signed();
    const signing = { issuerId: world.issuer.addresses.issuerId, key, created: world.now };
    expect(await sign(content, signing)).to.have.property('proof');
    const error = await sign({ ...content, grade: 'A' }, signing).catch((reason: unknown) => reason);
    expect(error).to.have.property('message', 'Safe mode validation error.');
  });
});

describe('an issued badge', () => {
  let world: IssuerWorld;
  beforeEach(async () => {
    world = issuerWorld({ randomIndex: () => 9 });
    await world.provider.award(aRequest());
  });

  it('says everything that the standard wants, and nothing that names the learner', async () => {
    const { proof: _, ...badge } = await world.signed();
    const { salt, identityHash } = ((badge.credentialSubject as Json).identifier as Json[])[0] as Record<
      string,
      string
    >;
    expect(identityHash).to.equal(`sha256$${createHash('sha256').update(`ada@example.com${salt}`).digest('hex')}`);
    expect(badge).to.deep.equal({
      '@context': [
        'https://www.w3.org/ns/credentials/v2',
        'https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json',
      ],
      id: `${SITE}/open-badges/${UUID}/credential.json`,
      type: ['VerifiableCredential', 'OpenBadgeCredential'],
      name: 'Course completer',
      image: { id: `${SITE}/open-badges/images/abc.png`, type: 'Image' },
      issuer: { id: 'did:web:badges.example.edu', type: ['Profile'], name: 'badges.example.edu', url: SITE },
      validFrom: '2026-03-02T12:00:00Z',
      awardedDate: '2026-03-01T00:00:00Z',
      credentialSubject: {
        type: ['AchievementSubject'],
        identifier: [{ type: 'IdentityObject', hashed: true, identityHash, identityType: 'emailAddress', salt }],
        achievement: {
          id: `${SITE}/open-badges/achievements/course-completer`,
          type: ['Achievement'],
          name: 'Course completer',
          description: 'Finished the course.',
          criteria: { id: 'https://example.edu/criteria', narrative: 'Pass the course.' },
          achievementType: 'Course',
          image: { id: `${SITE}/open-badges/images/abc.png`, type: 'Image' },
          tag: ['biology', 'first year'],
          alignment: [
            { type: ['Alignment'], targetName: 'Life sciences', targetUrl: 'https://example.edu/framework/life' },
          ],
        },
      },
      evidence: [
        {
          type: ['Evidence'],
          name: 'course',
          narrative:
            'Version 3 of the rules found this requirement fulfilled by org.openedx.learning.course.passing.status.updated.v1:\n' +
            '- 2026-03-01T00:00:00Z, event e-1\n- and 2 more',
        },
      ],
      credentialStatus: {
        id: `${SITE}/open-badges/status/1#9`,
        type: 'BitstringStatusListEntry',
        statusPurpose: 'revocation',
        statusListIndex: '9',
        statusListCredential: `${SITE}/open-badges/status/1`,
      },
    });
    const everything = JSON.stringify(await world.store.badge(UUID));
    for (const personal of ['Ada', 'Lovelace', 'ada@', 'Ada@']) expect(everything).to.not.include(personal);
  });

  it('is valid to verifiers that know only what is published', async () => {
    const badge = await world.signed();
    const web = await published(world);
    expect(await libraryProblem(badge, web)).to.equal(null);
    expect(await signatureFits(badge, web)).to.equal(true);
    expect(await ownVerdict(badge, web, world.now)).to.equal('valid: ');
  });

  it('proves its signature when the issuer is gone: only its status and its keys are open then', async () => {
    const badge = await world.signed();
    const nothing = async () => null;
    const checks = await verifyBadge(badge, { now: world.now, issuerDocument: nothing, statusList: nothing });
    expect(Object.fromEntries(checks.map(({ id, result }) => [id, result]))).to.deep.equal({
      ...{ format: 'pass', signature: 'pass', issuer: 'unknown', status: 'unknown', dates: 'pass' },
    });
  });

  it('is valid no more to anybody when it was changed or its signature was', async () => {
    const badge = await world.signed();
    const web = await published(world);
    const proof = badge.proof as Json;
    const changed: Json[] = [
      { ...badge, name: 'Professor' },
      { ...badge, validFrom: '2020-01-01T00:00:00Z' },
      { ...badge, credentialStatus: { ...(badge.credentialStatus as Json), statusListIndex: '10' } },
      { ...badge, proof: { ...proof, created: '2020-01-01T00:00:00Z' } },
      {
        ...badge,
        proof: { ...proof, proofValue: `z${String(proof.proofValue).slice(1).split('').reverse().join('')}` },
      },
    ];
    for (const one of changed) {
      expect(await libraryProblem(one, web)).to.be.a('string');
      expect(await signatureFits(one, web).catch(() => false)).to.equal(false);
      expect(await ownVerdict(one, web, world.now)).to.match(/^invalid: .*signature/);
    }
  });

  it('is revoked for everybody, whatever the library says first (UD10)', async () => {
    const badge = await world.signed();
    await world.provider.revoke({ uuid: UUID, templateId: 'course-completer', externalId: UUID, reason: 'regraded' });
    const web = await published(world);
    expect(await libraryProblem(badge, web)).to.equal('revoked');
    expect(await ownVerdict(badge, web, world.now)).to.equal('invalid: status');
    expect(await signatureFits(badge, web)).to.equal(true);
  });

  it('is neither valid nor invalid while its status list cannot be had', async () => {
    const badge = await world.signed();
    const { didDocument } = await published(world);
    expect(await libraryProblem(badge, { didDocument, now: world.now })).to.include('not published');
    expect(await ownVerdict(badge, { didDocument }, world.now)).to.equal('unknown: status');
  });

  it('does not take a list for its own that another issuer signed', async () => {
    const badge = await world.signed();
    const other = issuerWorld({ site: 'https://other.example' });
    await other.provider.award(aRequest());
    const foreign = JSON.parse((await other.issuer.statusList(1)) ?? '') as Json;
    const address = world.issuer.addresses.statusList(1);
    for (const list of [
      foreign,
      { ...foreign, id: address },
      { ...foreign, id: address, issuer: 'did:web:badges.example.edu' },
    ]) {
      const web = { ...(await published(world)), statusLists: new Map([[address, list]]) };
      expect(await ownVerdict(badge, web, world.now)).to.equal('unknown: status');
    }
  });

  it('is signed once, also when several ask for it first', async () => {
    const documents = await Promise.all([1, 2, 3].map(() => world.issuer.signedBadge(UUID)));
    world.now = new Date('2026-04-01T00:00:00Z');
    documents.push(await world.issuer.signedBadge(UUID));
    expect(new Set(documents.map(({ document }) => document)).size).to.equal(1);
  });

  it('is not there under an id that was never issued', async () => {
    const error = await world.issuer.signedBadge(UUID.replace('7d', '9d')).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(NotFoundError);
    expect(error).to.have.property('message', 'there is no badge with this id');
  });
});

describe('the keys of the issuer', () => {
  it('sign with a new one after a rotation, and what the former signed stays valid', async () => {
    const world = issuerWorld();
    await world.provider.award(aRequest());
    const before = await world.signed();
    const secondUuid = UUID.replace('7d', '8d');
    expect(await world.keyRing.rotate()).to.equal(2);
    await world.provider.award(aRequest({ uuid: secondUuid }));
    const after = await world.signed(secondUuid);
    const method = ({ proof }: Json): unknown => (proof as Json).verificationMethod;
    expect(method(before)).to.not.equal(method(after));
    expect(await world.signed()).to.deep.equal(before);
    const web = await published(world);
    for (const badge of [before, after]) {
      expect(await libraryProblem(badge, web)).to.equal(null);
      expect(await ownVerdict(badge, web, world.now)).to.equal('valid: ');
    }
  });

  it('count no more when they are distrusted: badges are signed anew when they are asked for, copies fail', async () => {
    const world = issuerWorld();
    await world.provider.award(aRequest());
    const stolen = await world.signed();
    await world.store.distrustKey(1, world.now);
    const web = await published(world);
    expect(await ownVerdict(stolen, web, world.now)).to.equal('invalid: issuer');
    expect(await libraryProblem(stolen, web)).to.be.a('string');
    const anew = await world.signed();
    expect(await ownVerdict(anew, web, world.now)).to.equal('valid: ');
    expect(await libraryProblem(anew, web)).to.equal(null);
    expect((await world.store.keys()).map(({ number, distrustedAt }) => [number, distrustedAt === null])).to.deep.equal(
      [
        [1, false],
        [2, true],
      ],
    );
  });

  it('are one when many processes need the first at the same time', async () => {
    const store = new MemoryIssuerStore();
    const keys = await Promise.all(Array.from({ length: 8 }, () => issuerWorld({ store }).keyRing.signingKey()));
    expect(await store.keys()).to.have.length(1);
    expect(new Set(keys.map(({ secretKey }) => secretKey)).size).to.equal(1);
  });

  it('are never written down in the open, and are bound to their number', async () => {
    const { keyRing, store } = issuerWorld();
    const { secretKey, publicKey } = await keyRing.signingKey();
    const [key] = await store.keys();
    expect(key?.sealedSecret).to.equal(openSecretBox.seal(secretKey, 'issuer-key:1'));
    expect(key?.publicKey).to.equal(publicKey);
  });

  it('are sealed again when the box says that the seal is outdated', async () => {
    const { keyRing, store } = issuerWorld();
    const { secretKey } = await keyRing.signingKey();
    const box = { ...openSecretBox, isOutdated: () => true, seal: (secret: string) => `new ${secret}` };
    const { secretKey: again } = await createKeyRing({ store, secretBox: box, clock: systemClock }).signingKey();
    expect(again).to.equal(secretKey);
    expect((await store.keys())[0]?.sealedSecret).to.equal(`new ${secretKey}`);
  });

  it('are sealed anew with everything else that is, and counted when they cannot be opened', async () => {
    const { keyRing, store } = issuerWorld();
    const { secretKey } = await keyRing.signingKey();
    await keyRing.rotate();
    await store.resealKey(2, 'damaged');
    const box = createSecretBox('a new key that is long enough');
    const former = createSecretBox('a former key that is long enough');
    await store.resealKey(1, former.seal(secretKey, 'issuer-key:1'));
    const both = createSecretBox('a new key that is long enough', ['a former key that is long enough']);
    const sealed = sealedIssuerKeys({ store, secretBox: both });
    expect(await sealed.reseal()).to.deep.equal({ current: 0, resealed: 1, lost: 1 });
    expect(await sealed.reseal()).to.deep.equal({ current: 1, resealed: 0, lost: 1 });
    expect(box.open((await store.keys())[0]?.sealedSecret ?? '', 'issuer-key:1')).to.equal(secretKey);
  });

  it('say what to do when they cannot be opened', async () => {
    const { keyRing, store } = issuerWorld();
    await keyRing.signingKey();
    const secretBox = {
      ...openSecretBox,
      open: () => {
        throw new StoreError('secret', 'no');
      },
    };
    const error = await createKeyRing({ store, secretBox, clock: systemClock })
      .signingKey()
      .catch((reason: unknown) => reason);
    expect(error).to.have.property(
      'message',
      'the signing key of Open Badges cannot be opened: LAUREL_SECRET_KEY is not the one it was sealed with; ' +
        'add the former key to LAUREL_FORMER_SECRET_KEYS, or run `laurel issuer rotate-key` to sign with a new key from now on',
    );
  });
});

describe('what the issuer publishes', () => {
  it('is a did:web document with its trusted keys', async () => {
    const { issuer, keyRing } = issuerWorld({ site: 'http://127.0.0.1:8080' });
    const { publicKey } = await keyRing.signingKey();
    const id = 'did:web:127.0.0.1%3A8080';
    expect(await issuer.didDocument()).to.deep.equal({
      '@context': ['https://www.w3.org/ns/did/v1', 'https://w3id.org/security/multikey/v1'],
      id,
      verificationMethod: [
        { id: keyId(id, publicKey), type: 'Multikey', controller: id, publicKeyMultibase: publicKey },
      ],
      assertionMethod: [keyId(id, publicKey)],
    });
  });

  it('is a signed list that says of every badge whether it is revoked, made anew when that changes', async () => {
    const world = issuerWorld({ randomIndex: () => 9 });
    expect(await world.issuer.statusList(1)).to.equal(null);
    await world.provider.award(aRequest());
    const first = await world.issuer.statusList(1);
    expect(await world.issuer.statusList(1)).to.equal(first);
    await world.provider.revoke({ uuid: UUID, templateId: 'x', externalId: UUID, reason: 'x' });
    const second = await world.issuer.statusList(1);
    expect(second).to.not.equal(first);
    expect(JSON.parse(second ?? '').credentialSubject.ttl).to.equal(300_000);
    world.now = new Date(world.now.getTime() + 300_001);
    expect(await world.issuer.statusList(1)).to.not.equal(second);
    for (const number of [0, 2, -1, 1.5, Number.NaN]) expect(await world.issuer.statusList(number)).to.equal(null);
  });
});
