/** A form as its page shows it: every field with its choices. */

import { type Environment, type EventType, readExpression } from '../../../dsl/index.ts';
import { type FilledWords, msg } from '../../../plugin/words.ts';
import type { Translator } from '../../i18n/translator.ts';
import type { FieldError } from '../forms/forms.ts';
import { eventTitle } from '../words/event-titles.ts';
import {
  BADGE_AWARDED,
  BADGE_REVOKED,
  type BadgeForm,
  durationUnits,
  isBadgeTrigger,
  isBlank,
  type PenaltyForm,
  prefixOf,
  type RequirementForm,
  type RowForm,
  type RuleForm,
} from './form.ts';
import { fieldTypeAt, keyPathsOf } from './key-paths.ts';
import { readPath, whyNoRows } from './where.ts';

export interface Choice {
  readonly value: string;
  readonly text: string;
}

export interface ChoiceGroup {
  /** '' for choices in no group. */
  readonly label: string;
  readonly choices: readonly Choice[];
}

export interface FormView {
  readonly fields: Omit<BadgeForm, 'requirements' | 'penalties'>;
  readonly providers: readonly ChoiceGroup[];
  readonly repeatable: readonly ChoiceGroup[];
  readonly onRegress: readonly ChoiceGroup[];
  readonly reAward: readonly ChoiceGroup[];
  /** The part about earning it again is unfolded. */
  readonly policiesOpen: boolean;
  readonly units: readonly ChoiceGroup[];
  readonly requirements: readonly (RuleView & Omit<RequirementForm, 'rows' | 'kind'>)[];
  readonly penalties: readonly (RuleView & Omit<PenaltyForm, 'rows' | 'kind'>)[];
}

interface RuleView {
  readonly kind: RequirementForm['kind'] | PenaltyForm['kind'];
  readonly prefix: string;
  readonly title: string;
  readonly canMoveUp: boolean;
  readonly canMoveDown: boolean;
  readonly events: readonly ChoiceGroup[];
  /** Fields whose different values may be counted. */
  readonly countedBy: readonly ChoiceGroup[];
  readonly rows: readonly RowView[];
  /** It waits for a badge, so there is nothing to compare. */
  readonly hasNoData: boolean;
  /** Why the condition cannot be shown as rows; null: it can, or it cannot be read. */
  readonly whyExpression: FilledWords | null;
  readonly groups: readonly ChoiceGroup[];
  readonly afterChoices: readonly ChoiceGroup[];
  readonly afterValue: string;
  readonly timingOpen: boolean;
  readonly resetChoices: readonly { readonly field: string; readonly id: string; readonly chosen: boolean }[];
  readonly otherResets: readonly string[];
}

interface RowView extends RowForm {
  readonly prefix: string;
  readonly number: number;
  readonly paths: readonly ChoiceGroup[];
  /** What the value has to look like; '' for a text. */
  readonly hint: string;
}

export interface ViewParts {
  readonly environment: Environment;
  readonly hiddenKeyPaths: ReadonlySet<string>;
  readonly problems: readonly FieldError[];
  readonly t: Translator;
}

export function formView(form: BadgeForm, parts: ViewParts): FormView {
  const { requirements, penalties, ...fields } = form;
  const { t } = parts;
  const has = (names: readonly string[]): boolean => parts.problems.some(({ field }) => names.includes(field));
  return {
    fields,
    providers: ungrouped([
      { value: '', text: t('None') },
      ...withCurrent(
        [...parts.environment.providers].map((provider) => named(provider, t)),
        form.provider,
        t('{thing} (not available here)', { thing: form.provider }),
      ),
    ]),
    repeatable: ungrouped([
      { value: 'once', text: t('Once') },
      { value: 'unlimited', text: t('Again and again') },
      { value: 'limited', text: t('A number of times') },
    ]),
    onRegress: ungrouped([
      { value: 'revoke', text: t('It is taken back') },
      { value: 'keep', text: t('It is kept') },
    ]),
    reAward: ungrouped([
      { value: 'never', text: t('It cannot be earned again') },
      { value: 'allowed', text: t('It can be earned again') },
    ]),
    policiesOpen:
      form.repeatable !== 'once' ||
      form.onRegress !== 'revoke' ||
      form.reAward !== 'never' ||
      has(['repeatable', 'times', 'on-regress', 're-award']),
    units: ungrouped(durationUnits.map((unit) => ({ value: unit, text: t(unitNames[unit]) }))),
    requirements: requirements.map((one, index) => {
      const rule = ruleView(one, index, form, parts);
      const { prefix } = rule;
      const timing = ['count', 'distinct', 'within', 'after', 'from', 'until'] as const;
      return {
        ...one,
        ...rule,
        groups: groupChoices(one.group, t),
        ...afterView(one, index, form, t),
        timingOpen: timing.some((name) => one[name] !== '') || has(timing.map((name) => `${prefix}-${name}`)),
      };
    }),
    penalties: penalties.map((one, index) => ({
      ...one,
      ...ruleView(one, index, form, parts),
      resetChoices: requirements.map(({ id }, at) => ({
        field: `${prefixOf('penalty', index)}-resets-${at}`,
        id: shortened(id),
        chosen: one.resets.includes(id),
      })),
      otherResets: one.resets.filter((id) => !requirements.some((requirement) => requirement.id === id)),
    })),
  };
}

const unitNames: Readonly<Record<RequirementForm['unit'], string>> = {
  minute: msg('minutes'),
  hour: msg('hours'),
  day: msg('days'),
  week: msg('weeks'),
};

const NO_CHOICES = {
  groups: [],
  afterChoices: [],
  afterValue: '',
  timingOpen: false,
  resetChoices: [],
  otherResets: [],
} as const;

