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
  if (typeof value !== 'object' || value === null) return undefined;
  const found = (value as Readonly<Record<string, unknown>>)[key];
  // most is absent, and what is absent altogether is not the value's own
  return found !== undefined && Object.hasOwn(value, key) ? found : undefined;
}

function instantOf(value: unknown): unknown {
  return typeof value === 'string' ? (toInstant(value) ?? undefined) : undefined;
}

/** The checker makes one object per path and event type, so nearly every key is made once. */
const keys = new WeakMap<ResolvedPath, string>();

/** Two paths with the same key read the same value. */
export function pathKey(path: ResolvedPath): string {
  let key = keys.get(path);
  if (key === undefined) {
    key = makeKey(path);
    keys.set(path, key);
  }
  return key;
}

function makeKey({ root, part, type, segments }: ResolvedPath): string {
  let key = `${root} ${part} ${type === 'date'}`;
  // With its length before it a segment may hold anything.
  for (const segment of segments) key += ` ${segment.length} ${segment}`;
  return key;
}

/** What is at the paths that many conditions ask about. There are as many as paths, however many rules come and go. */
export class SharedValues {
  readonly #byKey = new Map<string, PathValue>();
  #round = 0;

  /** From here to the next call everything is asked of one and the same event: each path is read once.
   *  Never called: nothing is remembered. */
  beginEvent(): void {
    this.#round++;
  }

  get round(): number {
    return this.#round;
  }

  at(path: ResolvedPath): PathValue {
    const key = pathKey(path);
    let value = this.#byKey.get(key);
    if (value === undefined) {
      value = new PathValue(createReader(path), this);
      this.#byKey.set(key, value);
    }
    return value;
  }
}

/** What is at one path. */
export class PathValue {
  readonly #read: Read;
  readonly #shared: SharedValues;
  #value: unknown;
  #readIn = 0;

  constructor(read: Read, shared: SharedValues) {
    this.#read = read;
    this.#shared = shared;
  }

  of(event: RuleEvent): unknown {
    const { round } = this.#shared;
    if (this.#readIn !== round || round === 0) {
      this.#value = this.#read(event);
      this.#readIn = round;
    }
    return this.#value;
  }
}
