/** What a comparison with a provider found, in words: for pages, commands and exports. */

import {
  FINDING_KINDS,
  type FindingKind,
  findingKinds,
  type Remedy,
} from '../../plugin/providers/comparison/findings.ts';

const WORDS: Readonly<Record<FindingKind, { readonly title: string; readonly meaning: string }>> = {
  missing: { title: 'Missing there', meaning: 'Stands here, and the provider does not know it.' },
  unconfirmed: { title: 'Not confirmed here', meaning: 'The provider has issued it; here the award is still open.' },
  'stands-there': { title: 'Stands there', meaning: 'Was taken back here and still stands at the provider.' },
  'revoked-there': { title: 'Taken back there', meaning: 'Stands here and was taken back, or has expired, there.' },
  state: { title: 'Other state', meaning: 'The same badge; the state on record here is an older one.' },
  'extra-known': {
    title: 'Extra, known learner',
    meaning: 'The provider has a badge of a known learner that was not issued by these rules.',
  },
  'extra-unknown': {
    title: 'Extra, unknown learner',
    meaning: 'The provider has a badge of somebody no event has told of.',
  },
};

const REMEDIES: Readonly<Record<Remedy, string>> = {
  'award-again': 'Award again; the provider is asked first whether it has it after all.',
  'take-over': 'Take over what the provider has; nothing is issued.',
  'take-back-again': 'Take back once more.',
  record: 'Record the state; nothing changes at the provider.',
};

export interface FindingWords {
  readonly kind: FindingKind;
  readonly title: string;
  readonly meaning: string;
  /** null: it is only reported. */
  readonly remedy: string | null;
}

export const findingWords: readonly FindingWords[] = findingKinds.map((kind) => {
  const remedy = FINDING_KINDS[kind];
  return { kind, ...WORDS[kind], remedy: remedy === null ? null : REMEDIES[remedy] };
});

export function titleOfFinding(kind: FindingKind): string {
  return WORDS[kind].title;
}
