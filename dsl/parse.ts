/** Rule text to syntax tree. */

import type { ISyntacticContentAssistPath, IToken } from 'chevrotain';
import type { Comment, Expression, RuleFile, Span } from './ast.ts';
import type { Diagnostic } from './diagnostic.ts';
import { tooLongExpression } from './expression-grammar.ts';
import { Grammar } from './grammar.ts';
import { exceedsBytes, limits } from './limits.ts';
import { endOf, spanOf } from './nodes.ts';
import { Reporter } from './reporter.ts';
import { notRead } from './syntax-messages.ts';
import { K, LeftParen, type Lexed, lex, RightParen } from './tokens.ts';

/** Made on first use: Chevrotain analyses the grammar then. */
let grammar: Grammar | null = null;

/** @returns always a file, with what could be read; `broken` says where something could not. Never throws. */
export function parse(text: string): { file: RuleFile; diagnostics: readonly Diagnostic[] } {
  const reporter = new Reporter(text);
  if (exceedsBytes(text, limits.fileBytes)) {
    const span = { start: 0, end: text.length };
    reporter.report('limit.file', span, 'this file is larger than 1 MiB', 'split it into several files');
    return {
      file: { kind: 'rule-file', blocks: [], comments: [], broken: [span], span },
      diagnostics: reporter.diagnostics,
    };
  }
  const lexed = lex(text);
  const broken: Span[] = [];
  const blocks = run(text, lexed, reporter, broken, (parser) => parser.file());
  const file: RuleFile = {
    kind: 'rule-file',
    blocks,
    comments: lexed.comments.map((token) => toComment(token, text)),
    broken,
    span: { start: 0, end: text.length },
  };
  return { file, diagnostics: reporter.diagnostics };
}

/** @returns null where the text is not one whole expression; what was wrong is then in `reporter` */
export function parseExpression(text: string, reporter: Reporter): Expression | null {
  if (exceedsBytes(text, limits.expressionBytes)) {
    const span = { start: 0, end: text.length };
    reporter.report('limit.expression', span, ...tooLongExpression);
    return null;
  }
  const before = reporter.errors;
  const expression = run(text, lex(text), reporter, [], (parser) => parser.wholeExpression());
  return reporter.errors > before ? null : expression;
}

/** What the grammar allows after some tokens, and within which of its rules.
 *  @param rule where the tokens begin, e.g. `requirement` */
export function possibleNext(rule: string, tokens: IToken[]): readonly ISyntacticContentAssistPath[] {
  grammar ??= new Grammar();
  return grammar.computeContentAssist(rule, tokens);
}

function run<Result>(
  text: string,
  lexed: Lexed,
  reporter: Reporter,
  broken: Span[],
  read: (parser: Grammar) => Result,
): Result {
  grammar ??= new Grammar();
  grammar.setText(text, lexed.openings > limits.nesting ? withoutDepth(lexed.tokens, reporter) : lexed.tokens);
  const result = withoutStacks(() => read(grammar as Grammar));
  const faults = grammar.takeFaults();
  reportLexical(lexed, new Set(faults.map(({ span }) => span.start)), reporter);
  broken.push(...reporter.diagnostics.map(({ span }) => span));
  for (const { code, span, message, hint, inside } of faults) {
    reporter.report(code, span, message, hint);
    broken.push(inside ?? span);
  }
  // Neither the text nor its tree should live as long as the parser.
  grammar.setText('', []);
  return result;
}

/** Chevrotain makes an Error of every mistake, and what takes longest about an Error is the stack that nobody reads. */
function withoutStacks<Result>(work: () => Result): Result {
  // Not every browser has it.
  const errors = Error as unknown as { stackTraceLimit?: number };
  const { stackTraceLimit } = errors;
  if (stackTraceLimit === undefined) return work();
  errors.stackTraceLimit = 0;
  try {
    return work();
  } finally {
    errors.stackTraceLimit = stackTraceLimit;
  }
}

