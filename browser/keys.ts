/** The keys that people are told of. On a Mac the command key stands for Ctrl, but for completion. */

export const keys = [
  ['Ctrl-Space', 'completes'],
  ['F2', 'explains the word at the cursor'],
  ['F8', 'goes to the next problem'],
  ['Ctrl-.', 'makes the change that the problem proposes'],
  ['Shift-Alt-F', 'formats'],
  ['Ctrl-]', 'indents'],
  ['Ctrl-[', 'outdents'],
  ['Ctrl-F', 'searches'],
  ['Tab', 'leaves the editor'],
] as const;

/** For whoever hears of them. */
export const keysInWords = `${keys.map(([key, does]) => `${key} ${does}`).join(', ')}.`;
