/** Going on after a mistake. Chevrotain's own recovery knows token types but not braces: after one misspelled keyword it
 *  would take the clauses inside the braces for clauses outside. So a failed clause is given up as a whole: everything up to
 *  the next clause of the same block is skipped, whatever is in brackets together with them. */

import {
  EmbeddedActionsParser,
  EOF,
  type IRecognitionException,
  type IToken,
  isRecognitionException,
  type TokenType,
} from 'chevrotain';
import type { Span } from './ast.ts';
import { limits } from './limits.ts';
import { endOf, spanOf } from './nodes.ts';
import { suggest } from './suggest.ts';
import {
  errorMessages,
  type Fault,
  notRead,
  spellings,
  splitMessage,
  TOP_LEVEL,
  unexpected,
} from './syntax-messages.ts';
import {
  Dot,
  Equals,
  K,
  LeftBrace,
  LeftBracket,
  LeftParen,
  OtherComparison,
  RightBrace,
  RightBracket,
  RightParen,
  Text,
  vocabulary,
  Word,
} from './tokens.ts';

type Kinds = ReadonlySet<TokenType>;

/** What follows a path: a keyword before one of these is a path, not the begin of a clause. */
const AFTER_PATH: Kinds = new Set([
  Dot,
  Equals,
  OtherComparison,
  K.in,
  K.not,
  K.starts,
  K.ends,
  K.contains,
  K.like,
  K.exists,
]);
const OPENING: Kinds = new Set([LeftBrace, LeftParen, LeftBracket]);
const CLOSING: Kinds = new Set([RightBrace, RightParen, RightBracket]);

const NOTHING: Kinds = new Set();

class Unreadable extends Error {}

export abstract class RecoveringParser extends EmbeddedActionsParser {
  readonly faults: Fault[] = [];
  /** How many errors Chevrotain has recorded. Its own list would be copied with each look at it. */
  #recognized = 0;
  /** Words of this text, and whether they look like keywords. */
  readonly #misspelled = new Map<Kinds, Map<string, boolean>>();
  /** What was not read any more. */
  #unread: Fault | null = null;

  constructor() {
    super(vocabulary, { recoveryEnabled: false, maxLookahead: 1, errorMessageProvider: errorMessages });
  }

  /** Every mistake of the last run, one per place. */
  takeFaults(): Fault[] {
    const end = this.#end();
    // Where the parser has given up, the end that it sees is not that of the text.
    const errors = this.#unread !== null ? this.errors.filter(({ token }) => token.tokenType !== EOF) : this.errors;
    const recognized = errors.map((error: IRecognitionException & { readonly previousToken?: IToken }) => {
      const { message, token, previousToken } = error;
      return {
        ...this.#fault(message, token.tokenType === EOF ? { start: end, end } : spanOf(token)),
        // What is found instead may lie outside of the block that is spoilt.
        ...(previousToken && { inside: { start: endOf(previousToken), end: endOf(previousToken) } }),
      };
    });
    const all = [...recognized, ...this.faults.splice(0)].sort((a, b) => a.span.start - b.span.start);
    this.#recognized = 0;
    this.#misspelled.clear();
    const unread = this.#unread;
    this.#unread = null;
    const told = all.filter(({ span }, index) => index === 0 || span.start !== all[index - 1]?.span.start);
    return unread === null ? told : [...told, unread];
  }

  /** @returns undefined when the part could not be read; the parser then stands where it failed */
  protected attempt<Result>(read: () => Result): Result | undefined {
    if (this.RECORDING_PHASE) return read();
    try {
      return read();
    } catch (error) {
      if (error instanceof Unreadable) return undefined;
      if (!isRecognitionException(error as Error)) throw error;
      this.#recognized++;
      this.#giveUpAfterTooMany();
      return undefined;
    }
  }

  /** Gives up on the current clause. */
  protected refuse(expected: readonly string[]): never {
    this.complain(expected);
    throw new Unreadable();
  }

