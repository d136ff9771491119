/** The syntax tree of a rule file: plain, readonly data with a span on every node.
 *  `parse` makes it, `check` turns it into the model (`model.ts`), `print` turns it back into canonical text. */

/** A range of the source text in UTF-16 code units, end exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

interface Node {
  readonly span: Span;
}

export interface RuleFile extends Node {
  readonly kind: 'rule-file';
  readonly blocks: readonly (BadgeBlock | TestBlock)[];
  readonly comments: readonly Comment[];
  /** Where the text was not understood. No badge or test around such a place passes the check. */
  readonly broken: readonly Span[];
}

/** `# ...` up to the end of its line; `text` without the `#`. */
export interface Comment extends Node {
  readonly kind: 'comment';
  readonly text: string;
  /** It has its line to itself. */
  readonly ownLine: boolean;
  /** An empty line follows. */
  readonly detached: boolean;
}

/** A name as written: a bare word or a quoted one. */
export interface Name extends Node {
  readonly kind: 'name';
  readonly text: string;
}

export interface TextLiteral extends Node {
  readonly kind: 'text';
  readonly value: string;
}
export interface NumberLiteral extends Node {
  readonly kind: 'number';
  readonly value: number;
}
export interface BooleanLiteral extends Node {
  readonly kind: 'boolean';
  readonly value: boolean;
}
/** `2026-02-01` or an RFC 3339 instant; `text` as written. */
export interface DateLiteral extends Node {
  readonly kind: 'date';
  readonly text: string;
}
/** `30 minutes`; `unit` in the singular. */
export interface DurationLiteral extends Node {
  readonly kind: 'duration';
  readonly amount: number;
  readonly unit: 'minute' | 'hour' | 'day' | 'week';
}
export type Literal = TextLiteral | NumberLiteral | BooleanLiteral | DateLiteral;

/** `course.course_key.org`, `grades."final exam"`; the checker decides what the segments mean. */
export interface Path extends Node {
  readonly kind: 'path';
  readonly segments: readonly Name[];
}

export interface BadgeBlock extends Node {
  readonly kind: 'badge';
  readonly id: TextLiteral;
  readonly name: TextLiteral | null;
  readonly template: TemplateClause | null;
  readonly active: BooleanLiteral | null;
  readonly evaluate: BooleanLiteral | null;
  readonly repeatable: RepeatableClause | null;
  readonly onRegress: ChoiceClause<'revoke' | 'keep'> | null;
  readonly reAward: ChoiceClause<'never' | 'allowed'> | null;
  readonly requirements: readonly RequirementBlock[];
  readonly penalties: readonly PenaltyBlock[];
}
export interface TemplateClause extends Node {
  readonly kind: 'template';
  readonly provider: Name;
  readonly id: TextLiteral;
}
export interface RepeatableClause extends Node {
  readonly kind: 'repeatable';
  /** null: without a limit */
  readonly times: NumberLiteral | null;
}
export interface ChoiceClause<Choice extends string> extends Node {
  readonly kind: 'choice';
  readonly value: Choice;
}

/** The event a requirement or penalty listens to. */
export type TriggerClause = EventTrigger | BadgeTrigger;
export interface EventTrigger extends Node {
  readonly kind: 'event-trigger';
  readonly type: Name;
}
export interface BadgeTrigger extends Node {
  readonly kind: 'badge-trigger';
  readonly badge: TextLiteral;
  readonly change: 'awarded' | 'revoked';
}

export interface RequirementBlock extends Node {
  readonly kind: 'requirement';
  readonly id: Name;
  readonly group: Name | null;
  readonly description: TextLiteral | null;
  readonly on: TriggerClause | null;
  readonly where: Expression | null;
  readonly count: CountClause | null;
  readonly after: Name | null;
  readonly from: DateLiteral | null;
  readonly until: DateLiteral | null;
}
export interface CountClause extends Node {
  readonly kind: 'count';
  readonly times: NumberLiteral;
  readonly distinct: Path | null;
  readonly within: DurationLiteral | null;
}
export interface PenaltyBlock extends Node {
  readonly kind: 'penalty';
  readonly id: Name;
  readonly description: TextLiteral | null;
  readonly on: TriggerClause | null;
  readonly where: Expression | null;
  readonly resets: readonly Name[];
}

export type ComparisonOperator = '=' | '!=' | '<' | '<=' | '>' | '>=';
export type TextOperator = 'starts with' | 'ends with' | 'contains' | 'like';

export type Expression = OrNode | AndNode | NotNode | ComparisonNode | InNode | TextMatchNode | ExistsNode | PathNode;
export interface OrNode extends Node {
  readonly kind: 'or';
  readonly operands: readonly Expression[];
}
export interface AndNode extends Node {
  readonly kind: 'and';
  readonly operands: readonly Expression[];
}
export interface NotNode extends Node {
  readonly kind: 'not';
  readonly operand: Expression;
}
export interface ComparisonNode extends Node {
  readonly kind: 'comparison';
  readonly path: Path;
  readonly operator: ComparisonOperator;
  readonly value: Literal;
}
export interface InNode extends Node {
  readonly kind: 'in';
  readonly path: Path;
  readonly negated: boolean;
  readonly values: readonly Literal[];
}
export interface TextMatchNode extends Node {
  readonly kind: 'text-match';
  readonly path: Path;
  readonly operator: TextOperator;
  readonly value: TextLiteral;
}
export interface ExistsNode extends Node {
  readonly kind: 'exists';
  readonly path: Path;
}
/** A boolean path standing alone. */
export interface PathNode extends Node {
  readonly kind: 'is-true';
  readonly path: Path;
}

export interface TestBlock extends Node {
  readonly kind: 'test';
  readonly title: TextLiteral;
  readonly badge: TextLiteral | null;
  readonly steps: readonly (TestEvent | TestExpect)[];
}
export interface TestEvent extends Node {
  readonly kind: 'test-event';
  readonly type: Name;
  readonly at: DateLiteral | null;
  readonly fields: readonly { readonly path: Path; readonly value: Literal | null }[];
}
export interface TestExpect extends Node {
  readonly kind: 'test-expect';
  readonly expectations: readonly Expectation[];
}
export type Expectation = Node &
  (
    | { readonly kind: 'awarded'; readonly negated: boolean; readonly times: NumberLiteral | null }
    | { readonly kind: 'revoked' }
    | { readonly kind: 'fulfilled'; readonly negated: boolean; readonly requirement: Name }
    | { readonly kind: 'progress'; readonly ratio: NumberLiteral }
  );
