/** Reading what a path addresses in an event. Only own properties are read: nothing that a prototype brings along,
 *  `constructor` or a polluted `is_passing`, is ever taken for data. */

import { toInstant } from './instant.ts';
import { keyPart } from './keys.ts';
import type { ResolvedPath, RuleEvent } from './model.ts';

/** undefined or null: absent. */
export type Read = (event: RuleEvent) => unknown;
/** Never throws, whatever the event holds. */
export type Test = (event: RuleEvent) => boolean;

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
export function pathKey({ root, part, type, segments }: ResolvedPath): string {
  let key = `${root} ${part} ${type === 'date'}`;
  // With its length before it a segment may hold anything.
  for (const segment of segments) key += ` ${segment.length} ${segment}`;
  return key;
}

/** Compiling many rules with one of these shares between them what they have in common: the reader of a path, and the
 *  test of a boolean, which most rules about passing have. There are as many as paths, however many rules come and go. */
export class SharedParts {
  readonly #readers = new Map<string, Read>();
  readonly #tests = new Map<Read, { readonly isTrue: Test; readonly isFalse: Test }>();
  #round = 0;

  /** From here to the next call all tests are asked about one and the same event: each path is read once.
   *  Never called: nothing is remembered. */
  beginEvent(): void {
    this.#round++;
  }

  /** The number of `beginEvent` calls. */
  get round(): number {
    return this.#round;
  }

  reader(path: ResolvedPath): Read {
    const key = pathKey(path);
    const known = this.#readers.get(key);
    if (known) return known;
    const read = this.#remembering(createReader(path));
    this.#readers.set(key, read);
    return read;
  }

  booleanTest(path: ResolvedPath, expected: boolean): Test {
    const read = this.reader(path);
    let tests = this.#tests.get(read);
    if (!tests) {
      tests = { isTrue: (event) => read(event) === true, isFalse: (event) => read(event) === false };
      this.#tests.set(read, tests);
    }
    return expected ? tests.isTrue : tests.isFalse;
  }

  #remembering(read: Read): Read {
    let value: unknown;
    let readIn = 0;
    return (event) => {
      if (readIn !== this.#round || readIn === 0) {
        value = read(event);
        readIn = this.#round;
      }
      return value;
    };
  }
}
