/** Under what a condition can stand in an index: if an event has none of it, the condition cannot hold. */

import { onlyPathOf } from '../compile.ts';
import type { Condition, ResolvedPath, Scalar } from '../model.ts';

type Kind<Name extends Condition['kind']> = Extract<Condition, { readonly kind: Name }>;

/** A test by which an index finds a rule without asking it: an equality, an order, the start or the end of a text,
 *  presence or absence. */
export type Place =
  | Kind<'is-true'>
  | Kind<'comparison'>
  | Kind<'in'>
  | Kind<'text-match'>
  | Kind<'exists'>
  | { readonly kind: 'not'; readonly operand: Kind<'exists'> }
  | Asked;

/** No place to be found at: the rule is asked about every value of the path, together with the others that are. */
export interface Asked {
  readonly kind: 'asked';
  readonly path: ResolvedPath;
  /** About that path only. */
  readonly question: Condition;
}

/** One alone is no list: nearly every rule has one, and there are many rules. */
export type Places = Place | readonly Place[];

/** One way into an index. The condition holds exactly when one of the places and the residual hold. */
export interface Access {
  readonly places: Places;
  /** What is left to test; null: nothing. A function, because most accesses are looked at and not chosen. */
  readonly residual: () => Condition | null;
}

const NOTHING_LEFT = (): null => null;

/** Alternatives beyond this many would take more room in the index than they save. */
const MAX_PLACES = 1_000;

/** @returns every way in, in the order of the text; none where every event must be asked */
export function accessesOf(condition: Condition): readonly Access[] {
  const place = placeOf(condition);
  if (place !== null) return exactly(place);
  switch (condition.kind) {
    case 'text-match':
      return condition.operator === 'like' ? likeAccesses(condition) : [];
    case 'and':
      return conjunctionAccesses(condition.operands);
    case 'or':
      return alternativeAccess(condition.operands, condition);
    case 'not':
      return negatedAccesses(condition.operand);
    default:
      return [];
  }
}

/** The condition itself where it is a place. */
export function placeOf(condition: Condition): Place | null {
  switch (condition.kind) {
    case 'is-true':
    case 'exists':
      return condition;
    case 'comparison':
      return condition.operator === '!=' || isOrderOfBooleans(condition) ? null : condition;
    case 'in':
      return condition.negated || condition.values.length > MAX_PLACES ? null : condition;
    case 'text-match':
      return condition.operator === 'starts with' || condition.operator === 'ends with' ? condition : null;
    default:
      return null;
  }
}

export function listOf(places: Places): readonly Place[] {
  return 'kind' in places ? [places] : places;
}

export function pathOf(place: Place): ResolvedPath {
  return place.kind === 'not' ? place.operand.path : place.path;
}

type Equality = Kind<'is-true'> | Kind<'in'> | (Kind<'comparison'> & { readonly operator: '=' });

export function isEquality(place: Place): place is Equality {
  return place.kind === 'is-true' || place.kind === 'in' || (place.kind === 'comparison' && place.operator === '=');
}

export function valuesOf(place: Equality): readonly Scalar[] {
  if (place.kind === 'is-true') return TRUE;
  return place.kind === 'in' ? place.values : [place.value];
}

const TRUE: readonly Scalar[] = [true];

/** How many events come this way, whatever stands there: of a boolean, an order or presence, half of all do. */
export function isBroad(place: Place): boolean {
  switch (place.kind) {
    case 'comparison':
      return place.operator !== '=' || typeof place.value === 'boolean';
    case 'in':
      return place.values.some((value) => typeof value === 'boolean');
    default:
      return place.kind !== 'text-match';
  }
}

function exactly(place: Place): readonly Access[] {
  return [{ places: place, residual: NOTHING_LEFT }];
}

/** The checker lets none pass. */
function isOrderOfBooleans({ operator, value }: Kind<'comparison'>): boolean {
  return operator !== '=' && typeof value === 'boolean';
}

