/** What is wrong with a form, by field: what cannot be read, and what the checker says of the rest. */

import { type BadgeBlock, type Diagnostic, type Environment, parse, type Span } from '../../../dsl/index.ts';
import { words } from '../../../plugin/words.ts';
import type { FieldError } from '../forms/forms.ts';
import { type BadgeForm, prefixOf, type RuleForm } from './form.ts';
import { fromForm, textOfForm } from './from-form.ts';
import type { Base } from './to-form.ts';
import { ended, placed, sentence } from './values.ts';
import { rowNodes } from './where.ts';

export interface CheckedForm {
  /** The whole text with what was typed, readable or not. */
  readonly text: string;
  readonly errors: readonly FieldError[];
  readonly warnings: readonly FieldError[];
  /** About parts of the text that the form does not show, such as tests. */
  readonly elsewhere: readonly Diagnostic[];
}

/** Where a problem is shown that belongs to no field. */
export const TEXT_FIELD = 'text';

export function checkForm(
  form: BadgeForm,
  base: Base,
  environment: Pick<Environment, 'eventTypes'>,
  check: (text: string) => readonly Diagnostic[],
): CheckedForm {
  const text = textOfForm(form, base, environment);
  const readable = fromForm(form, base, environment, 'left out');
  // What is missing because it could not be read is no second mistake.
  const unread = new Set(readable.problems.map(({ field }) => field));
  const { printed } = readable;
  const fieldAt = fieldFinder(form, printed, readable.rowsOf);
  const errors = [...readable.problems];
  const warnings: FieldError[] = [];
  const elsewhere: Diagnostic[] = [];
  for (const diagnostic of check(printed)) {
    if (REPORTED_BY_FIELD.has(diagnostic.code)) continue;
    const field = fieldAt(diagnostic.span);
    if (field === TEXT_FIELD) elsewhere.push(diagnostic);
    else if (unread.has(field)) continue;
    const said = { field, ...inWords(diagnostic, field, readable.restore) };
    if (diagnostic.severity === 'error') errors.push(said);
    else warnings.push(said);
  }
  return { text, errors: inOrder(errors), warnings, elsewhere };
}

/** The form asks for these by itself, beside the field that is empty. */
const REPORTED_BY_FIELD = new Set(['clause.missing', 'badge.no-requirements']);

function inWords(
  { line, column, message, hint }: Diagnostic,
  field: string,
  restore: (text: string) => string,
): Omit<FieldError, 'field'> {
  const text = restore(hint === null ? message : `${message}; ${hint}`);
  return field === TEXT_FIELD
    ? { message: placed({ line, column }), english: ended(text) }
    : { message: '', english: sentence(text) };
}

/** As they stand on the page. */
function inOrder(problems: readonly FieldError[]): readonly FieldError[] {
  return [...problems].sort((a, b) => rank(a) - rank(b)).map(withPlace);
}

export function withPlace(problem: FieldError): FieldError {
  const [, letter, index = ''] = /^([rp])(\d+)-/.exec(problem.field) ?? [];
  if (letter === undefined) return problem;
  const number = Number(index) + 1;
  const place = letter === 'r' ? words('Requirement {number}', { number }) : words('Penalty {number}', { number });
  return { ...problem, place };
}

function rank({ field }: FieldError): number {
  const [, letter, index = ''] = /^([rp])(\d+)-/.exec(field) ?? [];
  if (letter !== undefined) return (letter === 'r' ? 1_000 : 2_000) + Number(index);
  return field === TEXT_FIELD ? 3_000 : 0;
}

type Finder = (span: Span) => string;

/** @returns the field whose part of the text holds a place, the narrowest one */
function fieldFinder(form: BadgeForm, text: string, rowsOf: ReadonlyMap<string, readonly number[]>): Finder {
  const block = parse(text).file.blocks.find((one) => one.kind === 'badge');
  const places = block ? placesOf(block, form, rowsOf) : [];
  places.sort((a, b) => lengthOf(a.span) - lengthOf(b.span));
  return ({ start, end }) => places.find(({ span }) => span.start <= start && end <= span.end)?.field ?? TEXT_FIELD;
}

function lengthOf({ start, end }: Span): number {
  return end - start;
}

interface Located {
  readonly field: string;
  readonly span: Span;
}

function located(field: string, ...nodes: readonly ({ readonly span: Span } | null | undefined)[]): Located[] {
  return nodes.flatMap((node) => (node ? [{ field, span: node.span }] : []));
}

function placesOf(block: BadgeBlock, form: BadgeForm, rowsOf: ReadonlyMap<string, readonly number[]>): Located[] {
  const { template, repeatable } = block;
  return [
    ...located('id', block.id, block),
    ...located('name', block.name),
    ...located('provider', template?.provider),
    ...located('template', template),
    ...located('active', block.active),
    ...located('evaluate', block.evaluate),
    ...located('repeatable', repeatable),
    ...located('times', repeatable?.times),
    ...located('on-regress', block.onRegress),
    ...located('re-award', block.reAward),
    ...block.requirements.flatMap((one, index) => {
      const prefix = prefixOf('requirement', index);
      return [
        ...rulePlaces(prefix, one, form.requirements[index], rowsOf.get(prefix)),
        ...located(`${prefix}-group`, one.group),
        ...located(`${prefix}-count`, one.count),
        ...located(`${prefix}-distinct`, one.count?.distinct),
        ...located(`${prefix}-within`, one.count?.within),
        ...located(`${prefix}-after`, one.after),
        ...located(`${prefix}-from`, one.from),
        ...located(`${prefix}-until`, one.until),
      ];
    }),
    ...block.penalties.flatMap((one, index) => {
      const prefix = prefixOf('penalty', index);
      return [
        ...rulePlaces(prefix, one, form.penalties[index], rowsOf.get(prefix)),
        ...located(`${prefix}-resets`, ...one.resets),
      ];
    }),
  ];
}

function rulePlaces(
  prefix: string,
  { id, description, on, where, span }: BadgeBlock['requirements'][number] | BadgeBlock['penalties'][number],
  rule: RuleForm | undefined,
  rows: readonly number[] = [],
): Located[] {
  const isRows = rule?.mode === 'rows';
  return [
    ...located(`${prefix}-id`, id, { span }),
    ...located(`${prefix}-description`, description),
    ...located(`${prefix}-on`, on),
    ...located(`${prefix}-badge`, on?.kind === 'badge-trigger' ? on.badge : null),
    ...located(isRows ? `${prefix}-row${rows[0] ?? 0}-path` : `${prefix}-where`, where),
    ...(isRows ? rowNodes(where) : []).flatMap((node, index) => [
      ...located(`${prefix}-row${rows[index] ?? 0}-path`, node, node.path),
      ...(node.kind === 'comparison' ? located(`${prefix}-row${rows[index] ?? 0}-value`, node.value) : []),
    ]),
  ];
}
