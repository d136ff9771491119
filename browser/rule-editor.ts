/** Makes an editor of every text area for rules on the page. What it needs stands on the elements:
 *
 *      <script src="/assets/rule-editor.js" data-vocabulary="/rules/vocabulary.json">
 *      <meta name="rule-editor-speech" content="{...}">        its texts in the language of the page
 *      <textarea data-rules="file">                           badges and tests
 *      <textarea data-rules="file" data-badge="demo-course">  a version of this stored badge; "": a new badge
 *      <textarea data-rules="expression" data-event-type="org.openedx...v1">
 *
 *  Without the script the text areas are what they are. */

import type { Subject } from './check.ts';
import { RuleEditor } from './editor.ts';
import { fetchVocabulary } from './vocabulary.ts';

const areas = [...document.querySelectorAll<HTMLTextAreaElement>('textarea[data-rules]')];
const address = document.querySelector<HTMLElement>('script[data-vocabulary]')?.dataset.vocabulary;

if (areas.length > 0 && address !== undefined) {
  const vocabulary = fetchVocabulary(address);
  for (const area of areas) {
    const subject = subjectOf(area.dataset);
    if (subject === null) continue;
    const editor = new RuleEditor(area, subject);
    vocabulary.then((known) => editor.learn(known));
  }
}

function subjectOf({ rules, badge, eventType }: DOMStringMap): Subject | null {
  if (rules === 'expression') return eventType === undefined ? null : { kind: 'expression', eventType };
  if (rules !== 'file') return null;
  return badge === undefined ? { kind: 'file' } : { kind: 'badge', id: badge || null };
}