/** `like` stands under the text before its first wildcard, or after its last. */
function likeAccesses(condition: Kind<'text-match'>): readonly Access[] {
  const { path, value: pattern } = condition;
  const [head = '', ...others] = pattern.split(/[*?]/);
  const tail = others.at(-1);
  if (tail === undefined) return exactly({ kind: 'comparison', path, operator: '=', value: pattern });
  const ways: Access[] = [];
  const add = (part: 'starts with' | 'ends with', value: string, whole: string): void => {
    if (value === '') return;
    const residual = pattern === whole ? NOTHING_LEFT : () => condition;
    ways.push({ places: { kind: 'text-match', path, operator: part, value }, residual });
  };
  add('starts with', head, `${head}*`);
  add('ends with', tail, `*${tail}`);
  return ways;
}

function conjunctionAccesses(operands: readonly Condition[]): readonly Access[] {
  return operands.flatMap((operand, at) =>
    accessesOf(operand).map(({ places, residual }) => ({
      places,
      residual: () => conjunctionWith(operands, at, residual()),
    })),
  );
}

/** @param left what remains of the operand at that position; null: nothing */
export function conjunctionWith(operands: readonly Condition[], position: number, left: Condition | null) {
  if (operands.length === 2 && left === null) return operands[1 - position] as Condition;
  return conjunction(operands.flatMap((other, at) => (at === position ? (left ?? []) : other)));
}

/** An absent path fails `=` and passes `!=`, so a double negation really is the plain comparison. */
function negatedAccesses(condition: Condition): readonly Access[] {
  switch (condition.kind) {
    case 'not':
      return accessesOf(condition.operand);
    case 'exists':
      return exactly({ kind: 'not', operand: condition });
    case 'comparison':
      return condition.operator === '!=' ? accessesOf({ ...condition, operator: '=' }) : [];
    case 'in':
      return condition.negated ? accessesOf({ ...condition, negated: false }) : [];
    case 'or':
      return accessesOf({ kind: 'and', operands: condition.operands.map(negate) });
    case 'and':
      return accessesOf({ kind: 'or', operands: condition.operands.map(negate) });
    default:
      return [];
  }
}

function negate(operand: Condition): Condition {
  return { kind: 'not', operand };
}

/** An `or` can be entered only when each alternative can, or is about one path. */
function alternativeAccess(operands: readonly Condition[], whole: Condition): readonly Access[] {
  const isAboutOnePath = onlyPathOf(whole) !== null;
  const chosen: Access[] = [];
  for (const operand of operands) {
    const ways = accessesOf(operand);
    const best = ways.reduce<Access | null>((a, b) => (a === null || rank(b) < rank(a) ? b : a), null);
    // Where one path has all the answers they are asked for together.
    const way = best ?? (isAboutOnePath ? null : askedAccess(operand));
    if (way === null) return [];
    chosen.push(way);
  }
  const places = chosen.flatMap((access) => listOf(access.places));
  if (places.reduce((sum, place) => sum + sizeOf(place), 0) > MAX_PLACES) return [];
  return [{ places, residual: () => (chosen.every(({ residual }) => residual() === null) ? null : whole) }];
}

function askedAccess(question: Condition): Access | null {
  const path = onlyPathOf(question);
  return path && { places: { kind: 'asked', path, question }, residual: NOTHING_LEFT };
}

function sizeOf(place: Place): number {
  return place.kind === 'in' ? place.values.length : 1;
}

/** By looks alone, smaller is more telling: each place is one more to be reached from. */
function rank({ places }: Access): number {
  return listOf(places).reduce((sum, place) => sum + (isBroad(place) ? MAX_PLACES : sizeOf(place)), 0);
}

function conjunction(operands: readonly Condition[]): Condition | null {
  if (operands.length === 0) return null;
  return operands.length === 1 ? (operands[0] as Condition) : { kind: 'and', operands };
}
