/** The vocabulary, in lexing order. A word is lexed with its dots (`course.course_key`) and becomes a keyword when it is
 *  one as a whole: fewer tokens, and an event type or a path never collides with a keyword inside it. */

import { createToken, type ILexingError, type IToken, Lexer, type TokenType } from 'chevrotain';

const WORD = '[A-Za-z_][A-Za-z0-9_-]*';
/** Within a string: no quote, no escape, no control character, as in JSON. */
const PLAIN = String.raw`[^"\\\u0000-\u001f]*`;

/** Anything that can name a thing: a plain word, or a keyword where nothing else is meant. */
export const AnyWord = createToken({ name: 'AnyWord', pattern: Lexer.NA, label: 'a name' });
export const Word = createToken({
  name: 'Word',
  pattern: new RegExp(`${WORD}(?:\\.${WORD})*`),
  categories: [AnyWord],
  label: 'a name',
});
export const Text = createToken({
  name: 'Text',
  pattern: new RegExp(`"${PLAIN}(?:\\\\(?:["\\\\/bfnrt]|u[0-9a-fA-F]{4})${PLAIN})*"`),
  label: 'a string in double quotes',
});
export const DateText = createToken({ name: 'Date', pattern: /\d{4}-\d[\w.:+-]*/, label: 'a date' });
export const NumberText = createToken({
  name: 'Number',
  pattern: /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])/,
  label: 'a number',
});

export const LeftBrace = createToken({ name: 'LeftBrace', pattern: '{', label: '"{"' });
export const RightBrace = createToken({ name: 'RightBrace', pattern: '}', label: '"}"' });
export const LeftParen = createToken({ name: 'LeftParen', pattern: '(', label: '"("' });
export const RightParen = createToken({ name: 'RightParen', pattern: ')', label: '")"' });
export const LeftBracket = createToken({ name: 'LeftBracket', pattern: '[', label: '"["' });
export const RightBracket = createToken({ name: 'RightBracket', pattern: ']', label: '"]"' });
export const Comma = createToken({ name: 'Comma', pattern: ',', label: '","' });
export const Dot = createToken({ name: 'Dot', pattern: '.', label: '"."' });

/** `=`, which also assigns a field in a test event. */
export const Equals = createToken({ name: 'Equals', pattern: '=', label: '"="' });
export const OtherComparison = createToken({ name: 'Comparison', pattern: /!=|<=|>=|<|>/, label: 'a comparison' });

