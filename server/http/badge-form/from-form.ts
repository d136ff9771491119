/** Form to syntax tree: the tree of the base text, with new nodes where the person changed something and nowhere else. */

import {
  type BadgeBlock,
  type BooleanLiteral,
  Comments,
  type CountClause,
  type Environment,
  type Expression,
  type Name,
  type PenaltyBlock,
  printFile,
  printPath,
  type RequirementBlock,
  type RuleFile,
  readExpression,
  type TriggerClause,
} from '../../../dsl/index.ts';
import { msg } from '../../../plugin/words.ts';
import type { FieldError } from '../forms/forms.ts';
import {
  BADGE_AWARDED,
  type BadgeForm,
  isBadgeTrigger,
  isBlank,
  type PenaltyForm,
  prefixOf,
  type RequirementForm,
  type RuleForm,
} from './form.ts';
import { isSame, NOWHERE, Reading } from './reading.ts';
import { type Base, requirementForm, typesIn } from './to-form.ts';
import { ended, placed } from './values.ts';
import { conjunction, readPath, rowNodes, rowReader, sameExpression } from './where.ts';

export interface FromForm {
  readonly file: RuleFile;
  readonly block: BadgeBlock;
  /** Canonical text that can be parsed: a stand-in is in the place of what could not be read. */
  readonly printed: string;
  /** By the field they belong to. */
  readonly problems: readonly FieldError[];
  /** For every requirement and penalty in mode `rows`, by prefix: which row each part of its condition comes from. */
  readonly rowsOf: ReadonlyMap<string, readonly number[]>;
  /** The text, or a message about it, with what was typed in place of the stand-ins. */
  readonly restore: (text: string) => string;
}

/** @param unreadable what becomes of a field that cannot be read */
export function fromForm(
  form: BadgeForm,
  base: Base,
  { eventTypes }: Pick<Environment, 'eventTypes'>,
  unreadable: 'kept' | 'left out' = 'kept',
): FromForm {
  const reading = new Reading(unreadable === 'kept', base.text + JSON.stringify(form));
  const builder = new Builder(reading, eventTypes);
  const block = builder.badge(form, base.block);
  const file: RuleFile = {
    ...base.file,
    blocks: base.file.blocks.map((one) => (one === base.block ? block : one)),
    comments: commentsLeft(base, block),
  };
  const { problems } = reading;
  const printed = printFile(file);
  return { file, block, printed, problems, rowsOf: builder.rowsOf, restore: (text) => reading.restore(text) };
}

/** Comments go with the requirement or penalty they belong to. */
function commentsLeft({ file, block }: Base, now: BadgeBlock): RuleFile['comments'] {
  const kept = new Set([...now.requirements, ...now.penalties].map(({ span }) => span.start));
  const gone = [...block.requirements, ...block.penalties].filter(({ span }) => !kept.has(span.start));
  if (gone.length === 0) return file.comments;
  const comments = new Comments(file);
  const dropped = new Set(gone.flatMap((one) => comments.of(one)));
  return file.comments.filter((comment) => !dropped.has(comment));
}

/** The whole text with what was typed, readable or not. */
export function textOfForm(form: BadgeForm, base: Base, environment: Pick<Environment, 'eventTypes'>): string {
  const { printed, restore } = fromForm(form, base, environment, 'kept');
  return restore(printed);
}

class Builder {
  readonly rowsOf = new Map<string, readonly number[]>();
  readonly #reading: Reading;
  readonly #eventTypes: Environment['eventTypes'];

  constructor(reading: Reading, eventTypes: Environment['eventTypes']) {
    this.#reading = reading;
    this.#eventTypes = eventTypes;
  }

  badge(form: BadgeForm, base: BadgeBlock): BadgeBlock {
    const id = this.#reading.text(form.id, base.id);
    if (id === null) this.#reading.refuse('id', msg('Enter an id, such as demo-course.'));
    if (form.requirements.length === 0)
      this.#reading.refuse('add-requirement', msg('Add a requirement: a badge without one could never be earned.'));
    return {
      ...base,
      id: id ?? { ...base.id, value: '' },
      name: this.#reading.text(form.name, base.name),
      template: this.#template(form, base.template),
      active: flag(form.active, base.active),
      evaluate: flag(form.evaluate, base.evaluate),
      repeatable: this.#repeatable(form, base.repeatable),
      onRegress: choice(form.onRegress, base.onRegress, 'revoke'),
      reAward: choice(form.reAward, base.reAward, 'never'),
      requirements: form.requirements.map((one, index) => this.#requirement(one, index, base)),
      penalties: form.penalties.map((one, index) => this.#penalty(one, index, base)),
    };
  }

  #template({ provider, template }: BadgeForm, base: BadgeBlock['template']): BadgeBlock['template'] {
    if (isSame(provider, base?.provider.text ?? '') && isSame(template, base?.id.value ?? '')) return base;
    const id = this.#reading.text(template, base?.id ?? null);
    if (provider === '' && id === null) return null;
    if (id === null)
      this.#reading.refuse('template', msg('Enter which template of the provider this badge configures.'));
    const named = this.#reading.name(
      'provider',
      provider,
      base?.provider ?? null,
      msg('Choose where the template is kept.'),
    );
    if (!this.#reading.keeps && (id === null || this.#hasProblem('provider'))) return null;
    const span = base?.span ?? NOWHERE;
    return { kind: 'template', provider: named, id: id ?? { kind: 'text', value: '', span: NOWHERE }, span };
  }

  #repeatable({ repeatable, times }: BadgeForm, base: BadgeBlock['repeatable']): BadgeBlock['repeatable'] {
    if (repeatable === 'once') return null;
    const span = base?.span ?? NOWHERE;
    if (repeatable === 'unlimited') return base?.times === null ? base : { kind: 'repeatable', times: null, span };
    const message = msg('Write how often the badge can be earned: a whole number of at least 1.');
    const limit = this.#reading.number('times', times, base?.times ?? null, message);
    return base && limit === base.times ? base : { kind: 'repeatable', times: limit, span };
  }

