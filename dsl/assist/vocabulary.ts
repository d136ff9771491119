/** What can be named in rules, with words about it: the same sentences for completion and for pointing. */

import { findPath, pathNames, type Resolution, type Scope, scopeOf } from '../checks/paths.ts';
import type { Environment, EventType, FieldType, StringFormat } from '../environment.ts';
import type { ResolvedPath } from '../model.ts';
import { type OperatorRow, operators } from '../operators.ts';
import { printPath } from '../print-condition.ts';

/** What a text is checked against and completed from. */
export interface Vocabulary {
  readonly environment: Environment;
  /** Of an expression that stands alone: the event type it is about. */
  readonly eventType: string | null;
  /** By event type and dotted path: values that a text is known to take. Others are no mistake. */
  readonly knownValues: ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;
}

export type ValueType = ResolvedPath['type'];

export interface NamedPath {
  /** As it is written. */
  readonly text: string;
  readonly resolution: Resolution;
}

export function scopeFor(vocabulary: Vocabulary, eventType: string | null): Scope | null {
  const type = eventType === null ? undefined : vocabulary.environment.eventTypes.get(eventType);
  return type === undefined ? null : scopeOf(type);
}

export function namedPaths(scope: Scope): readonly NamedPath[] {
  return pathNames(scope).flatMap((names) => {
    const resolution = findPath(scope, names);
    return resolution === null ? [] : [{ text: printPath(resolution.path), resolution }];
  });
}

const FORMATS: Readonly<Record<StringFormat, string>> = {
  date: 'date or time',
  'course-key': 'course key',
  'ccx-key': 'CCX key',
  'usage-key': 'usage key',
  'library-key': 'library key',
  key: 'key',
  uuid: 'UUID',
};

/** One or two words, e.g. `course key`. */
export function typeName({ path, fieldType, integer }: Resolution): string {
  if (fieldType === null) return path.type === 'date' ? 'date or time' : 'text';
  if (fieldType.kind === 'number') return integer ? 'whole number' : 'number';
  if (fieldType.kind === 'boolean') return 'true or false';
  if (fieldType.kind === 'string') return fieldType.format === null ? 'text' : FORMATS[fieldType.format];
  return fieldType.kind;
}

const EXAMPLES: Readonly<Partial<Record<StringFormat, string>>> = {
  date: 'Compare it with a date without quotes, such as 2026-02-01.',
  'course-key': 'Such as "course-v1:Org+Course+Run"; its parts are .org, .course and .run.',
  'ccx-key': 'Such as "ccx-v1:Org+Course+Run+ccx@1"; its parts are .org, .course, .run and .ccx.',
};
const METADATA: Readonly<Record<string, string>> = {
  time: 'When it happened.',
  id: 'The id of the event.',
  source: 'Where the event comes from.',
  type: 'The name of the event type.',
};

/** Sentences; none where the type says it all. */
export function aboutPath({ path, fieldType, optional }: Resolution): readonly string[] {
  if (path.root === 'event') return [METADATA[path.segments[0] ?? ''] ?? ''];
  if (path.part !== null) return [`The part "${path.part}" of the key, as text.`];
  return [...aboutType(fieldType), ...(optional ? ['May be absent; then only != and "not in" hold.'] : [])];
}

function aboutType(type: FieldType | null): readonly string[] {
  if (type === null) return [];
  if (type.kind === 'record') return [`Holds ${type.fields.map(({ name }) => name).join(', ')}.`];
  if (type.kind === 'list') return ['Only "exists" can be asked of a list.'];
  if (type.kind === 'map') return ['Name an entry after a dot, in quotes where it is no word.'];
  const example = type.kind === 'string' && type.format !== null ? EXAMPLES[type.format] : undefined;
  return example === undefined ? [] : [example];
}

/** Sentences about an event type and what its events hold. */
export function aboutEventType(type: EventType, environment: Environment): readonly string[] {
  const sentences = [`Its fields: ${type.fields.map(({ name }) => name).join(', ')}.`];
  if (type.learner === null) sentences.unshift('Names no learner: no rule can wait for it.');
  else if (!isEnabled(type.name, environment))
    sentences.unshift('Not enabled in the settings: its events never arrive.');
  return sentences;
}

export function isEnabled(name: string, { enabledEventTypes }: Environment): boolean {
  return enabledEventTypes === null || enabledEventTypes.has(name);
}

/** The column `operands` of the table of operators as types of values. */
const OPERANDS: Readonly<Record<string, readonly ValueType[]>> = {
  'true or false': ['boolean'],
  numbers: ['number'],
  texts: ['string'],
  dates: ['date'],
  'any field': ['boolean', 'number', 'string', 'date', 'other'],
};

/** The operators that can ask something of a path; all of them where its type is not known. */
export function operatorsFor(type: ValueType | null): readonly OperatorRow[] {
  return operators.filter(
    ({ symbol, precedence, operands }) =>
      symbol !== '' &&
      precedence === 4 &&
      (type === null || operands.split(', ').some((operand) => OPERANDS[operand]?.includes(type))),
  );
}
