import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { english } from '../../../plugin/words.ts';
import { type Check, type VerifierWorld, verdictOf, verifyBadge } from '../../../providers/openbadges/verify.ts';

type Json = Record<string, unknown>;

const KEY = 'z6MkjZRZv3aez3r18pB1RBFJR1kwUVJ5jHt92JmQwXbd5hwi';

function fixture(name: string): Json {
  return JSON.parse(readFileSync(`test/fixtures/open-badges/${name}.json`, 'utf8')) as Json;
}

/** Every issuer of the samples says that this key is its own. */
const world: VerifierWorld = {
  now: new Date('2026-03-01T10:00:00Z'),
  issuerDocument: async (id) => ({
    id,
    verificationMethod: [{ id: `${id}#${KEY}`, type: 'Multikey', controller: id, publicKeyMultibase: KEY }],
    assertionMethod: [`${id}#${KEY}`],
  }),
  statusList: async () => null,
};

async function results(badge: unknown, changes: Partial<VerifierWorld> = {}): Promise<string> {
  const checks = await verifyBadge(badge, { ...world, ...changes });
  return checks.map(({ id, result }) => `${id} ${result}`).join(', ');
}

async function message(
  badge: unknown,
  id: Check['id'],
  changes: Partial<VerifierWorld> = {},
): Promise<string | undefined> {
  const said = (await verifyBadge(badge, { ...world, ...changes })).find((check) => check.id === id)?.message;
  return said && english(said);
}

const GOOD = 'format pass, signature pass, issuer pass, status pass, dates pass';

describe('verifying the badges of the public validator', () => {
  for (const name of ['simple', 'simple-multiple-proofs'])
    it(`finds ${name} valid`, async () => {
      expect(await results(fixture(name))).to.equal(GOOD);
    });

  const notBuilt: Readonly<Record<string, string>> = {
    'simple-err-context': 'its first `@context` is not that of a verifiable credential',
    'simple-err-type': 'its `type` does not say that it is an Open Badge',
    'simple-err-issuer': 'it does not say who issued it',
    'simple-err-issuer-type': 'its `issuer` does not have the type `Profile`',
    'simple-err-issuer-otheridentifier-type': 'its `otherIdentifier` does not have the type `IdentifierEntry`',
    'simple-err-issuer-parentorg-type': 'its `parentOrg` does not have the type `Profile`',
    'simple-err-credential-subject-type': 'its `credentialSubject` does not have the type `AchievementSubject`',
    'simple-err-credential-subject-identifier-type': 'its `identifier` does not have the type `IdentityObject`',
    'simple-err-credential-subject-profile-type': 'its `source` does not have the type `Profile`',
    'simple-err-credential-subject-result-type': 'its `result` does not have the type `Result`',
    'simple-err-credential-subject-achievement-result-description-type':
      'its `resultDescription` does not have the type `ResultDescription`',
    'simple-err-evidence-type': 'its `evidence` does not have the type `Evidence`',
    'simple-err-issued': 'it does not say for what it was issued',
  };
  for (const [name, problem] of Object.entries(notBuilt))
    it(`refuses ${name} by its form`, async () => {
      const checks = await verifyBadge(fixture(name), world);
      expect(checks.map((check) => ({ ...check, message: english(check.message) }))).to.deep.equal([
        { id: 'format', result: 'fail', message: `This is not an Open Badge 3.0: ${problem}.` },
      ]);
    });

  it('refuses a wrong signature, a key of somebody else, and what is out of date, each by its own check', async () => {
    expect(await results(fixture('simple-err-proof-value'))).to.equal(
      'format pass, signature fail, issuer fail, status pass, dates pass',
    );
    expect(await results(fixture('simple-err-expired'))).to.equal(
      'format pass, signature pass, issuer pass, status pass, dates fail',
    );
    expect(await message(fixture('simple-err-expired'), 'dates')).to.equal('It expired on 2010-01-01.');
    for (const name of ['proof-method-no-scheme', 'proof-method-unknown-did-method', 'proof-method-unknown-scheme'])
      expect(await message(fixture(`simple-err-${name}`), 'issuer'), name).to.equal(
        'The key that signed it belongs to somebody else than the issuer that it names.',
      );
    expect(verdictOf(await verifyBadge(fixture('simple-err-proof-method'), world))).to.equal('invalid');
  });

  it('says of a signature of another kind that it is not checked, and of a missing one that anybody may have written it', async () => {
    expect(await message(fixture('simple-eddsa-2022'), 'signature')).to.equal(
      'It is signed in a way that is not checked here (eddsa-2022).',
    );
    expect(await message(fixture('simple-noproof'), 'signature')).to.equal(undefined);
    const { proof: _, ...unsigned } = fixture('simple');
    expect(await message(unsigned, 'signature')).to.equal('It carries no signature: anybody may have written it.');
  });
});

