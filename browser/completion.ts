/** Completion, as CodeMirror takes it. */

import { type Completion, type CompletionContext, type CompletionResult, snippet } from '@codemirror/autocomplete';
import { completionsAt, type Completion as Offered } from '../dsl/index.ts';
import type { ReadVocabulary } from '../plugin/badges/rule-vocabulary.ts';
import { modeOf, type Subject } from './check.ts';

export function completionSource(subject: Subject, vocabulary: () => ReadVocabulary | null) {
  return ({ state, pos, explicit }: CompletionContext): CompletionResult | null => {
    const known = vocabulary();
    if (known === null) return null;
    const eventType = subject.kind === 'expression' ? subject.eventType : null;
    const found = completionsAt(state.doc.toString(), pos, modeOf(subject), { ...known, eventType });
    if (found === null || found.items.length === 0) return null;
    const { start, end, items } = found;
    const typed = state.sliceDoc(start, pos);
    // Unasked, nothing opens between words, nor over a word that is complete: Enter is then the end of the line.
    if (!explicit && (typed === '' || !items.some(({ text }) => text !== typed && isBegun(text, typed)))) return null;
    return { from: start, to: end, options: items.map(toOption) };
  };
}

/** As CodeMirror filters, roughly: the letters occur in this order. */
function isBegun(text: string, typed: string): boolean {
  let from = 0;
  for (const letter of typed.toLowerCase()) {
    from = text.toLowerCase().indexOf(letter, from) + 1;
    if (from === 0) return false;
  }
  return true;
}

function toOption({ kind, text, detail, about, rank, snippet: template }: Offered): Completion {
  return {
    label: text,
    type: kind,
    boost: rank,
    ...(detail === null ? {} : { detail }),
    ...(about.length === 0 ? {} : { info: about.join(' ') }),
    ...(template === null ? {} : { apply: snippet(template) }),
  };
}