  #requirement(form: RequirementForm, index: number, badge: BadgeBlock): RequirementBlock {
    const base = form.origin === null ? null : (badge.requirements[form.origin] ?? null);
    const prefix = prefixOf('requirement', index);
    const on = this.#trigger(prefix, form, base?.on ?? null);
    return {
      kind: 'requirement',
      ...this.#rule(prefix, form, base),
      on,
      group: this.#group(prefix, form.group, base?.group ?? null),
      count: this.#count(prefix, form, base),
      after: form.after === '' ? null : this.#reading.reference(form.after, base?.after ?? null),
      from: this.#reading.date(`${prefix}-from`, form.from, base?.from ?? null),
      until: this.#reading.date(`${prefix}-until`, form.until, base?.until ?? null),
    };
  }

  #penalty(form: PenaltyForm, index: number, badge: BadgeBlock): PenaltyBlock {
    const base = form.origin === null ? null : (badge.penalties[form.origin] ?? null);
    const prefix = prefixOf('penalty', index);
    const on = this.#trigger(prefix, form, base?.on ?? null);
    if (form.resets.length === 0)
      this.#reading.refuse(`${prefix}-resets`, msg('Choose the requirements that this penalty resets.'));
    return {
      kind: 'penalty',
      ...this.#rule(prefix, form, base),
      on,
      resets: this.#resets(form.resets, base?.resets ?? []),
    };
  }

  #rule(prefix: string, form: RuleForm, base: RequirementBlock | PenaltyBlock | null) {
    const message = msg('Write an id of letters, digits, "-" and "_" that begins with a letter, such as passed.');
    return {
      id: this.#reading.name(`${prefix}-id`, form.id, base?.id ?? null, message),
      description: this.#reading.text(form.description, base?.description ?? null),
      where: this.#where(prefix, form, base?.where ?? null),
      span: base?.span ?? NOWHERE,
    };
  }

  #group(prefix: string, typed: string, base: Name | null): Name | null {
    if (typed.trim() === '' && base?.text !== typed) return null;
    const group = this.#reading.name(`${prefix}-group`, typed, base, msg('Choose a group from A to Z.'));
    return this.#reading.keeps || !this.#hasProblem(`${prefix}-group`) ? group : null;
  }

  #trigger(prefix: string, { on, badge }: RuleForm, base: TriggerClause | null): TriggerClause | null {
    const span = base?.span ?? NOWHERE;
    if (isBadgeTrigger(on)) {
      const change = on === BADGE_AWARDED ? 'awarded' : 'revoked';
      const former = base?.kind === 'badge-trigger' ? base : null;
      const id = this.#reading.text(badge, former?.badge ?? null);
      if (former !== null && id === former.badge && change === former.change) return former;
      if (id === null) this.#reading.refuse(`${prefix}-badge`, msg('Enter the id of the other badge.'));
      if (id === null && !this.#reading.keeps) return null;
      return { kind: 'badge-trigger', badge: id ?? { kind: 'text', value: '', span: NOWHERE }, change, span };
    }
    if (on === '') {
      this.#reading.refuse(`${prefix}-on`, msg('Choose the event that counts.'));
      return null;
    }
    const former = base?.kind === 'event-trigger' ? base : null;
    const type = this.#reading.dottedName(
      `${prefix}-on`,
      on,
      former?.type ?? null,
      msg('Choose an event of the list.'),
    );
    if (former !== null && type === former.type) return former;
    if (!this.#reading.keeps && this.#hasProblem(`${prefix}-on`)) return null;
    return { kind: 'event-trigger', type, span };
  }

  #count(prefix: string, form: RequirementForm, block: RequirementBlock | null): CountClause | null {
    const base = block?.count ?? null;
    const former = block && requirementForm(block, null, this.#eventTypes);
    const isUntouched = (['count', 'distinct', 'within'] as const).every((key) =>
      isSame(form[key], former?.[key] ?? ''),
    );
    if (isUntouched && (form.within === '' || form.unit === (former?.unit ?? 'day'))) return base;
    if ([form.count, form.distinct, form.within].every((text) => text.trim() === '')) return null;
    const span = base?.span ?? NOWHERE;
    const reading = this.#reading;
    const times = reading.number(
      `${prefix}-count`,
      form.count,
      base?.times ?? null,
      msg('Write how many are needed: a whole number of at least 1.'),
    );
    let within: CountClause['within'] = null;
    if (form.within.trim() !== '') {
      const amount = reading.number(`${prefix}-within`, form.within, null, msg('Write a whole number of at least 1.'));
      if (amount !== null)
        within = { kind: 'duration', amount: amount.value, unit: form.unit, span: base?.within?.span ?? NOWHERE };
    }
    if (times === null) return null;
    const distinct = isSame(form.distinct, former?.distinct ?? '')
      ? (base?.distinct ?? null)
      : form.distinct.trim() === ''
        ? null
        : readPath(form.distinct);
    return { kind: 'count', times, distinct, within, span };
  }

  /** Those that were there keep their place. */
  #resets(typed: readonly string[], base: readonly Name[]): readonly Name[] {
    const isTyped = ({ text }: Name): boolean => typed.some((id) => isSame(id, text));
    const added = typed.filter((id) => !base.some(({ text }) => isSame(id, text)));
    if (added.length === 0 && base.every(isTyped)) return base;
    return [...base.filter(isTyped), ...added.map((id) => this.#reading.reference(id, null))];
  }

  #where(prefix: string, form: RuleForm, base: Expression | null): Expression | null {
    const where = form.mode === 'rows' ? this.#fromRows(prefix, form, base) : this.#fromText(prefix, form, base);
    if (sameExpression(where, base)) return base;
    return where && { ...where, span: base?.span ?? NOWHERE };
  }

  #fromRows(prefix: string, form: RuleForm, base: Expression | null): Expression | null {
    const read = rowReader(base, typesIn(this.#eventTypes, form.on));
    const seen = new Set<string>();
    const nodes: Expression[] = [];
    const rows: number[] = [];
    for (const [index, row] of form.rows.entries()) {
      if (isBlank(row)) continue;
      const field = `${prefix}-row${index}`;
      if (row.path.trim() === '') this.#reading.refuse(`${field}-path`, msg('Choose the field to compare.'));
      if (row.path.trim() === '' && !this.#reading.keeps) continue;
      const { node, refusal } = read(row);
      if (refusal?.isEnglish) this.#reading.refuse(`${field}-value`, '', refusal.message);
      else if (refusal) this.#reading.refuse(`${field}-value`, refusal.message);
      const key = JSON.stringify([printPath(node.path), row.operator, row.value.trim()]);
      if (seen.has(key))
        this.#reading.refuse(
          `${field}-path`,
          msg('This data rule is there twice: change it or remove one of the two.'),
        );
      seen.add(key);
      nodes.push(node);
      rows.push(index);
    }
    this.rowsOf.set(prefix, rows);
    const isWhole = base !== null && nodes.length === rowNodes(base).length;
    return isWhole && nodes.every((node, index) => node === rowNodes(base)[index]) ? base : conjunction(nodes);
  }

  #fromText(prefix: string, { where }: RuleForm, base: Expression | null): Expression | null {
    const typed = where.replace(/\r\n?/g, '\n');
    if (typed.trim() === '') return null;
    const { expression, hasComments, diagnostics } = readExpression(typed);
    if (hasComments) this.#reading.refuse(`${prefix}-where`, COMMENT);
    if (expression !== null && !hasComments) return sameExpression(expression, base) ? base : expression;
    for (const { line, column, message, hint } of diagnostics)
      this.#reading.refuse(`${prefix}-where`, placed({ line, column }), ended(`${message}${hint ? `; ${hint}` : ''}`));
    return this.#reading.condition(typed);
  }

  #hasProblem(field: string): boolean {
    return this.#reading.problems.some((problem) => problem.field === field);
  }
}

const COMMENT = msg('A comment cannot be kept inside a condition: write it in the view as text.');

function flag(value: boolean, base: BooleanLiteral | null): BooleanLiteral | null {
  if (value === (base?.value ?? false)) return base;
  return { kind: 'boolean', value, span: base?.span ?? NOWHERE };
}

function choice<Choice extends string>(
  value: Choice,
  base: { readonly kind: 'choice'; readonly value: Choice; readonly span: { start: number; end: number } } | null,
  byDefault: Choice,
) {
  if (value === (base?.value ?? byDefault)) return base;
  return { kind: 'choice' as const, value, span: base?.span ?? NOWHERE };
}