describe('verifying a badge', () => {
  it('finds every change of what was signed', async () => {
    const changes: Json[] = [
      { name: 'Leadership Badge' },
      { validFrom: '2011-01-01T00:00:00Z' },
      { awardedDate: '2010-01-01T00:00:00Z' },
      { credentialSubject: { ...(fixture('simple').credentialSubject as Json), id: 'did:example:somebody-else' } },
    ];
    for (const change of changes)
      expect(await results({ ...fixture('simple'), ...change })).to.equal(
        GOOD.replace('signature pass', 'signature fail'),
      );
  });

  it('finds a word that no vocabulary defines', async () => {
    expect(await results({ ...fixture('simple'), grade: 'A' })).to.equal(
      GOOD.replace('signature pass', 'signature fail'),
    );
  });

  it('lets no badge bring its own meaning of words', async () => {
    const context = fixture('simple')['@context'] as unknown[];
    const own = { ...fixture('simple'), '@context': [...context, { grade: 'https://schema.org/name' }], grade: 'A' };
    const refusal = 'This is not an Open Badge 3.0: it brings a vocabulary of its own in `@context`.';
    expect(await message(own, 'format')).to.equal(refusal);
    const issuer = { ...(fixture('simple').issuer as Json), '@context': { name: 'urn:x' } };
    expect(await message({ ...fixture('simple'), issuer }, 'format')).to.equal(refusal);
    expect(
      await message({ ...fixture('simple'), '@context': [...context, 'https://evil.example/c'] }, 'signature'),
    ).to.equal('It uses a vocabulary that Laurel does not know, so its signature cannot be checked here.');
  });

  it('leaves open whose key it was when the issuer cannot be asked, and checks the signature all the same', async () => {
    const issuerDocument = async (): Promise<unknown> => null;
    expect(await results(fixture('simple'), { issuerDocument })).to.equal(
      GOOD.replace('issuer pass', 'issuer unknown'),
    );
    const elsewhere = async (): Promise<unknown> => world.issuerDocument('https://other.example');
    expect(await results(fixture('simple'), { issuerDocument: elsewhere })).to.equal(
      GOOD.replace('issuer pass', 'issuer unknown'),
    );
  });

  it('fails a key that the issuer trusts no longer, or says belongs to somebody else', async () => {
    const retired = async (id: string) => ({ ...((await world.issuerDocument(id)) as Json), assertionMethod: [] });
    expect(await results(fixture('simple'), { issuerDocument: retired })).to.equal(
      GOOD.replace('issuer pass', 'issuer fail'),
    );
    const foreign = async (id: string) => {
      const [method] = ((await world.issuerDocument(id)) as { verificationMethod: Json[] }).verificationMethod;
      return {
        ...((await world.issuerDocument(id)) as Json),
        verificationMethod: [{ ...method, controller: 'did:x:y' }],
      };
    };
    expect(await results(fixture('simple'), { issuerDocument: foreign })).to.equal(
      GOOD.replace('issuer pass', 'issuer fail'),
    );
  });

  it('leaves open what is kept in a status list that cannot be had or trusted', async () => {
    const entry = {
      type: 'BitstringStatusListEntry',
      statusPurpose: 'revocation',
      statusListIndex: '9',
      statusListCredential: 'https://example.com/status/1',
    };
    const badge = { ...fixture('simple'), credentialStatus: entry };
    expect(await message(badge, 'status')).to.equal(
      'The list of revoked badges could not be had: it may have been revoked.',
    );
    const unsigned = {
      id: entry.statusListCredential,
      type: ['VerifiableCredential', 'BitstringStatusListCredential'],
      issuer: 'https://example.com/issuers/876543',
      credentialSubject: { statusPurpose: 'revocation', encodedList: 'u' },
    };
    expect(await message(badge, 'status', { statusList: async () => unsigned })).to.equal(
      'The list of revoked badges is not one that can be trusted: it may have been revoked.',
    );
    for (const wrong of [
      { ...entry, type: '1EdTechRevocationList' },
      { ...entry, statusSize: 2 },
      { ...entry, statusPurpose: 'message' },
      { ...entry, statusListIndex: -1 },
      'x',
    ])
      expect(await message({ ...badge, credentialStatus: wrong }, 'status')).to.equal(
        'Its status is kept in a way that is not checked here.',
      );
  });

  it('is not valid before its first day', async () => {
    expect(await message(fixture('simple'), 'dates', { now: new Date('2009-12-31T00:00:00Z') })).to.equal(
      'It is not valid before 2010-01-01.',
    );
  });

  it('takes nothing at all for a badge', async () => {
    for (const value of [null, 1, 'x', [], {}, [[]], { '@context': null }, { '@context': { length: 1 } }])
      expect(verdictOf(await verifyBadge(value, world))).to.equal('invalid');
  });

  it('is undecided as long as one check is, and wrong as soon as one is', () => {
    expect(verdictOf([{ result: 'pass' }, { result: 'unknown' }])).to.equal('unknown');
    expect(verdictOf([{ result: 'fail' }, { result: 'unknown' }])).to.equal('invalid');
    expect(verdictOf([{ result: 'pass' }])).to.equal('valid');
  });
});
