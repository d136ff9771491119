/** The values that conditions ask about, and for each value the finitely many ways in which all tests of it can come out.
 *
 *  Tests of one field, of its text and of the parts of its key are one variable: they depend on each other. A state is one
 *  way for its tests to come out, with a value that does so. Where texts are matched, further states are conceivable for
 *  which no value was found; a search that needs one of them has not decided anything. */

import { emptyRecord, setField } from '../build-payload.ts';
import { collectLeaves, type Leaf } from '../checks/value-sets.ts';
import type { Test } from '../compile.ts';
import { compileCondition } from '../compile.ts';
import { toInstant } from '../instant.ts';
import type { Condition, KeyPart, ResolvedPath, RuleEvent, Scalar } from '../model.ts';
import { createReader, pathKey } from '../read-path.ts';
import { type Fields, type Levels, levelsOf } from './levels.ts';
import { anyOther, dateText, freshText, instants, keys, numbers } from './representatives.ts';
import { candidateTexts, isConceivable, matchesAnyText, onlyMatch, simplified, type TextMatch } from './text-atoms.ts';

export interface State {
  /** Of each test, in the order of the variable's. */
  readonly truth: readonly boolean[];
  /** undefined: absent. */
  readonly value: unknown;
  /** No value is known that gives this state. */
  readonly conceived: boolean;
}

export interface Variable {
  readonly root: ResolvedPath['root'];
  readonly segments: readonly string[];
  readonly levels: Levels;
  readonly tests: readonly Leaf[];
  readonly states: readonly State[];
  /** Too many states to write down: what is not found among these may still be. */
  readonly truncated: boolean;
}

/** What is compared: the event type that both conditions are about. */
export interface Facts {
  readonly eventType: string;
  readonly fields: Fields;
}

export function placeKey({ root, segments }: Pick<ResolvedPath, 'root' | 'segments'>): string {
  return JSON.stringify([root, segments]);
}

/** Two tests with the same key always come out the same. */
export function testKey(test: Leaf): string {
  const { path, ...rest } = test.kind === 'text-match' ? simplified(test) : test;
  return `${pathKey(path)} ${JSON.stringify(rest)}`;
}

export function variablesOf(conditions: readonly Condition[], facts: Facts): readonly Variable[] {
  const leaves: Leaf[] = [];
  for (const condition of conditions) collectLeaves(condition, leaves);
  const byPlace = new Map<string, Map<string, Leaf>>();
  for (const leaf of leaves) {
    const place = placeKey(leaf.path);
    const tests = byPlace.get(place) ?? new Map<string, Leaf>();
    byPlace.set(place, tests.set(testKey(leaf), leaf));
  }
  const asked = [...byPlace.values()].map((tests) => variable([...tests.values()], facts));
  return [...sharedAncestors(asked, facts), ...asked];
}

/** Records that may be missing and on which two of the values depend are values themselves. */
function sharedAncestors(asked: readonly Variable[], facts: Facts): Variable[] {
  const users = new Map<string, { segments: readonly string[]; count: number }>();
  for (const { root, segments, levels } of asked) {
    if (root !== 'payload') continue;
    for (let length = 1; length < segments.length; length++) {
      if (!levels.mayMiss[length - 1]) continue;
      const ancestor = segments.slice(0, length);
      const known = users.get(JSON.stringify(ancestor));
      users.set(JSON.stringify(ancestor), { segments: ancestor, count: (known?.count ?? 0) + 1 });
    }
  }
  const own = new Set(asked.map(placeKey));
  return [...users.values()]
    .filter(({ segments, count }) => count > 1 && !own.has(placeKey({ root: 'payload', segments })))
    .map(({ segments }) => {
      const levels = levelsOf(segments, facts.fields);
      const states: State[] = [
        { truth: [], value: anyOther(levels.type), conceived: false },
        { truth: [], value: undefined, conceived: false },
      ];
      return { root: 'payload', segments, levels, tests: [], states, truncated: false };
    });
}

