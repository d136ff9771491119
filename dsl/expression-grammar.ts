/** The grammar of expressions, and the small parts that everything is made of. Every rule is followed by those it uses.
 *
 *  Alternatives are made once, in fields, because Chevrotain would otherwise make them anew for every node. */

import type { IOrAlt, IToken } from 'chevrotain';
import type {
  BooleanLiteral,
  ComparisonOperator,
  DateLiteral,
  Expression,
  Literal,
  Name,
  Path,
  Span,
  TextLiteral,
  TextOperator,
} from './ast.ts';
import { exceedsBytes, limits } from './limits.ts';
import { boolean, type Draft, date, endOf, name, number, segments, text } from './nodes.ts';
import { RecoveringParser } from './recovering-parser.ts';
import * as t from './tokens.ts';

const { K } = t;

/** Message and hint. */
export const tooLongExpression = [
  `this expression is longer than ${limits.expressionBytes} bytes`,
  'use "in [...]", or split the requirement into alternatives of one group',
] as const;

export abstract class ExpressionGrammar extends RecoveringParser {
  #source = '';

  setText(source: string, tokens: IToken[]): void {
    this.#source = source;
    this.input = tokens;
  }

  /** An expression and nothing after it. */
  readonly wholeExpression = this.RULE('wholeExpression', (): Expression | null => {
    return this.attempt(() => this.SUBRULE(this.expression)) ?? null;
  });