/** @param faulty where the grammar has a complaint: what has no place there needs no advice how to write it */
function reportLexical({ strayCharacters, mistaken }: Lexed, faulty: ReadonlySet<number>, reporter: Reporter): void {
  for (const { offset, length } of strayCharacters.slice(0, limits.syntaxErrors)) {
    const span = { start: offset, end: offset + length };
    const seen = JSON.stringify(reporter.text.slice(offset, offset + Math.min(length, 20)));
    reporter.report(
      'syntax.character',
      span,
      `nothing in a rule begins with ${seen}`,
      'remove it, or put text in double quotes',
    );
  }
  for (const { kind, token, meant } of mistaken.slice(0, limits.syntaxErrors)) {
    const span = { start: token.startOffset, end: endOf(token) };
    if (faulty.has(span.start)) continue;
    if (kind === 'operator')
      reporter.report('syntax.operator', span, `"${token.image}" is not an operator`, `write "${meant ?? '='}"`);
    else if (kind === 'number')
      reporter.report('syntax.number', span, 'this is not a number', 'write it as in JSON, such as 5, 0.8 or -1.5e3');
    else reporter.report('syntax.string', span, ...explainString(token.image));
  }
  const beyond = [strayCharacters[limits.syntaxErrors]?.offset, mistaken[limits.syntaxErrors]?.token.startOffset];
  const start = Math.min(...beyond.map((offset) => offset ?? Number.POSITIVE_INFINITY));
  if (start === Number.POSITIVE_INFINITY) return;
  const { code, span, message, hint } = notRead({ start, end: reporter.text.length });
  reporter.report(code, span, message, hint);
}

function explainString(image: string): readonly [string, string] {
  if (image.startsWith("'"))
    return ['a string stands in double quotes', `write "${image.replace(/^'|'$/g, '').slice(0, 40)}"`];
  if (image.length > 1 && /[^\\](?:\\\\)*"$/.test(image))
    return [
      'this string holds an unknown escape or a control character',
      'escapes are \\" \\\\ \\/ \\b \\f \\n \\r \\t and \\u0000',
    ];
  return ['this string does not end on its line', 'close it with a double quote; a line end is written \\n'];
}

/** The parser calls itself for every parenthesis, so what is nested too deeply is reported and left out before it runs. */
function withoutDepth(tokens: IToken[], reporter: Reporter): IToken[] {
  const kept: IToken[] = [];
  // For every open parenthesis: how much deeper it leads, and whether it was kept.
  const open: { readonly levels: number; readonly kept: boolean }[] = [];
  let depth = 0;
  let nots = 0;
  let reported = false;
  for (const [index, token] of tokens.entries()) {
    const { tokenType } = token;
    if (tokenType === RightParen) {
      const opening = open.pop();
      depth -= opening?.levels ?? 0;
      nots = 0;
      if (opening?.kept !== false) kept.push(token);
      continue;
    }
    const isNot = tokenType === K.not && tokens[index + 1]?.tokenType !== K.in;
    if (!isNot && tokenType !== LeftParen) {
      nots = 0;
      // A block cannot begin inside parentheses: what was left open belongs to a broken clause before.
      if (tokenType === K.badge || tokenType === K.requirement) depth = open.length = 0;
      kept.push(token);
      continue;
    }
    const tooDeep = depth + nots + 1 > limits.nesting;
    if (tooDeep && !reported) {
      reported = true;
      reporter.report(
        'limit.nesting',
        spanOf(token),
        `nesting goes deeper than ${limits.nesting} levels here`,
        'remove superfluous parentheses',
      );
    }
    if (!tooDeep) kept.push(token);
    if (isNot) nots++;
    else {
      const levels = nots + 1;
      open.push({ levels, kept: !tooDeep });
      depth += levels;
      nots = 0;
    }
  }
  return reported ? kept : tokens;
}

function toComment(token: IToken, text: string): Comment {
  const span = spanOf(token);
  return {
    kind: 'comment',
    text: token.image.slice(1).trimEnd(),
    ownLine: beginsLine(text, span.start),
    detached: /^(?:\r\n|\n|\r)[ \t]*[\r\n]/.test(text.slice(span.end, span.end + 200)),
    span,
  };
}

/** Whether only white space stands before it on its line. Looking for both kinds of line end would look through the whole
 *  text for the one that it does not have. */
function beginsLine(text: string, offset: number): boolean {
  let at = offset - 1;
  while (at >= 0 && text[at] !== '\n' && text[at] !== '\r' && /\s/.test(text[at] as string)) at--;
  return at < 0 || text[at] === '\n' || text[at] === '\r';
}