const MOST_STATES = 4_096;
/** Tests of texts that may come out either way are taken in every combination up to this many. */
const MOST_FREE = 10;

function variable(tests: readonly Leaf[], facts: Facts): Variable {
  const { root, segments } = (tests[0] as Leaf).path;
  const levels = root === 'event' ? { mayMiss: [false], type: null } : levelsOf(segments, facts.fields);
  const place = { root, segments };
  const { values, truncated } = valuesToTry(tests, levels, facts);
  const states = new Map<string, State>();
  const add = (truth: readonly boolean[], value: unknown, conceived: boolean): void => {
    const key = truth.map(Number).join('') + (value === undefined ? '-' : '');
    if (!states.has(key)) states.set(key, { truth, value, conceived });
  };
  const compiled = tests.map((test) => compileCondition(test));
  for (const value of values) {
    const event = eventWith(place, value, facts.eventType);
    add(
      compiled.map((test) => test(event)),
      value,
      false,
    );
  }
  const complete = conceive(tests, compiled, values, place, facts, add);
  return {
    ...place,
    levels,
    tests,
    states: [...states.values()].slice(0, MOST_STATES),
    truncated: truncated || !complete || states.size > MOST_STATES,
  };
}

type Place = Pick<ResolvedPath, 'root' | 'segments'>;

const SAMPLE = { id: 'example', source: '/example', time: toInstant('2026-01-01') as RuleEvent['time'] };

/** @param value undefined: absent */
function eventWith({ root, segments }: Place, value: unknown, eventType: string): RuleEvent {
  const payload = emptyRecord();
  if (root === 'event') return { ...SAMPLE, type: eventType, payload, [segments[0] as string]: value };
  if (value !== undefined) setField(payload, segments, value);
  return { ...SAMPLE, type: eventType, payload };
}

/** The ways in which matches of a text that is not named could come out besides those seen.
 *  @returns false when there are too many */
function conceive(
  tests: readonly Leaf[],
  compiled: readonly Test[],
  values: readonly unknown[],
  place: Place,
  facts: Facts,
  add: (truth: readonly boolean[], value: unknown, conceived: boolean) => void,
): boolean {
  const matches = tests.flatMap((test, index) => (test.kind === 'text-match' ? [{ test, index }] : []));
  if (matches.length === 0) return true;
  const readers = tests.map(({ path }) => createReader(path));
  const named = tests.map(({ path }) => new Set<unknown>(literalsAt(tests, path)));
  const seen = new Set<string>();
  for (const value of values) {
    const event = eventWith(place, value, facts.eventType);
    const free = matches.filter(({ test, index }) => {
      const read = (readers[index] as (event: RuleEvent) => unknown)(event);
      return typeof read === 'string' && !named[index]?.has(read) && !matchesAnyText(test) && onlyMatch(test) === null;
    });
    if (free.length === 0) continue;
    if (free.length > MOST_FREE) return false;
    const truth = compiled.map((test) => test(event));
    const isFree = new Set(free.map(({ index }) => index));
    const key = truth.map((one, index) => (isFree.has(index) ? '?' : Number(one))).join('');
    if (seen.has(key)) continue;
    seen.add(key);
    for (let mask = 0; mask < 2 ** free.length; mask++) {
      const conceived = [...truth];
      free.forEach(({ index }, bit) => {
        conceived[index] = (mask & (1 << bit)) !== 0;
      });
      if (isConceivableState(matches, conceived)) add(conceived, value, true);
    }
  }
  return true;
}

function isConceivableState(
  matches: readonly { readonly test: TextMatch; readonly index: number }[],
  truth: readonly boolean[],
): boolean {
  const byPath = new Map<string, { tests: TextMatch[]; truth: boolean[] }>();
  for (const { test, index } of matches) {
    const of = byPath.get(pathKey(test.path)) ?? { tests: [], truth: [] };
    byPath.set(pathKey(test.path), of);
    of.tests.push(simplified(test));
    of.truth.push(truth[index] as boolean);
  }
  return [...byPath.values()].every((of) => isConceivable(of.tests, of.truth));
}

