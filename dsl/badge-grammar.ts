/** The grammar of badge blocks, on top of that of expressions.
 *
 *  Drafts live in fields because the alternatives of a block are made once, not once per block. */

import type { IOrAlt, TokenType } from 'chevrotain';
import type {
  BadgeBlock,
  ChoiceClause,
  CountClause,
  DurationLiteral,
  Name,
  Path,
  PenaltyBlock,
  RepeatableClause,
  RequirementBlock,
  TemplateClause,
  TriggerClause,
} from './ast.ts';
import { ExpressionGrammar } from './expression-grammar.ts';
import { badgeDraft, duration, name, number, penaltyDraft, requirementDraft, text } from './nodes.ts';
import * as t from './tokens.ts';

const { K } = t;
const BADGE_CLAUSES = new Set([
  K.name,
  K.template,
  K.active,
  K.evaluate,
  K.repeatable,
  K.on,
  K.reAward,
  K.requirement,
  K.penalty,
]);
const REQUIREMENT_CLAUSES = new Set([K.description, K.on, K.where, K.count, K.after, K.from, K.until]);
const PENALTY_CLAUSES = new Set([K.description, K.on, K.where, K.resets]);
const SIBLINGS = new Set([K.requirement, K.penalty]);
const NOTHING: ReadonlySet<TokenType> = new Set();

export abstract class BadgeGrammar extends ExpressionGrammar {
  #badge = badgeDraft();
  #requirement = requirementDraft();
  #penalty = penaltyDraft();

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
    { ALT: () => this.once(this.#badge, 'name', this.CONSUME(K.name), this.SUBRULE(this.string)) },
    { ALT: () => this.once(this.#badge, 'template', this.CONSUME(K.template), this.SUBRULE(this.template)) },
    { ALT: () => this.once(this.#badge, 'active', this.CONSUME(K.active), this.SUBRULE(this.flag)) },
    { ALT: () => this.once(this.#badge, 'evaluate', this.CONSUME(K.evaluate), this.SUBRULE1(this.flag)) },
    { ALT: () => this.once(this.#badge, 'repeatable', this.LA(1), this.SUBRULE(this.repeatable)) },
    { ALT: () => this.once(this.#badge, 'onRegress', this.LA(1), this.SUBRULE(this.onRegress)) },
    { ALT: () => this.once(this.#badge, 'reAward', this.LA(1), this.SUBRULE(this.reAward)) },
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
    { ALT: () => this.once(this.#requirement, 'description', this.CONSUME(K.description), this.SUBRULE(this.string)) },
    { ALT: () => this.once(this.#requirement, 'on', this.CONSUME(K.on), this.SUBRULE(this.trigger)) },
    { ALT: () => this.once(this.#requirement, 'where', this.CONSUME(K.where), this.SUBRULE(this.expression)) },
    { ALT: () => this.once(this.#requirement, 'count', this.LA(1), this.SUBRULE(this.count)) },
    { ALT: () => this.once(this.#requirement, 'after', this.CONSUME(K.after), this.SUBRULE(this.id)) },
    { ALT: () => this.once(this.#requirement, 'from', this.CONSUME(K.from), this.SUBRULE(this.day)) },
    { ALT: () => this.once(this.#requirement, 'until', this.CONSUME(K.until), this.SUBRULE1(this.day)) },
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
    { ALT: () => this.once(this.#penalty, 'description', this.CONSUME(K.description), this.SUBRULE(this.string)) },
    { ALT: () => this.once(this.#penalty, 'on', this.CONSUME(K.on), this.SUBRULE(this.trigger)) },
    { ALT: () => this.once(this.#penalty, 'where', this.CONSUME(K.where), this.SUBRULE(this.expression)) },
    {
      ALT: () => {
        const first = this.CONSUME(K.resets);
        const ids: Name[] = [];
        this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => ids.push(this.SUBRULE(this.id)) });
        this.ACTION(() => {
          this.limitList(ids);
          if (this.#penalty.resets.length > 0) this.repeated(first);
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
}
