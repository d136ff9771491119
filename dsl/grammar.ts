/** The grammar, straight to the syntax tree: files and `test` blocks, on top of badge blocks, on top of expressions. */

import { EOF, type IOrAlt, type TokenType } from 'chevrotain';
import type { BadgeBlock, Expectation, Literal, Path, TestBlock, TestEvent, TestExpect } from './ast.ts';
import { BadgeGrammar } from './badge-grammar.ts';
import { number, testDraft, text } from './nodes.ts';
import { TOP_LEVEL } from './syntax-messages.ts';
import * as t from './tokens.ts';

const { K } = t;
const TEST_CLAUSES = new Set([K.badge, K.event, K.expect]);
const NOTHING: ReadonlySet<TokenType> = new Set();

export type Block = BadgeBlock | TestBlock;

export class Grammar extends BadgeGrammar {
  #test = testDraft();

  constructor() {
    super();
    this.performSelfAnalysis();
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
      { ALT: () => this.once(this.#test, 'badge', this.CONSUME(K.badge), this.SUBRULE(this.string)) },
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
    const isRead = this.attempt(() => {
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
      return true;
    });
    if (!isRead) this.skipPastBrace(TEST_CLAUSES);
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