  protected complain(expected: readonly string[]): void {
    if (this.#unread !== null) return;
    this.faults.push(this.#fault(unexpected(expected, this.LA(1)), this.#here()));
    this.#giveUpAfterTooMany();
  }

  /** What is found instead lies outside of the block that lacks its brace. */
  #missing(brace: readonly string[]): void {
    if (this.#unread !== null) return;
    const end = endOf(this.LA(0));
    this.faults.push({ ...this.#fault(unexpected(brace, this.LA(1)), this.#here()), inside: { start: end, end } });
    this.#giveUpAfterTooMany();
  }

  /** Everything up to the closing brace, which is left out too, or up to the next clause where it is missing. */
  protected skipPastBrace(starts: Kinds): void {
    this.skip(this.#isClause(starts, NOTHING));
    if (this.LA(1).tokenType === RightBrace) this.SKIP_TOKEN();
  }

  /** `{ clause ... }` with everything between that is no clause reported and skipped.
   *  @param starts keywords that begin a clause
   *  @param outer keywords that show that the closing brace is missing */
  protected block(starts: Kinds, outer: Kinds, clause: () => void): void {
    if (this.RECORDING_PHASE || this.LA(1).tokenType === LeftBrace) this.CONSUME(LeftBrace);
    else {
      this.#missing(['"{"']);
      this.skip((token) => token.tokenType === LeftBrace || starts.has(token.tokenType) || outer.has(token.tokenType));
      if (this.LA(1).tokenType === LeftBrace) this.SKIP_TOKEN();
    }
    do {
      this.MANY(() => {
        if (this.RECORDING_PHASE) clause();
        else this.#clause(starts, outer, clause);
      });
    } while (this.#skippedStray(starts, outer));
    if (this.RECORDING_PHASE || this.LA(1).tokenType === RightBrace) this.CONSUME(RightBrace);
    else this.#missing(['"}"']);
  }

  /** @returns true when `badge` or `test` with a title stands here: nothing else looks like this, wherever it stands */
  protected atTopLevelBlock(): boolean {
    return TOP_LEVEL.has(this.LA(1).tokenType) && this.LA(2).tokenType === Text && this.LA(3).tokenType === LeftBrace;
  }

  /** Up to the first token outside of brackets for which `stop` holds, a closing brace, a top-level block or the end. */
  protected skip(stop: (token: IToken) => boolean): void {
    for (let depth = 0; ; this.SKIP_TOKEN()) {
      const token = this.LA(1);
      if (token.tokenType === EOF || this.atTopLevelBlock()) return;
      if (depth === 0 && (token.tokenType === RightBrace || stop(token))) return;
      if (OPENING.has(token.tokenType)) depth++;
      else if (CLOSING.has(token.tokenType) && depth > 0) depth--;
    }
  }

  protected isPathAhead(): boolean {
    return AFTER_PATH.has(this.LA(2).tokenType);
  }

  protected spanFrom(first: IToken): Span {
    return this.RECORDING_PHASE ? { start: 0, end: 0 } : { start: first.startOffset, end: endOf(this.LA(0)) };
  }

  #clause(starts: Kinds, outer: Kinds, clause: () => void): void {
    const before = this.#recognized + this.faults.length;
    this.attempt(clause);
    if (this.#recognized + this.faults.length > before) this.skip(this.#isClause(starts, outer));
  }

  /** Whoever has made so many mistakes has not written a rule file. What comes after is marked as not understood. */
  #giveUpAfterTooMany(): void {
    const { startOffset, tokenType } = this.LA(1);
    if (this.#recognized + this.faults.length < limits.syntaxErrors || tokenType === EOF) return;
    this.#unread = notRead({ start: startOffset, end: this.#end() });
    while (this.LA(1).tokenType !== EOF) this.SKIP_TOKEN();
  }

  #skippedStray(starts: Kinds, outer: Kinds): boolean {
    if (this.RECORDING_PHASE) return false;
    const { tokenType } = this.LA(1);
    if (tokenType === EOF || tokenType === RightBrace || outer.has(tokenType) || this.atTopLevelBlock()) return false;
    this.complain([...spellings(starts), '"}"']);
    // What opens here is skipped together with what it holds.
    if (!OPENING.has(tokenType)) this.SKIP_TOKEN();
    else this.#skipBrackets();
    this.skip(this.#isClause(starts, outer));
    return true;
  }

  #skipBrackets(): void {
    let depth = 0;
    do {
      const { tokenType } = this.LA(1);
      if (tokenType === EOF || this.atTopLevelBlock()) return;
      if (OPENING.has(tokenType)) depth++;
      else if (CLOSING.has(tokenType)) depth--;
      this.SKIP_TOKEN();
    } while (depth > 0);
  }

  #isClause(starts: Kinds, outer: Kinds): (token: IToken) => boolean {
    return ({ tokenType, image }) =>
      (starts.has(tokenType) && !this.#isComparedHere()) ||
      outer.has(tokenType) ||
      // A misspelled keyword is a mistake of its own.
      (tokenType === Word && this.#isMisspelled(image, starts));
  }

  #isMisspelled(image: string, starts: Kinds): boolean {
    const words = this.#misspelled.get(starts) ?? new Map<string, boolean>();
    const known = words.get(image);
    if (known !== undefined) return known;
    const keywords = spellings(starts).map((label) => label.slice(1, -1));
    const isNear = suggest(image, keywords) !== null;
    this.#misspelled.set(starts, words.set(image, isNear));
    return isNear;
  }

  /** `count = 3` in the rest of a broken expression is no clause. */
  #isComparedHere(): boolean {
    const { tokenType } = this.LA(2);
    return tokenType === Equals || tokenType === OtherComparison;
  }

  #here(): Span {
    const token = this.LA(1);
    if (token.tokenType !== EOF) return spanOf(token);
    const end = this.#end();
    return { start: end, end };
  }

  /** Where the last token ends: the place of what is missing at the end of the text. */
  #end(): number {
    const last = this.input.findLast(({ tokenType }) => tokenType !== EOF);
    return last === undefined ? 0 : endOf(last);
  }

  #fault(text: string, span: Span): Fault {
    return { code: 'syntax.unexpected', span, ...splitMessage(text) };
  }
}
