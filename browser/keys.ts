/** The keys that people are told of. On a Mac the command key stands for Ctrl, but for completion. */

import { listed, say } from './speech.ts';

export const keys = [
  ['Ctrl-Space', say('completes')],
  ['F2', say('explains')],
  ['F8', say('goesOn')],
  ['Ctrl-.', say('mends')],
  ['Shift-Alt-F', say('formats')],
  ['Ctrl-]', say('indents')],
  ['Ctrl-[', say('outdents')],
  ['Ctrl-F', say('searches')],
  ['Tab', say('leaves')],
] as const;

/** For whoever hears of them. */
export const keysInWords = `${listed(keys.map(([key, does]) => `${key} ${does}`))}.`;