/** Texts, numbers, ... that a path is compared with. */
function literalsAt(tests: readonly Leaf[], path: ResolvedPath | null, part?: KeyPart | null): Scalar[] {
  return tests.flatMap((test): readonly Scalar[] => {
    if (path !== null && pathKey(test.path) !== pathKey(path)) return [];
    if (part !== undefined && test.path.part !== part) return [];
    if (test.kind === 'comparison') return [test.value];
    if (test.kind === 'in') return test.values;
    const only = test.kind === 'text-match' ? onlyMatch(test) : null;
    return only === null ? [] : [only];
  });
}

interface ValuesToTry {
  /** undefined: absent. */
  readonly values: readonly unknown[];
  readonly truncated: boolean;
}

function valuesToTry(tests: readonly Leaf[], levels: Levels, facts: Facts): ValuesToTry {
  const { path } = tests[0] as Leaf;
  const absent = levels.mayMiss.includes(true) ? [undefined] : [];
  if (path.root === 'event') return { values: metadata(tests, path, facts), truncated: false };
  if (tests.some((test) => test.path.part !== null)) return keyValues(tests, absent);
  const literals = literalsAt(tests, path);
  switch (path.type) {
    case 'boolean':
      return { values: [true, false, ...absent], truncated: false };
    case 'number': {
      const integer = levels.type?.kind === 'number' && levels.type.integer;
      return { values: [...numbers(literals as number[], integer), ...absent], truncated: false };
    }
    case 'date':
      return { values: [...instants(literals).map(dateText), ...absent, 'not a date'], truncated: false };
    case 'other':
      return { values: [anyOther(levels.type), ...absent], truncated: false };
    case 'string':
      return { values: [...texts(literals, tests), ...absent], truncated: false };
  }
}

function metadata(tests: readonly Leaf[], path: ResolvedPath, { eventType }: Facts): readonly unknown[] {
  if (path.segments[0] === 'type') return [eventType];
  const literals = literalsAt(tests, path);
  return path.type === 'date' ? instants(literals) : texts(literals, tests);
}

function texts(literals: readonly Scalar[], tests: readonly Leaf[]): readonly unknown[] {
  const named = new Set<unknown>(literals);
  return [...named, freshText(named), ...candidateTexts(matchesAt(tests, null))];
}

function matchesAt(tests: readonly Leaf[], part: KeyPart | null): TextMatch[] {
  return tests.flatMap((test) => (test.kind === 'text-match' && test.path.part === part ? [simplified(test)] : []));
}

/** A text that stands where a key should, but is none. */
const NO_KEY = 'not a key';

function keyValues(tests: readonly Leaf[], absent: readonly undefined[]): ValuesToTry {
  const raw = new Set<unknown>(literalsAt(tests, null, null));
  const wanted = (part: KeyPart): string[] => [
    ...new Set([
      ...(literalsAt(tests, null, part) as string[]),
      ...candidateTexts(matchesAt(tests, part)).filter(isShort),
    ]),
  ];
  const combined = keys({ org: wanted('org'), course: wanted('course'), run: wanted('run'), ccx: wanted('ccx') }, raw);
  const candidates = candidateTexts(matchesAt(tests, null)).flatMap((text) => [
    text,
    ...[`${text}OtherX+Other101+other_run`, `${text}+Other101+other_run`, `${text}+other_run`],
    ...[`course-v1:${text}`, `course-v1:OtherX+Other101+${text}`, `course-v1:OtherX+${text}`],
  ]);
  return {
    values: [...raw, ...(combined ?? []), freshText(raw, NO_KEY), ...candidates, ...absent],
    truncated: combined === null,
  };
}

/** Candidates are many, and a key has up to four of them. */
function isShort(text: string, index: number): boolean {
  return index < 8 && text !== '';
}
