/** Rule text to form. */

import {
  type BadgeBlock,
  type EventType,
  type Expression,
  type PenaltyBlock,
  parse,
  printPath,
  type RequirementBlock,
  type RuleFile,
} from '../../../dsl/index.ts';
import { msg, type Words, words } from '../../../plugin/words.ts';
import {
  BADGE_AWARDED,
  BADGE_REVOKED,
  type BadgeForm,
  formLimits,
  type PenaltyForm,
  type RequirementForm,
  type RuleForm,
} from './form.ts';
import { fieldTypeAt } from './key-paths.ts';
import { expressionText, rowNodes, rowsOfExpression, type TypeOf } from './where.ts';

/** The text that a form was made from: whatever the person does not change is taken from it. */
export interface Base {
  readonly text: string;
  readonly file: RuleFile;
  readonly block: BadgeBlock;
}

export type Opened =
  | { readonly ok: true; readonly base: Base }
  /** A full sentence. */
  | { readonly ok: false; readonly message: Words };

/** Reads a text for the form. It need not pass the check, but it must be possible to tell what it says. */
export function openBase(text: string): Opened {
  const { file, diagnostics } = parse(text);
  if (file.broken.length > 0 || diagnostics.some(({ severity }) => severity === 'error'))
    return refuse(msg('The form can show this text once its syntax is right: mend what is marked, then try again.'));
  const blocks = file.blocks.filter((block) => block.kind === 'badge');
  const [block] = blocks;
  if (block === undefined || blocks.length > 1)
    return refuse(msg('The form shows exactly one badge: let the text hold one badge block.'));
  const rules = [...block.requirements, ...block.penalties];
  const rows = rules.reduce((sum, { where }) => sum + rowNodes(where).length, 0);
  if (
    block.requirements.length > formLimits.requirements ||
    block.penalties.length > formLimits.penalties ||
    rows > formLimits.allRows
  )
    return refuse(
      words(
        'This badge is too large for the form, which holds {requirements} requirements, {penalties} penalties and {rows} data rules: edit it as text.',
        {
          requirements: formLimits.requirements,
          penalties: formLimits.penalties,
          rows: formLimits.allRows,
        },
      ),
    );
  return { ok: true, base: { text, file, block } };
}

function refuse(message: Words): Opened {
  return { ok: false, message };
}

type EventTypes = ReadonlyMap<string, EventType>;

export function typesIn(eventTypes: EventTypes, on: string): TypeOf {
  const type = eventTypes.get(on) ?? null;
  return (names) => fieldTypeAt(type, names);
}

export function toForm({ block }: Base, eventTypes: EventTypes): BadgeForm {
  const { repeatable } = block;
  return {
    id: block.id.value,
    name: block.name?.value ?? '',
    provider: block.template?.provider.text ?? '',
    template: block.template?.id.value ?? '',
    active: block.active?.value ?? false,
    evaluate: block.evaluate?.value ?? false,
    repeatable: repeatable === null ? 'once' : repeatable.times === null ? 'unlimited' : 'limited',
    times: repeatable?.times ? String(repeatable.times.value) : '',
    onRegress: block.onRegress?.value ?? 'revoke',
    reAward: block.reAward?.value ?? 'never',
    requirements: block.requirements.map((one, index) => requirementForm(one, index, eventTypes)),
    penalties: block.penalties.map((one, index) => penaltyForm(one, index, eventTypes)),
  };
}

/** @param origin null: not of the base text */
export function requirementForm(
  block: RequirementBlock,
  origin: number | null,
  eventTypes: EventTypes,
): RequirementForm {
  const { group, count, after, from, until } = block;
  return {
    ...ruleForm(block, origin, eventTypes),
    kind: 'requirement',
    group: group?.text ?? '',
    count: count === null ? '' : String(count.times.value),
    distinct: count?.distinct ? printPath(count.distinct) : '',
    within: count?.within ? String(count.within.amount) : '',
    unit: count?.within?.unit ?? 'day',
    after: after?.text ?? '',
    from: from?.text ?? '',
    until: until?.text ?? '',
  };
}

function penaltyForm(block: PenaltyBlock, origin: number | null, eventTypes: EventTypes): PenaltyForm {
  return {
    ...ruleForm(block, origin, eventTypes),
    kind: 'penalty',
    resets: [...new Set(block.resets.map(({ text }) => text))],
  };
}

function ruleForm(
  { id, description, on, where }: RequirementBlock | PenaltyBlock,
  origin: number | null,
  eventTypes: EventTypes,
): RuleForm {
  const trigger = triggerForm(on);
  return {
    origin,
    id: id.text,
    description: description?.value ?? '',
    ...trigger,
    ...whereForm(where, typesIn(eventTypes, trigger.on)),
  };
}

function triggerForm(on: RequirementBlock['on']): Pick<RuleForm, 'on' | 'badge'> {
  if (on === null) return { on: '', badge: '' };
  if (on.kind === 'event-trigger') return { on: on.type.text, badge: '' };
  return { on: on.change === 'awarded' ? BADGE_AWARDED : BADGE_REVOKED, badge: on.badge.value };
}

function whereForm(where: Expression | null, typeOf: TypeOf): Pick<RuleForm, 'mode' | 'rows' | 'where'> {
  const rows = rowsOfExpression(where, typeOf);
  if (rows !== null) return { mode: 'rows', rows, where: '' };
  return { mode: 'expression', rows: [], where: expressionText(where) };
}
