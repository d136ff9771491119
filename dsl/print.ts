/** Syntax tree to canonical text: clauses in one order, aligned; comments kept. */

import type {
  BadgeBlock,
  Comment,
  Expectation,
  PenaltyBlock,
  RequirementBlock,
  RuleFile,
  Span,
  TestBlock,
  TestEvent,
  TriggerClause,
} from './ast.ts';
import { Comments, printComment } from './print-comments.ts';
import { layoutCondition, printLiteral, printPath, quote, WIDTH } from './print-condition.ts';

const INDENT = '  ';

/** `parse(printFile(file))` gives the same blocks again, spans aside, and printing those gives the same text. */
export function printFile(file: RuleFile): string {
  const comments = new Comments(file);
  const parts = file.blocks.map((block) => [
    ...commentLines(comments.before(block), ''),
    ...(block.kind === 'badge' ? badgeLines(block, comments) : testLines(block, comments)),
  ]);
  const end = commentLines(comments.end(file), '');
  if (end.length > 0) parts.push(end);
  return parts.map((lines) => `${trimEnd(lines).join('\n')}\n`).join('\n');
}

/** One block without comments, ending with a line end. */
export function printBadgeBlock(block: BadgeBlock): string {
  return `${badgeLines(block, NO_COMMENTS).join('\n')}\n`;
}

const NO_COMMENTS = new Comments({
  kind: 'rule-file',
  blocks: [],
  comments: [],
  broken: [],
  span: { start: 0, end: 0 },
});

/** A clause: its keyword, what follows, and the nodes whose comments belong to it. */
interface Clause {
  readonly keyword: string;
  readonly text: string;
  readonly nodes: readonly { readonly span: Span }[];
  /** Shares a column with its like. */
  readonly aligned: boolean;
}

function clause(keyword: string, text: string, ...nodes: readonly ({ readonly span: Span } | null)[]): Clause {
  return { keyword, text, nodes: nodes.filter((node) => node !== null), aligned: true };
}

/** Stands by itself: its words would make the column too wide. */
function free(keyword: string, text: string, node: { readonly span: Span }): Clause {
  return { keyword, text, nodes: [node], aligned: false };
}

function badgeLines(block: BadgeBlock, comments: Comments): string[] {
  const { name, template, active, evaluate, repeatable, onRegress, reAward } = block;
  const clauses: Clause[] = [];
  if (name) clauses.push(clause('name', quote(name.value), name));
  if (template) clauses.push(clause('template', `${template.provider.text} ${quote(template.id.value)}`, template));
  if (active) clauses.push(clause('active', String(active.value), active));
  if (evaluate) clauses.push(clause('evaluate', String(evaluate.value), evaluate));
  if (repeatable) {
    const limit = repeatable.times === null ? '' : `up to ${repeatable.times.value} times`;
    clauses.push(free('repeatable', limit, repeatable));
  }
  if (onRegress) clauses.push(free('on regress', onRegress.value, onRegress));
  if (reAward) clauses.push(free('re-award', reAward.value, reAward));
  const lines = [
    `badge ${quote(block.id.value)} {${comments.header(block)}`,
    ...commentLines(comments.first(block), INDENT),
    ...clauseLines(clauses, INDENT, comments),
  ];
  for (const inner of [...block.requirements, ...block.penalties]) {
    if (lines.length > 1) lines.push('');
    lines.push(...commentLines(comments.before(inner), INDENT));
    lines.push(...(inner.kind === 'requirement' ? requirementLines(inner, comments) : penaltyLines(inner, comments)));
  }
  return close(lines, block, '', comments);
}

function requirementLines(block: RequirementBlock, comments: Comments): string[] {
  const { description, on, where, count, after, from, until } = block;
  const clauses: Clause[] = [];
  if (description) clauses.push(free('description', quote(description.value), description));
  if (on) clauses.push(clause('on', triggerText(on), on));
  if (where) clauses.push(whereClause(where));
  if (count) {
    const distinct = count.distinct === null ? '' : ` distinct ${printPath(count.distinct)}`;
    const { within } = count;
    const window = within === null ? '' : ` within ${within.amount} ${within.unit}${within.amount === 1 ? '' : 's'}`;
    clauses.push(clause('count', `${count.times.value}${distinct}${window}`, count));
  }
  if (after) clauses.push(clause('after', after.text, after));
  if (from) clauses.push(clause('from', `${from.text}${until === null ? '' : ` until ${until.text}`}`, from, until));
  else if (until) clauses.push(clause('until', until.text, until));
  const group = block.group === null ? '' : ` in group ${block.group.text}`;
  return ruleLines(`requirement ${block.id.text}${group}`, clauses, block, comments);
}

