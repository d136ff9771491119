/** What a word means, beside the pointer. */

import type { Extension } from '@codemirror/state';
import { closeHoverTooltips, hoverTooltip, type KeyBinding } from '@codemirror/view';
import { type Meaning, meaningAt } from '../dsl/index.ts';
import type { ReadVocabulary } from '../plugin/badges/rule-vocabulary.ts';
import { modeOf, type Subject } from './check.ts';
import { inEnglish } from './speech.ts';

export function meaningIn(
  text: string,
  offset: number,
  subject: Subject,
  vocabulary: ReadVocabulary | null,
): Meaning | null {
  if (vocabulary === null) return null;
  const eventType = subject.kind === 'expression' ? subject.eventType : null;
  return meaningAt(text, offset, modeOf(subject), { ...vocabulary, eventType });
}

export function meanings(subject: Subject, vocabulary: () => ReadVocabulary | null): Extension {
  return hoverTooltip((view, position) => {
    const meaning = meaningIn(view.state.doc.toString(), position, subject, vocabulary());
    return meaning && { pos: meaning.span.start, end: meaning.span.end, above: true, create: () => show(meaning) };
  });
}

function show({ title, about }: Meaning) {
  const dom = inEnglish(document.createElement('div'));
  dom.className = 'rule-meaning';
  const head = document.createElement('p');
  head.className = 'rule-meaning-title';
  head.textContent = title;
  dom.append(head);
  if (about.length > 0) {
    const text = document.createElement('p');
    text.textContent = about.join(' ');
    dom.append(text);
  }
  return { dom };
}

/** What lies over the text can be sent away without moving the pointer. */
export const dismiss: KeyBinding = {
  key: 'Escape',
  run: (view) => {
    view.dispatch({ effects: closeHoverTooltips });
    return false;
  },
};
