/** What a comparison with a provider found, in words: for pages, commands and exports. */

import {
  FINDING_KINDS,
  type FindingKind,
  findingKinds,
  type Remedy,
} from '../../../plugin/providers/comparison/findings.ts';
import { type FilledWords, msg, words } from '../../../plugin/words.ts';

const WORDS: Readonly<Record<FindingKind, { readonly title: string; readonly meaning: string }>> = {
  missing: { title: msg('Missing there'), meaning: msg('Stands here, and the provider does not know it.') },
  unconfirmed: {
    title: msg('Not confirmed here'),
    meaning: msg('The provider has issued it; here the award is still open.'),
  },
  'stands-there': { title: msg('Stands there'), meaning: msg('Was taken back here and still stands at the provider.') },
  'revoked-there': {
    title: msg('Taken back there'),
    meaning: msg('Stands here and was taken back, or has expired, there.'),
  },
  state: { title: msg('Other state'), meaning: msg('The same badge; the state on record here is an older one.') },
  'extra-known': {
    title: msg('Extra, known learner'),
    meaning: msg('The provider has a badge of a known learner that was not issued by these rules.'),
  },
  'extra-unknown': {
    title: msg('Extra, unknown learner'),
    meaning: msg('The provider has a badge of somebody no event has told of.'),
  },
};

const REMEDIES: Readonly<Record<Remedy, string>> = {
  'award-again': msg('Award again; the provider is asked first whether it has it after all.'),
  'take-over': msg('Take over what the provider has; nothing is issued.'),
  'take-back-again': msg('Take back once more.'),
  record: msg('Record the state; nothing changes at the provider.'),
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

/** Of the job that puts them right. */
export function mendTitle(kinds: readonly FindingKind[]): FilledWords {
  return words('Put right: {kinds}', { kinds: { all: kinds.map((kind) => words(titleOfFinding(kind))) } });
}
