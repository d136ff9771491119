/** Reading what a path addresses in an event. Only own properties are read: nothing that a prototype brings along,
 *  `constructor` or a polluted `is_passing`, is ever taken for data. */

import { toInstant } from './instant.ts';
import { keyPart } from './keys.ts';
import type { ResolvedPath, RuleEvent } from './model.ts';

/** undefined or null: absent. */
export type Read = (event: RuleEvent) => unknown;

const METADATA: Readonly<Record<string, Read>> = {
  id: (event) => event.id,
  type: (event) => event.type,
  source: (event) => event.source,
  time: (event) => event.time,
};
const ABSENT: Read = () => undefined;

/** A date path reads as an Instant and a path with a part as that part's text; where the text is no date or no key,
 *  the value is absent. */
export function createReader(path: ResolvedPath): Read {
  if (path.root === 'event') return METADATA[path.segments[0] ?? ''] ?? ABSENT;
  const read = readPayload(path.segments);
  const { part } = path;
  if (part !== null) return (event) => keyPart(read(event), part);
  if (path.type === 'date') return (event) => instantOf(read(event));
  return read;
}

function readPayload(segments: readonly string[]): Read {
  const [first = '', second] = segments;
  if (segments.length === 1) return (event) => own(event.payload, first);
  if (segments.length === 2 && second !== undefined) return (event) => own(own(event.payload, first), second);
  return (event) => {
    let value: unknown = event.payload;
    for (let i = 0; i < segments.length && value !== undefined; i++) value = own(value, segments[i] as string);
    return value;
  };
}

function own(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Readonly<Record<string, unknown>>)[key]
    : undefined;
}

function instantOf(value: unknown): unknown {
  return typeof value === 'string' ? (toInstant(value) ?? undefined) : undefined;
}

/** Two paths with the same key read the same value. */
export function pathKey(path: ResolvedPath): string {
  return JSON.stringify([path.root, path.part, path.type === 'date', ...path.segments]);
}

/** As a rule writes it, but for quotes: for people to read, not to parse. */
export function pathText({ root, segments, part }: ResolvedPath): string {
  return [...(root === 'event' ? ['event'] : []), ...segments, ...(part === null ? [] : [part])].join('.');
}

/** Compiling many rules with one of these shares a reader between all rules that speak of the same path. */
export class Readers {
  readonly #byPath = new Map<string, Read>();

  of(path: ResolvedPath): Read {
    const key = pathKey(path);
    const known = this.#byPath.get(key);
    if (known) return known;
    const read = createReader(path);
    this.#byPath.set(key, read);
    return read;
  }
}
