/** The grammar, straight to the syntax tree. Read it from the top: every rule is followed by those it uses.
 *
 *  Drafts live in fields because the alternatives of a block are made once, not once per block. */

import { EOF, type IOrAlt, type IToken, type TokenType } from 'chevrotain';
import type {
  BadgeBlock,
  BooleanLiteral,
  ChoiceClause,
  ComparisonOperator,
  CountClause,
  DateLiteral,
  DurationLiteral,
  Expectation,
  Expression,
  Literal,
  Name,
  Path,
  PenaltyBlock,
  RepeatableClause,
  RequirementBlock,
  Span,
  TemplateClause,
  TestBlock,
  TestEvent,
  TestExpect,
  TextLiteral,
  TextOperator,
  TriggerClause,
} from './ast.ts';
import { exceedsBytes, limits } from './limits.ts';
import {
  badgeDraft,
  boolean,
  type Draft,
  date,
  duration,
  endOf,
  name,
  number,
  penaltyDraft,
  requirementDraft,
  segments,
  testDraft,
  text,
} from './nodes.ts';
import { RecoveringParser } from './recovering-parser.ts';
import { TOP_LEVEL } from './syntax-messages.ts';
import * as t from './tokens.ts';

const { K } = t;
const BADGE_CLAUSES = new Set([K.name, K.template, K.active, K.repeatable, K.on, K.reAward, K.requirement, K.penalty]);
const REQUIREMENT_CLAUSES = new Set([K.description, K.on, K.where, K.count, K.after, K.from, K.until]);
const PENALTY_CLAUSES = new Set([K.description, K.on, K.where, K.resets]);
const TEST_CLAUSES = new Set([K.badge, K.event, K.expect]);
const SIBLINGS = new Set([K.requirement, K.penalty]);
const NOTHING: ReadonlySet<TokenType> = new Set();

/** Message and hint. */
export const tooLongExpression = [
  `this expression is longer than ${limits.expressionBytes} bytes`,
  'use "in [...]", or split the requirement into alternatives of one group',
] as const;

export type Block = BadgeBlock | TestBlock;

export class Grammar extends RecoveringParser {
  #badge = badgeDraft();
  #requirement = requirementDraft();
  #penalty = penaltyDraft();
  #test = testDraft();
  #source = '';

  constructor() {
    super();
    this.performSelfAnalysis();
  }

  setText(source: string, tokens: IToken[]): void {
    this.#source = source;
    this.input = tokens;
  }