  readonly expression = this.RULE('expression', (): Expression => {
    const start = this.LA(1);
    const expression = this.SUBRULE(this.orExpression);
    this.ACTION(() => this.#limitExpression(this.spanFrom(start)));
    return expression;
  });

  readonly orExpression = this.RULE('orExpression', (): Expression => {
    const start = this.LA(1);
    const first = this.SUBRULE(this.andExpression);
    let operands: Expression[] | null = null;
    this.MANY(() => {
      this.CONSUME(K.or);
      const next = this.SUBRULE1(this.andExpression);
      if (operands === null) operands = [first, next];
      else operands.push(next);
    });
    return operands === null ? first : { kind: 'or', operands, span: this.spanFrom(start) };
  });

  readonly andExpression = this.RULE('andExpression', (): Expression => {
    const start = this.LA(1);
    const first = this.SUBRULE(this.operand);
    let operands: Expression[] | null = null;
    this.MANY(() => {
      this.CONSUME(K.and);
      const next = this.SUBRULE1(this.operand);
      if (operands === null) operands = [first, next];
      else operands.push(next);
    });
    return operands === null ? first : { kind: 'and', operands, span: this.spanFrom(start) };
  });

  readonly operand = this.RULE('operand', (): Expression => {
    let nots: IToken[] | null = null;
    this.MANY(() => {
      const token = this.CONSUME1(K.not);
      if (nots === null) nots = [token];
      else nots.push(token);
    });
    if (!this.RECORDING_PHASE) this.#refuseKeyword();
    const operand = this.OR(this.#operandAlternatives);
    if (nots === null) return operand;
    return (nots as IToken[]).reduceRight<Expression>(
      (inner, token) => ({ kind: 'not', operand: inner, span: this.spanFrom(token) }),
      operand,
    );
  });
  readonly #operandAlternatives = {
    DEF: [
      {
        ALT: (): Expression => {
          this.CONSUME(t.LeftParen);
          const inner = this.SUBRULE(this.orExpression);
          this.CONSUME(t.RightParen);
          return inner;
        },
      },
      {
        ALT: (): Expression => {
          const path = this.SUBRULE(this.path);
          this.#subject = path;
          return this.OPTION(this.#anyTest) ?? { kind: 'is-true', path, span: path.span };
        },
      },
    ],
    ERR_MSG: 'a condition',
  };
  /** The path that is being tested; a value holds no path, so there is never more than one. */
  #subject: Path = { kind: 'path', segments: [], span: { start: 0, end: 0 } };
  readonly #anyTest = (): Expression => this.OR1(this.#tests);
  readonly #tests: IOrAlt<Expression>[] = [
    { ALT: () => this.#comparison(this.CONSUME(t.Equals), this.SUBRULE(this.literal)) },
    { ALT: () => this.#comparison(this.CONSUME(t.OtherComparison), this.SUBRULE1(this.literal)) },
    {
      ALT: () => {
        this.CONSUME(K.in);
        return this.#membership(false, this.SUBRULE(this.list));
      },
    },
    {
      ALT: () => {
        this.CONSUME(K.not);
        this.CONSUME1(K.in);
        return this.#membership(true, this.SUBRULE1(this.list));
      },
    },
    {
      ALT: () => {
        this.CONSUME(K.starts);
        this.CONSUME(K.with);
        return this.#textMatch('starts with', this.SUBRULE(this.string));
      },
    },
    {
      ALT: () => {
        this.CONSUME(K.ends);
        this.CONSUME1(K.with);
        return this.#textMatch('ends with', this.SUBRULE1(this.string));
      },
    },
    {
      ALT: () => {
        this.CONSUME(K.contains);
        return this.#textMatch('contains', this.SUBRULE2(this.string));
      },
    },
    {
      ALT: () => {
        this.CONSUME(K.like);
        return this.#textMatch('like', this.SUBRULE3(this.string));
      },
    },
    {
      ALT: () => {
        this.CONSUME(K.exists);
        return { kind: 'exists', path: this.#subject, span: this.#testSpan() };
      },
    },
  ];

  readonly list = this.RULE('list', (): Literal[] => {
    const values: Literal[] = [];
    this.CONSUME(t.LeftBracket);
    this.MANY_SEP({ SEP: t.Comma, DEF: () => values.push(this.SUBRULE(this.literal)) });
    this.CONSUME(t.RightBracket);
    this.ACTION(() => this.limitList(values));
    return values;
  });

  readonly path = this.RULE('path', (): Path => {
    const found = this.#segment();
    this.MANY(() => {
      this.CONSUME(t.Dot);
      const more = this.SUBRULE(this.pathPart);
      this.ACTION(() => found.push(...more));
    });
    return this.ACTION((): Path => {
      const span = { start: found[0]?.span.start ?? 0, end: found.at(-1)?.span.end ?? 0 };
      return { kind: 'path', segments: found, span };
    });
  });

  readonly pathPart = this.RULE('pathPart', (): Name[] => this.#segment());

  #segment(): Name[] {
    return this.OR(this.#segmentAlternatives);
  }
  readonly #segmentAlternatives = {
    DEF: [{ ALT: () => segments(this.CONSUME(t.AnyWord)) }, { ALT: () => segments(this.CONSUME(t.Text)) }],
    ERR_MSG: 'a path',
  };

  readonly literal = this.RULE('literal', (): Literal => this.OR(this.#literalAlternatives));
  readonly #literalAlternatives = [
    { ALT: (): Literal => text(this.CONSUME(t.Text)) },
    { ALT: (): Literal => number(this.CONSUME(t.NumberText)) },
    { ALT: (): Literal => date(this.CONSUME(t.DateText)) },
    { ALT: (): Literal => boolean(this.CONSUME(K.true), true) },
    { ALT: (): Literal => boolean(this.CONSUME(K.false), false) },
  ];

  readonly string = this.RULE('string', (): TextLiteral => text(this.CONSUME(t.Text)));
  readonly day = this.RULE('day', (): DateLiteral => date(this.CONSUME(t.DateText)));
  readonly id = this.RULE('id', (): Name => name(this.CONSUME(t.AnyWord)));
  readonly flag = this.RULE('flag', (): BooleanLiteral => this.OR(this.#flagAlternatives));
  readonly #flagAlternatives = [
    { ALT: () => boolean(this.CONSUME(K.true), true) },
    { ALT: () => boolean(this.CONSUME(K.false), false) },
  ];

  /** Dots may stand apart from the words they join. */
  readonly eventType = this.RULE('eventType', (): Name => {
    const first = this.CONSUME(t.Word);
    let { image } = first;
    this.MANY(() => {
      this.CONSUME(t.Dot);
      const part = this.CONSUME(t.AnyWord);
      image += `.${part.image}`;
    });
    return { kind: 'name', text: image, span: this.spanFrom(first) };
  });

  /** The first of two stays. */
  protected once<Block, Key extends keyof Draft<Block>>(
    draft: Block,
    key: Key & keyof Block,
    first: IToken,
    value: NonNullable<Block[Key & keyof Block]>,
  ): void {
    if (this.RECORDING_PHASE) return;
    if (draft[key] === null) draft[key] = value;
    else this.repeated(first);
  }

  protected repeated(keyword: IToken): void {
    const end = endOf(this.LA(0));
    this.faults.push({
      code: 'clause.repeated',
      span: { start: Math.min(keyword.startOffset, end), end },
      message: 'this clause is given twice',
      hint: 'keep one of the two',
    });
  }

  #comparison(operator: IToken, value: Literal): Expression {
    const path = this.#subject;
    const symbol: ComparisonOperator = operator.payload ?? operator.image;
    return { kind: 'comparison', path, operator: symbol, value, span: this.#testSpan() };
  }

  #membership(negated: boolean, values: Literal[]): Expression {
    return { kind: 'in', path: this.#subject, negated, values, span: this.#testSpan() };
  }

  #textMatch(operator: TextOperator, value: TextLiteral): Expression {
    return { kind: 'text-match', path: this.#subject, operator, value, span: this.#testSpan() };
  }

  #testSpan(): Span {
    if (this.RECORDING_PHASE) return { start: 0, end: 0 };
    return { start: this.#subject.span.start, end: endOf(this.LA(0)) };
  }

  /** A path may begin with most keywords where it is plain that it is one; the printer quotes them. */
  #refuseKeyword(): void {
    const { tokenType } = this.LA(1);
    if (tokenType === t.Word || tokenType === t.Text || tokenType === t.LeftParen) return;
    if (t.expressionWords.has(tokenType) || !this.isPathAhead()) this.refuse(['a condition']);
  }

  #limitExpression(span: Span): void {
    const isShort = (span.end - span.start) * 3 <= limits.expressionBytes;
    if (isShort || !exceedsBytes(this.#source.slice(span.start, span.end), limits.expressionBytes)) return;
    this.faults.push({
      code: 'limit.expression',
      span,
      message: tooLongExpression[0],
      hint: tooLongExpression[1],
    });
  }

  protected limitList(items: readonly { readonly span: Span }[]): void {
    const surplus = items[limits.listItems];
    if (surplus === undefined) return;
    this.faults.push({
      code: 'limit.list',
      span: { start: surplus.span.start, end: items.at(-1)?.span.end ?? surplus.span.end },
      message: `this list has ${items.length} items, ${limits.listItems} are allowed`,
      hint: 'split it over several requirements of one group',
    });
  }
}