function ruleView(
  rule: RequirementForm | PenaltyForm,
  index: number,
  form: BadgeForm,
  { environment, hiddenKeyPaths, t }: ViewParts,
): RuleView {
  const prefix = prefixOf(rule.kind, index);
  const count = rule.kind === 'requirement' ? form.requirements.length : form.penalties.length;
  const type = environment.eventTypes.get(rule.on) ?? null;
  const offered = type ? keyPathsOf(type, hiddenKeyPaths).map(({ path }) => same(path)) : [];
  const paths = (none: string, current: string): readonly ChoiceGroup[] =>
    ungrouped([{ value: '', text: none }, ...withCurrent(offered, current, noted(current, type, t))]);
  return {
    ...NO_CHOICES,
    kind: rule.kind,
    prefix,
    title:
      rule.kind === 'requirement'
        ? t('Requirement {number}', { number: index + 1 })
        : t('Penalty {number}', { number: index + 1 }),
    canMoveUp: index > 0,
    canMoveDown: index < count - 1,
    events: eventChoices(rule, environment, t),
    countedBy: paths(t('Every event'), rule.kind === 'requirement' ? rule.distinct : ''),
    rows: rule.rows.map((row, at) => ({
      ...row,
      prefix: `${prefix}-row${at}`,
      number: at + 1,
      paths: paths(t('Choose a field'), row.path),
      hint: hintFor(row.path, type, t),
    })),
    hasNoData: isBadgeTrigger(rule.on) && rule.rows.every(isBlank) && rule.where.trim() === '',
    whyExpression: whyExpression(rule),
  };
}

function whyExpression({ mode, where }: RuleForm): FilledWords | null {
  if (mode === 'rows' || where.trim() === '') return null;
  const { expression } = readExpression(where);
  return expression && whyNoRows(expression);
}

function eventChoices(
  rule: RuleForm & { readonly kind: string },
  environment: Environment,
  t: Translator,
): readonly ChoiceGroup[] {
  const enabled = [...(environment.enabledEventTypes ?? environment.eventTypes.keys())].sort();
  const events = enabled.map((value) => ({ value, text: t(eventTitle(value)) }));
  const badges = [
    { value: BADGE_AWARDED, text: t('Another badge is awarded') },
    ...(rule.kind === 'penalty' || rule.on === BADGE_REVOKED
      ? [{ value: BADGE_REVOKED, text: t('Another badge is revoked') }]
      : []),
  ];
  const current = isBadgeTrigger(rule.on) ? '' : rule.on;
  const noted = environment.eventTypes.has(rule.on)
    ? t('{thing} (not enabled)', { thing: current })
    : t('{thing} (unknown)', { thing: current });
  return [
    { label: '', choices: [{ value: '', text: t('Choose an event') }] },
    { label: t('Events of the LMS'), choices: withCurrent(events, current, noted) },
    { label: t('Badges'), choices: badges },
  ];
}

function hintFor(path: string, type: EventType | null, t: Translator): string {
  if (path === '') return '';
  const field = fieldTypeAt(
    type,
    readPath(path).segments.map(({ text }) => text),
  );
  if (field?.kind === 'boolean') return t('true or false');
  if (field?.kind === 'number') return t('a number');
  return field?.kind === 'string' && field.format === 'date'
    ? t('a date, such as {example}', { example: '2026-02-01' })
    : '';
}

function noted(path: string, type: EventType | null, t: Translator): string {
  const names = path === '' ? [] : readPath(path).segments.map(({ text }) => text);
  return fieldTypeAt(type, names) === null
    ? t('{thing} (not in this event)', { thing: path })
    : t('{thing} (hidden by the settings)', { thing: path });
}

function groupChoices(current: string, t: Translator): readonly ChoiceGroup[] {
  const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'].map(same);
  return ungrouped([
    { value: '', text: t('Its own') },
    ...withCurrent(letters, current, t('{thing} (no letter)', { thing: current })),
  ]);
}

/** By position, so that the choice stays when the other requirement is renamed. */
function afterView(
  { after }: RequirementForm,
  index: number,
  { requirements }: BadgeForm,
  t: Translator,
): Pick<RuleView, 'afterChoices' | 'afterValue'> {
  const others = requirements.flatMap(({ id }, at) =>
    at === index ? [] : [{ value: `#${at}`, text: shortened(id), id }],
  );
  const known = others.find(({ id }) => id === after);
  const unknown = after === '' || known ? [] : [{ value: after, text: t('{id} (no such requirement)', { id: after }) }];
  return {
    afterChoices: ungrouped([{ value: '', text: t('Nothing') }, ...others, ...unknown]),
    afterValue: known?.value ?? after,
  };
}

/** Every rule offers the ids of all others, and no id that anybody reads is as long. */
const LONGEST_OFFERED = 200;

function shortened(id: string): string {
  return id.length <= LONGEST_OFFERED ? id : `${id.slice(0, LONGEST_OFFERED)}...`;
}

/** @param noted the current one, should it not be among them */
function withCurrent(choices: readonly Choice[], current: string, noted: string): readonly Choice[] {
  if (current === '' || choices.some(({ value }) => value === current)) return choices;
  return [...choices, { value: current, text: noted }];
}

function ungrouped(choices: readonly Choice[]): readonly ChoiceGroup[] {
  return [{ label: '', choices }];
}

function same(value: string): Choice {
  return { value, text: value };
}

const providerTitles: Readonly<Record<string, string>> = {
  accredible: 'Accredible',
  credly: 'Credly',
  memory: msg('Memory (for trying out)'),
  openbadges: 'Open Badges',
};

function named(value: string, t: Translator): Choice {
  return { value, text: t(providerTitles[value] ?? value) };
}