function penaltyLines(block: PenaltyBlock, comments: Comments): string[] {
  const { description, on, where, resets } = block;
  const clauses: Clause[] = [];
  if (description) clauses.push(free('description', quote(description.value), description));
  if (on) clauses.push(clause('on', triggerText(on), on));
  if (where) clauses.push(whereClause(where));
  if (resets.length > 0) clauses.push(clause('resets', resets.map(({ text }) => text).join(', '), ...resets));
  return ruleLines(`penalty ${block.id.text}`, clauses, block, comments);
}

function ruleLines(
  header: string,
  clauses: readonly Clause[],
  block: RequirementBlock | PenaltyBlock,
  comments: Comments,
): string[] {
  const inner = `${INDENT}${INDENT}`;
  const lines = [
    `${INDENT}${header} {${comments.header(block)}`,
    ...commentLines(comments.first(block), inner),
    ...clauseLines(clauses, inner, comments),
  ];
  return close(lines, block, INDENT, comments);
}

function whereClause(where: NonNullable<RequirementBlock['where']>): Clause {
  return clause('where', layoutCondition(where, `${INDENT}${INDENT}${INDENT}`, WIDTH - 10), where);
}

function triggerText(on: TriggerClause): string {
  return on.kind === 'event-trigger' ? on.type.text : `badge ${quote(on.badge.value)} ${on.change}`;
}

function testLines(block: TestBlock, comments: Comments): string[] {
  const lines = [
    `test ${quote(block.title.value)} {${comments.header(block)}`,
    ...commentLines(comments.first(block), INDENT),
  ];
  if (block.badge !== null)
    lines.push(...clauseLines([clause('badge', quote(block.badge.value), block.badge)], INDENT, comments));
  for (const step of block.steps) {
    lines.push(...commentLines(comments.before(step), INDENT));
    if (step.kind === 'test-event') lines.push(...eventLines(step));
    else lines.push(`${INDENT}expect ${step.expectations.map(expectationText).join(', ')}`);
    lines[lines.length - 1] += comments.after(step);
  }
  return close(lines, block, '', comments);
}

function eventLines({ type, at, fields }: TestEvent): string[] {
  const header = `${INDENT}event ${type.text}${at === null ? '' : ` at ${at.text}`} {`;
  if (fields.length === 0) return [`${header}}`];
  const inner = `${INDENT}${INDENT}`;
  const texts = fields.map(
    ({ path, value }) => `${printPath(path)} = ${value === null ? 'null' : printLiteral(value)}`,
  );
  const line = `${inner}${texts.join(', ')}`;
  return [header, line.length <= WIDTH ? line : texts.map((text) => `${inner}${text}`).join(',\n'), `${INDENT}}`];
}

function expectationText(expectation: Expectation): string {
  switch (expectation.kind) {
    case 'awarded':
      if (expectation.times !== null) return `awarded ${expectation.times.value} times`;
      return expectation.negated ? 'not awarded' : 'awarded';
    case 'revoked':
      return 'revoked';
    case 'fulfilled':
      return `${expectation.negated ? 'not ' : ''}fulfilled ${expectation.requirement.text}`;
    case 'progress':
      return `progress ${expectation.ratio.value}`;
  }
}

function clauseLines(clauses: readonly Clause[], indent: string, comments: Comments): string[] {
  const width = Math.max(0, ...clauses.filter(({ aligned }) => aligned).map(({ keyword }) => keyword.length));
  return clauses.flatMap(({ keyword, text, nodes, aligned }) => {
    const before = commentLines(
      nodes.flatMap((node) => comments.before(node)),
      indent,
    );
    const after = nodes.map((node) => comments.after(node)).filter((one) => one !== '');
    // Several nodes on one line: only one comment can end it.
    const surplus = after.slice(0, -1).map((one) => `${indent}${one.trimStart()}`);
    const line = `${indent}${aligned ? keyword.padEnd(width) : keyword} ${text}`.trimEnd();
    return [...before, ...surplus, `${line}${after.at(-1) ?? ''}`];
  });
}

function close(
  lines: readonly string[],
  block: BadgeBlock | RequirementBlock | PenaltyBlock | TestBlock,
  indent: string,
  comments: Comments,
): string[] {
  const end = commentLines(comments.end(block), `${indent}${INDENT}`);
  return [...trimEnd([...lines, ...end]), `${indent}}${comments.after(block)}`];
}

function commentLines(comments: readonly Comment[], indent: string): string[] {
  return comments.flatMap((comment) => {
    const line = `${indent}${printComment(comment)}`;
    return comment.detached && comment.ownLine ? [line, ''] : [line];
  });
}

function trimEnd(lines: string[]): string[] {
  const last = lines.findLastIndex((line) => line !== '');
  return lines.slice(0, last + 1);
}
