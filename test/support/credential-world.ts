/** A small world for PDF credentials on the in-memory twins: one configuration, a clock to turn, functions that can be
 *  told to fail. */

import { createCredentialRunner, type RunnerParts } from '../../plugin/credentials/credential-runner.ts';
import { CredentialError } from '../../plugin/errors.ts';
import type { GenerationFunction, GenerationRequest } from '../../plugin/extensions/generation-function.ts';
import { ExtensionRegistry } from '../../plugin/extensions/registry.ts';
import type { RetrievalFunction } from '../../plugin/extensions/retrieval-function.ts';
import { MemoryFileStore } from '../../plugin/ports/asset-files.ts';
import type { Credential, CredentialStore } from '../../plugin/ports/credential-store.ts';
import { MemoryLearnerRecords, resumptionOf } from '../../plugin/ports/learner-records.ts';
import { MemoryCredentialStore } from '../../plugin/ports/memory-credential-store.ts';
import { silentLogger } from '../../plugin/ports/runtime.ts';
import { aConfiguration, aType } from '../contracts/credential-store.ts';
import { aLearnerRecord, DEMO_COURSE } from '../contracts/learner-records.ts';

export const CONFIGURATION = 'configuration-1';
export const NOW = new Date('2026-03-01T12:00:00Z');

/** Eligible is whoever has a completion above 0; a completion of NaN is bad data. */
export const fakeRetrieval: RetrievalFunction = {
  name: 'everybody',
  title: 'Everybody',
  description: 'All who have begun.',
  options: [{ name: 'note', type: 'text', default: null, doc: 'Anything.' }],
  facts: [],
  check() {},
  async *retrieve(contextKey, _options, context) {
    const { records, username = null, signal } = context;
    const asked = { completion: true, grades: false, username, ...(signal ? { signal } : {}) };
    const wanted = { ...asked, ...resumptionOf(context) };
    for await (const { learner, courses } of records.enrolled(contextKey, wanted)) {
      const share = courses.get(contextKey)?.completion ?? 0;
      const problem = Number.isNaN(share) ? 'the completion of a learner is no number' : null;
      yield { learner, eligible: share > 0, courses: [], problem };
    }
  },
};

type Generate = (request: GenerationRequest) => Promise<void> | void;

/** @param before runs before each document is made: throw to fail it */
export function fakeGeneration(before: Generate = () => {}): GenerationFunction {
  return {
    name: 'text',
    title: 'Text',
    description: 'A line of text.',
    options: [{ name: 'greeting', type: 'text', default: 'for', doc: 'A word.' }],
    check() {},
    assetsOf: () => [],
    async checkAsset() {},
    async assetSample({ asset }) {
      return { bytes: Buffer.from(`sample of ${asset.slug}`), contentType: 'text/plain', fileName: 'sample.txt' };
    },
    async generate(request) {
      await before(request);
      const { options, learnerName, contextName, verifyUrl } = request;
      return {
        bytes: Buffer.from(`${contextName} ${options.greeting} ${learnerName} ${verifyUrl}`),
        contentType: 'text/plain',
        fileName: 'credential.txt',
      };
    },
  };
}

export const missingGlyph = () => new CredentialError('glyph-missing', 'the glyph U+5F20 is not in the font "serif"');

export interface CredentialWorld {
  readonly store: MemoryCredentialStore;
  readonly files: MemoryFileStore;
  readonly records: MemoryLearnerRecords;
  readonly clock: { at: Date; now(): Date };
  /** Parts of a runner as one process has it; `runner` of another process: call it again. */
  parts(changes?: Partial<RunnerParts> & { readonly before?: Generate }): RunnerParts;
  runner(changes?: Partial<RunnerParts> & { readonly before?: Generate }): ReturnType<typeof createCredentialRunner>;
  credential(username: string): Promise<Credential | null>;
}

/** Ada, Ben and Cleo have completed something; Dan nothing. */
export async function credentialWorld(): Promise<CredentialWorld> {
  const store = new MemoryCredentialStore();
  const files = new MemoryFileStore();
  const clock = { at: NOW, now: () => clock.at };
  const records = new MemoryLearnerRecords().add(DEMO_COURSE, 'Demonstration Course', [
    aLearnerRecord(),
    aLearnerRecord({ username: 'ben', name: 'Ben Okafor', lmsUserId: 12 }),
    aLearnerRecord({ username: 'cleo', name: 'Cleo Klein', lmsUserId: 13 }),
    aLearnerRecord({ username: 'dan', name: 'Dan Null', lmsUserId: 14, completion: 0 }),
  ]);
  await store.saveType(aType({ retrievalFunction: 'everybody', generationFunction: 'text', options: {} }));
  await store.saveConfiguration(aConfiguration());

  const parts: CredentialWorld['parts'] = ({ before, ...changes } = {}) => ({
    store: store as CredentialStore,
    files,
    records,
    registry: new ExtensionRegistry().addRetrieval(fakeRetrieval).addGeneration(fakeGeneration(before)).freeze(),
    clock,
    logger: silentLogger,
    verifyUrl: (verifyId: string) => `https://badges.example.org/verify/${verifyId}`,
    saveEveryMs: 20,
    // One after the other, so that tests can say where a run stands.
    atOnce: 1,
    ...changes,
  });
  return {
    store,
    files,
    records,
    clock,
    parts,
    runner: (changes) => createCredentialRunner(parts(changes)),
    credential: (username) => store.liveCredential(CONFIGURATION, username),
  };
}
