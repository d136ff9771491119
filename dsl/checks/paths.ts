/** What a path addresses: names against the declared fields. */

import type { Path } from '../ast.ts';
import type { EventType, Field, FieldType } from '../environment.ts';
import type { KeyPart, ResolvedPath } from '../model.ts';
import type { Reporter } from '../reporter.ts';
import { type Effort, suggest } from '../suggest.ts';

/** What paths are looked up in: the payload of an event type, or the findings a credential's criteria are about. */
export interface Scope {
  readonly fields: readonly Field[];
  /** `event.time` and its like exist. */
  readonly metadata: boolean;
  /** For messages: `org.openedx...v1`; null where there is only one thing to speak about. */
  readonly eventType: string | null;
  readonly known: Map<string, Resolution>;
}

export interface Resolution {
  readonly path: ResolvedPath;
  /** The value may be absent or null. */
  readonly optional: boolean;
  readonly integer: boolean;
  /** null: metadata or part of a key. */
  readonly fieldType: FieldType | null;
}

const METADATA: Readonly<Record<string, ResolvedPath['type']>> = {
  time: 'date',
  id: 'string',
  source: 'string',
  type: 'string',
};
const PARTS: Readonly<Record<string, readonly KeyPart[]>> = {
  'course-key': ['org', 'course', 'run'],
  'ccx-key': ['org', 'course', 'run', 'ccx'],
};
/** A map takes any key, so what was seen is forgotten at this many. */
const REMEMBERED = 500;

const scopes = new WeakMap<EventType, Scope>();
const facts = new WeakMap<ResolvedPath, Resolution>();

/** Paths of one event type are resolved once, and all rules share the result. */
export function scopeOf(type: EventType): Scope {
  let scope = scopes.get(type);
  if (scope === undefined) {
    scope = { fields: type.fields, metadata: true, eventType: type.name, known: new Map() };
    scopes.set(type, scope);
  }
  return scope;
}

export function factsOf(path: ResolvedPath): Resolution | null {
  return facts.get(path) ?? null;
}

/** @returns null after a report */
export function resolvePath(scope: Scope, path: Path, reporter: Reporter): Resolution | null {
  const names = path.segments.map(({ text }) => text);
  const key = names.length === 1 ? (names[0] as string) : JSON.stringify(names);
  const known = scope.known.get(key);
  if (known !== undefined) return known;
  const found = lookUp(scope, names);
  if (typeof found === 'string') {
    const where = scope.eventType === null ? '' : ` in ${scope.eventType}`;
    reporter.report('type.unknown-path', path.span, `"${shown(names)}" is not a field${where}${found}`, (effort) =>
      found === '' ? nearest(scope, names, effort) : null,
    );
    return null;
  }
  if (scope.known.size >= REMEMBERED) scope.known.clear();
  scope.known.set(key, found);
  facts.set(found.path, found);
  return found;
}

/** @returns null where there is no such field */
export function findPath(scope: Scope, names: readonly string[]): Resolution | null {
  const found = lookUp(scope, names);
  return typeof found === 'string' ? null : found;
}

/** Every path that can be named, as segments; below a map only the map itself. */
export function pathNames(scope: Scope): readonly (readonly string[])[] {
  return [
    ...pathsOf(scope.fields, '', 0).map((path) => path.split('.')),
    ...(scope.metadata ? Object.keys(METADATA).map((name) => ['event', name]) : []),
  ];
}

/** @returns what is wrong, to be added to the message, where there is no such field */
function lookUp(scope: Scope, names: readonly string[]): Resolution | string {
  const [first = '', second = ''] = names;
  if (scope.metadata && first === 'event' && names.length === 2 && Object.hasOwn(METADATA, second)) {
    const type = METADATA[second] as ResolvedPath['type'];
    return resolution({ root: 'event', segments: [second], part: null, type }, false, null);
  }
  let type: FieldType = { kind: 'record', fields: scope.fields };
  let optional = false;
  for (let i = 0; i < names.length; i++) {
    const name = names[i] as string;
    if (type.kind === 'record') {
      const field: Field | undefined = type.fields.find((candidate) => candidate.name === name);
      if (field === undefined) return '';
      optional ||= field.nullable;
      type = field.type;
    } else if (type.kind === 'map') {
      optional = true;
      type = type.values;
    } else return lookUpPart(names, i, type);
  }
  // A text that is no date reads as absent.
  if (type.kind === 'string' && type.format === 'date') optional = true;
  return resolution({ root: 'payload', segments: names, part: null, type: valueType(type) }, optional, type);
}

function lookUpPart(names: readonly string[], index: number, type: FieldType): Resolution | string {
  const before = shown(names.slice(0, index));
  if (type.kind === 'list') return `: "${before}" is a list, of which only "exists" can be asked`;
  const parts = type.kind === 'string' && type.format !== null ? (PARTS[type.format] ?? []) : [];
  const part = parts.find((candidate) => candidate === names[index]);
  if (part !== undefined && index === names.length - 1)
    return resolution({ root: 'payload', segments: names.slice(0, -1), part, type: 'string' }, true, null);
  return parts.length === 0
    ? `: "${before}" has no parts`
    : `: "${before}" is a key with the parts ${parts.map((name) => `.${name}`).join(' ')}`;
}

function resolution(path: ResolvedPath, optional: boolean, fieldType: FieldType | null): Resolution {
  return { path, optional, integer: fieldType?.kind === 'number' && fieldType.integer, fieldType };
}

function valueType(type: FieldType): ResolvedPath['type'] {
  if (type.kind === 'boolean' || type.kind === 'number') return type.kind;
  if (type.kind === 'string') return type.format === 'date' ? 'date' : 'string';
  return 'other';
}

function shown(names: readonly string[]): string {
  const text = names.join('.');
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

/** A field of the same last name somewhere else is what people mostly mean; then the nearest spelling. */
function nearest(scope: Scope, names: readonly string[], effort: Effort): string | null {
  const all = [
    ...pathsOf(scope.fields, '', 0),
    ...(scope.metadata ? Object.keys(METADATA).map((n) => `event.${n}`) : []),
  ];
  const wanted = names.join('.');
  const near =
    all.find((path) => path.endsWith(`.${wanted}`)) ?? suggest(wanted, all, effort) ?? nearestPart(all, names);
  return near === null ? null : `did you mean "${near}"?`;
}

function nearestPart(all: readonly string[], names: readonly string[]): string | null {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? null : (all.find((path) => path === last || path.endsWith(`.${last}`)) ?? null);
}

const DEEPEST = 8;

function pathsOf(fields: readonly Field[], prefix: string, depth: number): string[] {
  if (depth > DEEPEST) return [];
  return fields.flatMap(({ name, type }) => {
    const path = `${prefix}${name}`;
    if (type.kind === 'record') return [path, ...pathsOf(type.fields, `${path}.`, depth + 1)];
    const parts = type.kind === 'string' && type.format !== null ? (PARTS[type.format] ?? []) : [];
    return [path, ...parts.map((part) => `${path}.${part}`)];
  });
}
