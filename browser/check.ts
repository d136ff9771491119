/** The verdict on a text, by the same code as the server's. */

import { checkWhere, type Diagnostic, loadRules } from '../dsl/index.ts';
import { checkBadgeText, renamedBadge } from '../plugin/badges/badge-text.ts';
import type { ReadVocabulary } from '../plugin/badges/rule-vocabulary.ts';

/** What a text area holds. */
export type Subject =
  /** Any number of badges and tests. */
  | { readonly kind: 'file' }
  /** One badge, to be stored. `id`: of the stored badge that it is a new version of. */
  | { readonly kind: 'badge'; readonly id: string | null }
  /** What may follow `where`. */
  | { readonly kind: 'expression'; readonly eventType: string };

export function modeOf({ kind }: Subject): 'file' | 'expression' {
  return kind === 'expression' ? kind : 'file';
}

/** In the order of the text. Never throws. */
export function diagnose(text: string, subject: Subject, vocabulary: ReadVocabulary): readonly Diagnostic[] {
  const { environment, upstreams } = vocabulary;
  switch (subject.kind) {
    case 'file':
      return loadRules(text, environment).diagnostics;
    case 'badge': {
      const { file, diagnostics } = checkBadgeText(text, environment, { upstreams });
      const renamed = subject.id === null ? null : renamedBadge(text, file, subject.id);
      return renamed === null ? diagnostics : [renamed];
    }
    case 'expression': {
      const type = environment.eventTypes.get(subject.eventType);
      if (type === undefined || text.trim() === '') return [];
      return checkWhere(text, type).diagnostics;
    }
  }
}
