/** What the rule editor in the browser says. A page hands the texts over in the language of whoever reads it. */

import { msg } from '../words.ts';

export const editorTexts = {
  rules: msg('Rules'),
  format: msg('Format'),
  formatField: msg('Format: {field}'),
  next: msg('Next problem'),
  nextField: msg('Next problem: {field}'),
  problemsField: msg('Problems: {field}'),
  error: msg('Error:'),
  warning: msg('Warning:'),
  place: msg('Line {line}, column {column}'),
  placed: msg('Line {line}, column {column}: {message}'),
  noProblems: msg('No problems.'),
  problemAt: msg('{problems} at line {line}, column {column}: {message}.'),
  firstAt: msg('{problems}; the first at line {line}, column {column}: {message}.'),
  unchecked: msg('The text cannot be checked while you write; it is checked when you save.'),
  notFormatted: msg('Not formatted: line {line}, column {column} cannot be read: {message}.'),
  nothingToFormat: msg('Nothing to format.'),
  formatted: msg('Formatted.'),
  noProblemHere: msg('There is no problem at the cursor.'),
  nothingToExplain: msg('There is nothing to explain here.'),
  keys: msg('Keys of the editor'),
  completes: msg('completes'),
  explains: msg('explains the word at the cursor'),
  goesOn: msg('goes to the next problem'),
  mends: msg('makes the change that the problem proposes'),
  formats: msg('formats'),
  indents: msg('indents'),
  outdents: msg('outdents'),
  searches: msg('searches'),
  leaves: msg('leaves the editor'),
} as const;

/** For one, and for many. */
export const editorCounts = {
  errors: [msg('{count} error'), msg('{count} errors')],
  warnings: [msg('{count} warning'), msg('{count} warnings')],
  more: [msg('and {count} more problem'), msg('and {count} more problems')],
} as const;

/** What CodeMirror says by itself, in its words; `$` is its placeholder. */
export const editorPhrases = [
  msg('Find'),
  msg('Replace'),
  msg('next'),
  msg('previous'),
  msg('all'),
  msg('match case'),
  msg('regexp'),
  msg('by word'),
  msg('replace'),
  msg('replace all'),
  msg('close'),
  msg('current match'),
  msg('on line'),
  msg('replaced match on line $'),
  msg('replaced $ matches'),
  msg('Completions'),
  msg('Diagnostics'),
  msg('No diagnostics'),
  msg('Control character'),
] as const;

export type EditorText = keyof typeof editorTexts;
export type EditorCount = keyof typeof editorCounts;

/** As a page hands it over, in JSON. */
export interface EditorSpeech {
  readonly language: string;
  readonly texts: Readonly<Record<EditorText, string>>;
  readonly counts: Readonly<Record<EditorCount, Readonly<Partial<Record<Intl.LDMLPluralRule, string>>>>>;
  readonly phrases: Readonly<Record<string, string>>;
}

/** The element in the head of the page that holds it. */
export const EDITOR_SPEECH = 'rule-editor-speech';