/** Operators of other languages, read as ours after a complaint. */
const Foreign = createToken({ name: 'Foreign', pattern: /==+|!==+|<>|&&?|\|\|?|!(?!=)/ });
const BadText = createToken({ name: 'BadText', pattern: /"(?:[^"\\\r\n]|\\[^\r\n])*(?:"|\\?)|'[^'\r\n]*'?/ });
const BadNumber = createToken({ name: 'BadNumber', pattern: /[-+]?\.?\d[\w.]*/ });
const WhiteSpace = createToken({ name: 'WhiteSpace', pattern: /[\s\uFEFF]+/, group: Lexer.SKIPPED, line_breaks: true });
const Comment = createToken({ name: 'Comment', pattern: /#[^\r\n]*/, group: 'comments' });

const keywordTypes = new Map<string, TokenType>();

function keyword(...spellings: readonly [string, ...string[]]): TokenType {
  const [name] = spellings;
  const type = createToken({ name: `'${name}'`, pattern: Lexer.NA, categories: [AnyWord], label: `"${name}"` });
  for (const spelling of spellings) keywordTypes.set(spelling, type);
  return type;
}

export const K = {
  badge: keyword('badge'),
  test: keyword('test'),
  name: keyword('name'),
  template: keyword('template'),
  active: keyword('active'),
  evaluate: keyword('evaluate'),
  repeatable: keyword('repeatable'),
  up: keyword('up'),
  to: keyword('to'),
  times: keyword('times', 'time'),
  on: keyword('on'),
  regress: keyword('regress'),
  revoke: keyword('revoke'),
  keep: keyword('keep'),
  reAward: keyword('re-award'),
  never: keyword('never'),
  allowed: keyword('allowed'),
  requirement: keyword('requirement'),
  penalty: keyword('penalty'),
  in: keyword('in'),
  group: keyword('group'),
  description: keyword('description'),
  where: keyword('where'),
  count: keyword('count'),
  distinct: keyword('distinct'),
  within: keyword('within'),
  after: keyword('after'),
  from: keyword('from'),
  until: keyword('until'),
  awarded: keyword('awarded'),
  revoked: keyword('revoked'),
  resets: keyword('resets'),
  true: keyword('true'),
  false: keyword('false'),
  null: keyword('null'),
  and: keyword('and'),
  or: keyword('or'),
  not: keyword('not'),
  starts: keyword('starts'),
  ends: keyword('ends'),
  with: keyword('with'),
  contains: keyword('contains'),
  like: keyword('like'),
  exists: keyword('exists'),
  event: keyword('event'),
  at: keyword('at'),
  expect: keyword('expect'),
  fulfilled: keyword('fulfilled'),
  progress: keyword('progress'),
  unit: keyword('minutes', 'minute', 'hours', 'hour', 'days', 'day', 'weeks', 'week'),
} as const;

/** What `'minutes'` is called where a unit is expected. */
K.unit.LABEL = '"minutes", "hours", "days" or "weeks"';

/** Every keyword as written. A path that begins with one is quoted. */
export const keywords: ReadonlySet<string> = new Set(keywordTypes.keys());

/** The spellings of one kind of keyword, the usual one first. */
export function spellingsOf(type: TokenType): readonly string[] {
  return [...keywordTypes].filter(([, candidate]) => candidate === type).map(([spelling]) => spelling);
}

/** Words that mean something wherever an expression may stand. */
export const expressionWords: ReadonlySet<TokenType> = new Set([K.and, K.or, K.not, K.in, K.true, K.false]);

export const vocabulary: TokenType[] = [
  WhiteSpace,
  Word,
  Text,
  // Before the shorter ones: `==` is not two `=`, nor `<>` a `<` and a `>`.
  Foreign,
  Equals,
  OtherComparison,
  DateText,
  NumberText,
  LeftBrace,
  RightBrace,
  LeftParen,
  RightParen,
  LeftBracket,
  RightBracket,
  Comma,
  Dot,
  Comment,
  BadText,
  BadNumber,
  AnyWord,
  ...new Set(keywordTypes.values()),
];

export interface Lexed {
  readonly tokens: IToken[];
  readonly comments: readonly IToken[];
  readonly strayCharacters: readonly ILexingError[];
  /** How many `(` and `not` there are: the text cannot be nested deeper. */
  readonly openings: number;
  /** Tokens read with a complaint; `tokens` holds what was probably meant. */
  readonly mistaken: readonly Mistake[];
}

export interface Mistake {
  readonly kind: 'operator' | 'string' | 'number';
  readonly token: IToken;
  /** How it should have been written; null where that cannot be guessed. */
  readonly meant: string | null;
}

const FOREIGN: Readonly<Record<string, readonly [string, TokenType]>> = {
  '!': ['not', K.not],
  '<>': ['!=', OtherComparison],
  '!==': ['!=', OtherComparison],
  '&': ['and', K.and],
  '&&': ['and', K.and],
  '|': ['or', K.or],
  '||': ['or', K.or],
};

/** Made on first use. */
const lexer = { instance: null as Lexer | null };

/** Never fails: what is no token is reported and left out. */
export function lex(text: string): Lexed {
  lexer.instance ??= new Lexer(
    vocabulary.filter((type) => type.PATTERN !== Lexer.NA),
    { positionTracking: 'onlyOffset', ensureOptimizations: true, skipValidations: true },
  );
  const { tokens, groups, errors } = lexer.instance.tokenize(text);
  const mistaken: Mistake[] = [];
  let openings = 0;
  for (const token of tokens) {
    const { tokenType } = token;
    if (tokenType === Word) {
      const type = keywordTypes.get(token.image);
      if (type === undefined) continue;
      retype(token, type);
      if (type === K.not) openings++;
    } else if (tokenType === LeftParen) openings++;
    else if (tokenType === Foreign || tokenType === BadText || tokenType === BadNumber) {
      mistaken.push(repair(token));
      openings++;
    }
  }
  return { tokens, comments: groups.comments ?? [], strayCharacters: errors, openings, mistaken };
}

function retype(token: IToken, type: TokenType): void {
  token.tokenType = type;
  token.tokenTypeIdx = type.tokenTypeIdx as number;
}

function repair(token: IToken): Mistake {
  const { tokenType, image } = token;
  if (tokenType === BadText) {
    retype(token, Text);
    return { kind: 'string', token, meant: null };
  }
  if (tokenType === BadNumber) {
    retype(token, NumberText);
    return { kind: 'number', token, meant: null };
  }
  const [meant, type] = FOREIGN[image] ?? ['=', Equals];
  retype(token, type);
  // The image stays as written: places are counted by it.
  token.payload = meant;
  return { kind: 'operator', token, meant };
}
