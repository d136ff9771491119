/** Whatever learners, rules and templates say stays text in a badge: it adds no property, no context and no other meaning. */

import { expect } from 'chai';
import fc from 'fast-check';
import type { JsonObject } from '../../../providers/openbadges/credential.ts';
import { aRequest, aTemplate, issuerWorld, UUID } from '../../support/issuer-world.ts';

const CONTEXTS = [
  'https://www.w3.org/ns/credentials/v2',
  'https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json',
  'https://w3id.org/security/data-integrity/v2',
];

const ATTACKS: readonly string[] = [
  '"},"@context":{"name":"https://evil.example/name"},"x":{"',
  '","@context":["https://evil.example/context"],"type":["Evil"],"a":"',
  '@context',
  '@id',
  '{"@type":"https://evil.example/Type"}',
  '{"@value":"x","@language":"en"}',
  '__proto__',
  'constructor',
  '</script><script>alert(1)</script>',
  '\u2028\u2029\u0000',
  'did:web:evil.example',
];

/** Paths of every property, with all items of a list under one. */
function pathsOf(value: unknown, at = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => pathsOf(item, `${at}[]`));
  if (typeof value !== 'object' || value === null) return [at];
  return Object.entries(value).flatMap(([name, inner]) => [`${at}.${name}`, ...pathsOf(inner, `${at}.${name}`)]);
}

async function issuedWith(text: (field: string) => string): Promise<JsonObject> {
  const { provenance } = aRequest();
  const [requirement] = provenance?.requirements ?? [];
  if (!provenance || !requirement) throw new Error('the request has no provenance');
  const template = aTemplate({
    name: text('name'),
    description: text('description'),
    details: {
      criteria: text('criteria'),
      criteriaUrl: 'https://example.edu/criteria',
      achievementType: 'Course',
      tags: [text('tag'), text('tag 2')],
      alignments: [{ name: text('alignment'), url: 'https://example.edu/framework/life' }],
      image: 'abc.png',
      // a template says nothing that the form has no field for
      '@context': 'https://evil.example/context',
      credentialSubject: { id: 'did:web:evil.example' },
    },
  });
  const { provider, store, templates } = issuerWorld();
  templates.set(template.templateId, template);
  await provider.award(
    aRequest({
      badgeName: text('badge'),
      recipient: {
        learnerId: 'l1',
        username: text('username'),
        name: text('learner'),
        email: `${text('email')}@x.org`,
      },
      provenance: {
        ...provenance,
        requirements: [
          {
            ...requirement,
            requirement: text('requirement'),
            events: [{ eventId: text('event'), at: aRequest().awardedAt }],
          },
        ],
      },
    }),
  );
  return JSON.parse((await store.badge(UUID))?.content ?? 'null') as JsonObject;
}

describe('hostile text in a badge', () => {
  let harmless: JsonObject;
  before(async () => {
    harmless = await issuedWith((field) => `a ${field}`);
  });

  function expectSameShape(badge: JsonObject): void {
    expect(new Set(pathsOf(badge))).to.deep.equal(new Set(pathsOf(harmless)));
    expect(badge['@context']).to.deep.equal(harmless['@context']);
    expect(badge.type).to.deep.equal(harmless.type);
    expect(badge.issuer).to.deep.equal(harmless.issuer);
  }

  it('stands in a badge of the standard contexts and no others', () => {
    expect(harmless['@context']).to.be.an('array').that.is.not.empty;
    for (const context of harmless['@context'] as readonly unknown[]) expect(context).to.be.oneOf(CONTEXTS);
    expect(pathsOf(harmless).filter((path) => path.includes('@'))).to.deep.equal([
      '.@context',
      '.@context[]',
      '.@context[]',
    ]);
    expect(JSON.stringify(harmless)).not.to.include('evil.example');
  });

  for (const attack of ATTACKS) {
    it(`changes nothing but its own field: ${JSON.stringify(attack)}`, async () => {
      const badge = await issuedWith(() => attack);
      expectSameShape(badge);
      const { achievement } = badge.credentialSubject as { readonly achievement: JsonObject };
      expect(achievement).to.deep.include({ name: attack, description: attack });
    });
  }

  it('is text, whatever it is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', minLength: 1 }), async (text) => {
        expectSameShape(await issuedWith(() => `x${text}`));
      }),
      { numRuns: 25 },
    );
  });
});
