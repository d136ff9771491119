/** What an editor asks about a text that is being written: colours, what may stand at a place, what a word means, mending,
 *  indentation, the canonical form. Pure, and quick enough to be asked at every keystroke. */

export { type Completion, type CompletionKind, type Completions, completionsAt } from './complete.ts';
export { type Fix, fixFor } from './fix.ts';
export { type Formatted, formatText } from './format.ts';
export { type Meaning, meaningAt } from './hover.ts';
export { indentationAt } from './indent.ts';
export { type KeywordText, keywordText } from './keyword-texts.ts';
export { type Piece, type TokenKind, tokenPieces } from './token-kinds.ts';
export type { Vocabulary } from './vocabulary.ts';