  readonly file = this.RULE('file', (): Block[] => {
    const blocks: Block[] = [];
    do {
      this.MANY(() => {
        blocks.push(this.OR(this.#blockAlternatives));
      });
    } while (this.#skippedStrayBlock());
    return blocks;
  });

  readonly #blockAlternatives: IOrAlt<Block>[] = [
    { ALT: () => this.SUBRULE(this.badge) },
    { ALT: () => this.SUBRULE(this.test) },
  ];

  readonly badge = this.RULE('badge', (): BadgeBlock => {
    const first = this.CONSUME(K.badge);
    const draft = badgeDraft();
    this.#badge = draft;
    draft.id = this.attempt(() => text(this.CONSUME(t.Text))) ?? draft.id;
    this.block(BADGE_CLAUSES, NOTHING, this.#badgeClause);
    draft.span = this.spanFrom(first);
    return draft;
  });

  readonly #badgeClause = (): void => this.SUBRULE(this.badgeClause);
  readonly badgeClause = this.RULE('badgeClause', () => {
    this.OR(this.#badgeAlternatives);
  });
  readonly #badgeAlternatives = [
    { ALT: () => this.#once(this.#badge, 'name', this.CONSUME(K.name), this.SUBRULE(this.string)) },
    { ALT: () => this.#once(this.#badge, 'template', this.CONSUME(K.template), this.SUBRULE(this.template)) },
    { ALT: () => this.#once(this.#badge, 'active', this.CONSUME(K.active), this.SUBRULE(this.flag)) },
    { ALT: () => this.#once(this.#badge, 'repeatable', this.LA(1), this.SUBRULE(this.repeatable)) },
    { ALT: () => this.#once(this.#badge, 'onRegress', this.LA(1), this.SUBRULE(this.onRegress)) },
    { ALT: () => this.#once(this.#badge, 'reAward', this.LA(1), this.SUBRULE(this.reAward)) },
    { ALT: () => this.#badge.requirements.push(this.SUBRULE(this.requirement)) },
    { ALT: () => this.#badge.penalties.push(this.SUBRULE(this.penalty)) },
  ];

  readonly template = this.RULE('template', (): TemplateClause => {
    const provider = this.CONSUME(t.AnyWord);
    const id = this.CONSUME(t.Text);
    return { kind: 'template', provider: name(provider), id: text(id), span: this.spanFrom(provider) };
  });

  readonly repeatable = this.RULE('repeatable', (): RepeatableClause => {
    const first = this.CONSUME(K.repeatable);
    const times = this.OPTION(() => {
      this.CONSUME(K.up);
      this.CONSUME(K.to);
      const amount = this.CONSUME(t.NumberText);
      this.CONSUME(K.times);
      return number(amount);
    });
    return { kind: 'repeatable', times: times ?? null, span: this.spanFrom(first) };
  });

  readonly onRegress = this.RULE('onRegress', (): ChoiceClause<'revoke' | 'keep'> => {
    const first = this.CONSUME(K.on);
    this.CONSUME(K.regress);
    const choice = this.OR([{ ALT: () => this.CONSUME(K.revoke) }, { ALT: () => this.CONSUME(K.keep) }]);
    return { kind: 'choice', value: choice.image as 'revoke' | 'keep', span: this.spanFrom(first) };
  });

  readonly reAward = this.RULE('reAward', (): ChoiceClause<'never' | 'allowed'> => {
    const first = this.CONSUME(K.reAward);
    const choice = this.OR([{ ALT: () => this.CONSUME(K.never) }, { ALT: () => this.CONSUME(K.allowed) }]);
    return { kind: 'choice', value: choice.image as 'never' | 'allowed', span: this.spanFrom(first) };
  });

  readonly requirement = this.RULE('requirement', (): RequirementBlock => {
    const first = this.CONSUME(K.requirement);
    const draft = requirementDraft();
    this.#requirement = draft;
    this.attempt(() => {
      draft.id = name(this.CONSUME(t.AnyWord));
      this.OPTION(() => {
        this.CONSUME(K.in);
        this.CONSUME(K.group);
        draft.group = name(this.CONSUME1(t.AnyWord));
      });
    });
    this.block(REQUIREMENT_CLAUSES, SIBLINGS, this.#requirementClause);
    draft.span = this.spanFrom(first);
    return draft;
  });

  readonly #requirementClause = (): void => this.SUBRULE(this.requirementClause);
  readonly requirementClause = this.RULE('requirementClause', () => {
    this.OR(this.#requirementAlternatives);
  });
  readonly #requirementAlternatives = [
    { ALT: () => this.#once(this.#requirement, 'description', this.CONSUME(K.description), this.SUBRULE(this.string)) },
    { ALT: () => this.#once(this.#requirement, 'on', this.CONSUME(K.on), this.SUBRULE(this.trigger)) },
    { ALT: () => this.#once(this.#requirement, 'where', this.CONSUME(K.where), this.SUBRULE(this.expression)) },
    { ALT: () => this.#once(this.#requirement, 'count', this.LA(1), this.SUBRULE(this.count)) },
    { ALT: () => this.#once(this.#requirement, 'after', this.CONSUME(K.after), this.SUBRULE(this.id)) },
    { ALT: () => this.#once(this.#requirement, 'from', this.CONSUME(K.from), this.SUBRULE(this.day)) },
    { ALT: () => this.#once(this.#requirement, 'until', this.CONSUME(K.until), this.SUBRULE1(this.day)) },
  ];

  readonly count = this.RULE('count', (): CountClause => {
    const first = this.CONSUME(K.count);
    const times = number(this.CONSUME(t.NumberText));
    let distinct: Path | undefined;
    let within: DurationLiteral | undefined;
    this.OPTION(() => {
      this.CONSUME(K.distinct);
      distinct = this.SUBRULE(this.path);
    });
    this.OPTION1(() => {
      this.CONSUME(K.within);
      const amount = this.CONSUME1(t.NumberText);
      within = duration(amount, this.CONSUME(K.unit));
    });
    return { kind: 'count', times, distinct: distinct ?? null, within: within ?? null, span: this.spanFrom(first) };
  });

  readonly penalty = this.RULE('penalty', (): PenaltyBlock => {
    const first = this.CONSUME(K.penalty);
    const draft = penaltyDraft();
    this.#penalty = draft;
    this.attempt(() => {
      draft.id = name(this.CONSUME(t.AnyWord));
    });
    this.block(PENALTY_CLAUSES, SIBLINGS, this.#penaltyClause);
    draft.span = this.spanFrom(first);
    return draft;
  });

  readonly #penaltyClause = (): void => this.SUBRULE(this.penaltyClause);
  readonly penaltyClause = this.RULE('penaltyClause', () => {
    this.OR(this.#penaltyAlternatives);
  });
  readonly #penaltyAlternatives = [
    { ALT: () => this.#once(this.#penalty, 'description', this.CONSUME(K.description), this.SUBRULE(this.string)) },
    { ALT: () => this.#once(this.#penalty, 'on', this.CONSUME(K.on), this.SUBRULE(this.trigger)) },
    { ALT: () => this.#once(this.#penalty, 'where', this.CONSUME(K.where), this.SUBRULE(this.expression)) },
    {
      ALT: () => {
        const first = this.CONSUME(K.resets);
        const ids: Name[] = [];
        this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => ids.push(this.SUBRULE(this.id)) });
        this.ACTION(() => {
          this.#limitList(ids);
          if (this.#penalty.resets.length > 0) this.#repeated(first);
          else this.#penalty.resets = ids;
        });
      },
    },
  ];

  readonly trigger = this.RULE('trigger', (): TriggerClause => this.OR(this.#triggerAlternatives));
  readonly #triggerAlternatives: IOrAlt<TriggerClause>[] = [
    {
      ALT: () => {
        const first = this.CONSUME(K.badge);
        const badge = text(this.CONSUME(t.Text));
        const change = this.OR1([{ ALT: () => this.CONSUME(K.awarded) }, { ALT: () => this.CONSUME(K.revoked) }]);
        const span = this.spanFrom(first);
        return { kind: 'badge-trigger', badge, change: change.image as 'awarded' | 'revoked', span };
      },
    },
    {
      ALT: () => {
        const type = this.SUBRULE(this.eventType);
        return { kind: 'event-trigger', type, span: type.span };
      },
    },
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
    this.ACTION(() => this.#limitList(values));
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

  readonly test = this.RULE('test', (): TestBlock => {
    const first = this.CONSUME(K.test);
    const draft = testDraft();
    this.#test = draft;
    draft.title = this.attempt(() => text(this.CONSUME(t.Text))) ?? draft.title;
    this.block(TEST_CLAUSES, NOTHING, this.#testClause);
    draft.span = this.spanFrom(first);
    return draft;
  });

  readonly #testClause = (): void => this.SUBRULE(this.testClause);
  readonly testClause = this.RULE('testClause', () => {
    this.OR([
      { ALT: () => this.#once(this.#test, 'badge', this.CONSUME(K.badge), this.SUBRULE(this.string)) },
      { ALT: () => this.#test.steps.push(this.SUBRULE(this.testEvent)) },
      { ALT: () => this.#test.steps.push(this.SUBRULE(this.testExpect)) },
    ]);
  });

  readonly testEvent = this.RULE('testEvent', (): TestEvent => {
    const first = this.CONSUME(K.event);
    const type = this.SUBRULE(this.eventType);
    const at = this.OPTION(() => {
      this.CONSUME(K.at);
      return this.SUBRULE(this.day);
    });
    const fields: { path: Path; value: Literal | null }[] = [];
    this.CONSUME(t.LeftBrace);
    this.MANY_SEP({
      SEP: t.Comma,
      DEF: () => {
        const path = this.SUBRULE(this.path);
        this.CONSUME(t.Equals);
        const value = this.OR([
          { ALT: () => this.SUBRULE(this.literal) },
          {
            ALT: () => {
              this.CONSUME(K.null);
              return null;
            },
          },
        ]);
        fields.push({ path, value });
      },
    });
    this.CONSUME(t.RightBrace);
    return { kind: 'test-event', type, at: at ?? null, fields, span: this.spanFrom(first) };
  });

  readonly testExpect = this.RULE('testExpect', (): TestExpect => {
    const first = this.CONSUME(K.expect);
    const expectations: Expectation[] = [];
    this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => expectations.push(this.SUBRULE(this.expectation)) });
    return { kind: 'test-expect', expectations, span: this.spanFrom(first) };
  });

  readonly expectation = this.RULE('expectation', (): Expectation => {
    const first = this.LA(1);
    const rest = this.OR([
      {
        ALT: () => {
          this.CONSUME(K.awarded);
          const times = this.OPTION(() => {
            const amount = number(this.CONSUME(t.NumberText));
            this.CONSUME(K.times);
            return amount;
          });
          return { kind: 'awarded' as const, negated: false, times: times ?? null };
        },
      },
      {
        ALT: () => {
          this.CONSUME(K.not);
          return this.OR1([
            {
              ALT: () => {
                this.CONSUME1(K.awarded);
                return { kind: 'awarded' as const, negated: true, times: null };
              },
            },
            {
              ALT: () => {
                this.CONSUME(K.fulfilled);
                return { kind: 'fulfilled' as const, negated: true, requirement: this.SUBRULE(this.id) };
              },
            },
          ]);
        },
      },
      {
        ALT: () => {
          this.CONSUME(K.revoked);
          return { kind: 'revoked' as const };
        },
      },
      {
        ALT: () => {
          this.CONSUME1(K.fulfilled);
          return { kind: 'fulfilled' as const, negated: false, requirement: this.SUBRULE1(this.id) };
        },
      },
      {
        ALT: () => {
          this.CONSUME(K.progress);
          return { kind: 'progress' as const, ratio: number(this.CONSUME1(t.NumberText)) };
        },
      },
    ]);
    return { ...rest, span: this.spanFrom(first) };
  });

  /** The first of two stays. */
  #once<Block, Key extends keyof Draft<Block>>(
    draft: Block,
    key: Key & keyof Block,
    first: IToken,
    value: NonNullable<Block[Key & keyof Block]>,
  ): void {
    if (this.RECORDING_PHASE) return;
    if (draft[key] === null) draft[key] = value;
    else this.#repeated(first);
  }

  #repeated(keyword: IToken): void {
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
    return { kind: 'comparison', path, operator: operator.image as ComparisonOperator, value, span: this.#testSpan() };
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
    if (!exceedsBytes(this.#source.slice(span.start, span.end), limits.expressionBytes)) return;
    this.faults.push({
      code: 'limit.expression',
      span,
      message: tooLongExpression[0],
      hint: tooLongExpression[1],
    });
  }

  #limitList(items: readonly { readonly span: Span }[]): void {
    const surplus = items[limits.listItems];
    if (surplus === undefined) return;
    this.faults.push({
      code: 'limit.list',
      span: { start: surplus.span.start, end: items.at(-1)?.span.end ?? surplus.span.end },
      message: `this list has ${items.length} items, ${limits.listItems} are allowed`,
      hint: 'split it over several requirements of one group',
    });
  }

  #skippedStrayBlock(): boolean {
    if (this.RECORDING_PHASE || this.LA(1).tokenType === EOF) return false;
    this.complain(['"badge"', '"test"']);
    do {
      this.SKIP_TOKEN();
      this.skip(({ tokenType }) => TOP_LEVEL.has(tokenType));
    } while (this.LA(1).tokenType === t.RightBrace);
    return true;
  }
}
