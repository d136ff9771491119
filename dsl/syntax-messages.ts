/** What a syntax error says to a person. */

import { EOF, type IParserErrorMessageProvider, type IToken, type TokenType } from 'chevrotain';
import type { Span } from './ast.ts';
import type { Code } from './diagnostic-codes.ts';
import { limits } from './limits.ts';
import { didYouMean } from './suggest.ts';
import { AnyWord, K, Text } from './tokens.ts';

/** A diagnostic to be, before the text is at hand. */
export interface Fault {
  readonly code: Code;
  readonly span: Span;
  readonly message: string;
  readonly hint: string | null;
  /** The place inside the block that is spoilt, where it is not `span`. */
  readonly inside?: Span;
}

/** What comes after more mistakes than anybody makes.
 *  @param span all of it */
export function notRead(span: Span): Fault {
  return {
    code: 'limit.diagnostics',
    span,
    message: `there are ${limits.syntaxErrors} mistakes above, so what follows was not read`,
    hint: 'mend those that are shown first',
  };
}

/** Between message and hint in the one string that Chevrotain carries for us. */
const SEPARATOR = '\n';

export function splitMessage(message: string): Pick<Fault, 'message' | 'hint'> {
  const [sentence = '', hint] = message.split(SEPARATOR);
  return { message: sentence, hint: hint ?? null };
}

/** @param expected what would fit, such as `"{"` or `a string in double quotes` */
export function unexpected(expected: readonly string[], found: IToken): string {
  const wanted = `expected ${enumerate(expected)}`;
  if (found.tokenType === EOF) return `${wanted}, but the text ends here`;
  const sentence = `${wanted}, but found ${quote(found.image)}`;
  const hint = hintFor(expected, found);
  return hint === null ? sentence : `${sentence}${SEPARATOR}${hint}`;
}

/** What other languages and forms call true and false. */
const TRUTHS: Readonly<Record<string, boolean>> = { yes: true, on: true, no: false, off: false };

function hintFor(expected: readonly string[], { image, tokenType }: IToken): string | null {
  if (expected.includes(AnyWord.LABEL as string) && /^\d/.test(image)) return 'a name begins with a letter';
  if (!isWord(tokenType)) return null;
  const small = image.toLowerCase();
  if (expected.includes('"true"') && Object.hasOwn(TRUTHS, small)) return `did you mean "${TRUTHS[small]}"?`;
  if (small !== image && Object.hasOwn(K, small)) return `did you mean "${small}"?`;
  const words = expected.filter((label) => /^"[a-z]/.test(label)).map((label) => label.slice(1, -1));
  const near = didYouMean(image, words);
  if (near !== null) return near;
  if (tokenType === K.null) return 'write "... exists", or "not ... exists": nothing is compared with null';
  return expected.includes(Text.LABEL as string) ? `write it in double quotes: "${shorten(image)}"` : null;
}

export function isWord(type: TokenType): boolean {
  return type.CATEGORIES?.includes(AnyWord) === true;
}

function quote(image: string): string {
  return image.startsWith('"') ? shorten(image) : `"${shorten(image)}"`;
}

function shorten(image: string): string {
  return image.length > 40 ? `${image.slice(0, 37)}...` : image;
}

function enumerate(labels: readonly string[]): string {
  const unique = [...new Set(labels)];
  return unique.length < 2 ? unique.join('') : `${unique.slice(0, -1).join(', ')} or ${unique.at(-1)}`;
}

function labelOf(type: TokenType): string {
  return type.LABEL ?? type.name;
}

export const errorMessages: IParserErrorMessageProvider = {
  buildMismatchTokenMessage: ({ expected, actual }) => unexpected([labelOf(expected)], actual),
  buildNotAllInputParsedMessage: ({ firstRedundant }) => unexpected(['the end of the text'], firstRedundant),
  buildNoViableAltMessage: ({ expectedPathsPerAlt, actual, customUserDescription }) => {
    const first = expectedPathsPerAlt.flatMap((paths) => paths.map(([type]) => labelOf(type as TokenType)));
    return unexpected(customUserDescription === undefined ? first : [customUserDescription], actual[0] as IToken);
  },
  buildEarlyExitMessage: ({ expectedIterationPaths, actual }) =>
    unexpected(
      expectedIterationPaths.map(([type]) => labelOf(type as TokenType)),
      actual[0] as IToken,
    ),
};

/** The words that may begin a clause, as written. */
export function spellings(types: Iterable<TokenType>): string[] {
  return [...types].map(labelOf);
}

export const TOP_LEVEL: ReadonlySet<TokenType> = new Set([K.badge, K.test]);
