/** Where fields lie in the bytes of a document: found in one walk, without decoding anything. What comes from outside is first
 *  walked through to its end, which makes sure that it is BSON of known types. */

import { CommandError, outOfScope } from './errors.ts';

/** Types of BSON that others have to know; 0 is no type and stands for a field that is not there. */
export const MISSING = 0;
export const TYPE = {
  double: 0x01,
  string: 0x02,
  document: 0x03,
  array: 0x04,
  binary: 0x05,
  objectId: 0x07,
  boolean: 0x08,
  date: 0x09,
  null: 0x0a,
  regex: 0x0b,
  code: 0x0d,
  int32: 0x10,
  timestamp: 0x11,
  int64: 0x12,
  decimal: 0x13,
  maxKey: 0x7f,
  minKey: 0xff,
} as const;

/** A name that leads to a field that is wanted, or on the way to one. */
interface Step {
  readonly name: Buffer;
  slot: number;
  readonly inner: Step[];
}

const NOTHING: readonly Step[] = [];
const MOST_ORDERED = 64;
/** Dates are milliseconds in eight bytes: beyond this in the upper four a date may be one that JavaScript cannot say. */
const FAR_DATE = 0x1eb208;
const LAST_DATE = 8.64e15;
const PATTERN_OPTIONS = Buffer.from('ilmsux');

export class FieldFinder {
  /** Of each field: its type in BSON; of one that an array is on the way to, the array's. */
  readonly types: Uint8Array;
  /** Where its value begins. */
  readonly places: Int32Array;
  /** Of one whose type is an array: 1 where the array is on the way to it. */
  readonly behindArray: Uint8Array;
  readonly #steps: Step[] = [];
  #bytes: Buffer = Buffer.alloc(0);
  /** Documents of a collection are alike: what the fields of the last one were called, in their order, and their steps. */
  readonly #names: Buffer[] = [];
  readonly #stepsByOrder: (Step | undefined)[] = [];

  /** Fields are asked for by their place in the list. */
  constructor(paths: readonly (readonly string[])[]) {
    this.types = new Uint8Array(paths.length);
    this.places = new Int32Array(paths.length);
    this.behindArray = new Uint8Array(paths.length);
    for (const [slot, path] of paths.entries()) {
      let steps = this.#steps;
      for (const [at, segment] of path.entries()) {
        const name = Buffer.from(segment, 'utf8');
        const known = steps.find((step) => step.name.equals(name));
        const step = known ?? { name, slot: -1, inner: [] };
        if (!known) steps.push(step);
        if (at === path.length - 1) step.slot = slot;
        steps = step.inner;
      }
    }
  }

  /** @throws CommandError when the bytes are no valid BSON document or hold a deprecated type */
  check(bytes: Buffer): void {
    this.#bytes = bytes;
    const end = this.#walk(0, NOTHING);
    if (end !== bytes.length) throw wrongLength();
  }

  /** @param bytes of a document that is known to be valid: what is not looked for is skipped by its length
   *  @param start where it begins */
  find(bytes: Buffer, start = 0): void {
    this.types.fill(MISSING);
    this.#bytes = bytes;
    let at = start + 4;
    for (let order = 0, type = bytes[at++]!; type !== 0; order++, type = bytes[at++] ?? 0) {
      const known = this.#names[order];
      let step: Step | undefined;
      if (known && startsWith(bytes, at, known)) {
        at += known.length;
        step = this.#stepsByOrder[order];
      } else {
        const name = at;
        at = endOfText(bytes, at);
        step = stepCalled(this.#steps, bytes, name, at - 1);
        this.#noteOrder(order, bytes, name, at, step);
      }
      if (step) this.#note(step, type, at);
      at = step && type === TYPE.document ? this.#walk(at, step.inner) : endOfValue(bytes, type, at);
    }
  }

  /** The name with the zero at its end: what only begins like it is another. */
  #noteOrder(order: number, bytes: Buffer, from: number, to: number, step: Step | undefined): void {
    if (order >= MOST_ORDERED) return;
    this.#names[order] = Buffer.from(bytes.subarray(from, to));
    this.#stepsByOrder[order] = step;
  }

  /** @returns where the document ends */
  #walk(start: number, steps: readonly Step[]): number {
    const bytes = this.#bytes;
    const end = start + int32(bytes, start);
    if (end > bytes.length) throw tooShort();
    let at = start + 4;
    for (let type = this.#byte(at++); type !== 0; type = this.#byte(at++)) {
      const name = at;
      at = endOfText(bytes, at);
      const step = steps.length === 0 ? undefined : stepCalled(steps, bytes, name, at - 1);
      if (step) this.#note(step, type, at);
      at = this.#skip(type, at, step && type === TYPE.document ? step.inner : NOTHING);
    }
    if (at !== end) throw wrongLength();
    return end;
  }

  #note(step: Step, type: number, at: number, behindArray = 0): void {
    if (step.slot >= 0) {
      this.types[step.slot] = type;
      this.places[step.slot] = at;
      this.behindArray[step.slot] = behindArray;
    }
    // A name that comes twice: the last one counts, with nothing of the first.
    for (const inner of step.inner) this.#note(inner, type === TYPE.array ? type : MISSING, at, 1);
  }

  #skip(type: number, at: number, inner: readonly Step[]): number {
    if (type === TYPE.document) return this.#walk(at, inner);
    if (type === TYPE.array) return this.#walk(at, NOTHING);
    return endOfValue(this.#bytes, type, at);
  }

  #byte(at: number): number {
    if (at >= this.#bytes.length) throw tooShort();
    return this.#bytes[at] as number;
  }
}

/** Where a value ends that begins there. Documents and arrays are taken by their length.
 *  @throws CommandError where it ends beyond the bytes, for deprecated types, for dates that JavaScript cannot say, and unknown
 *    options of patterns */
export function endOfValue(bytes: Buffer, type: number, at: number): number {
  switch (type) {
    case TYPE.string:
    case TYPE.code: {
      const length = int32(bytes, at);
      if (length < 1) throw tooShort();
      return within(bytes, at + 4 + length);
    }
    case TYPE.int32:
      return within(bytes, at + 4);
    case TYPE.date:
      return endOfDate(bytes, at);
    case TYPE.double:
    case TYPE.timestamp:
    case TYPE.int64:
      return within(bytes, at + 8);
    case TYPE.boolean:
      return within(bytes, at + 1);
    case TYPE.document:
    case TYPE.array:
      return within(bytes, at + int32(bytes, at));
    case TYPE.objectId:
      return within(bytes, at + 12);
    case TYPE.null:
    case TYPE.maxKey:
    case TYPE.minKey:
      return at;
    case TYPE.binary: {
      const length = int32(bytes, at);
      if (length < 0) throw tooShort();
      return within(bytes, at + 5 + length);
    }
    case TYPE.regex:
      return endOfPattern(bytes, at);
    case TYPE.decimal:
      return within(bytes, at + 16);
    default:
      throw deprecatedType(type);
  }
}

function endOfDate(bytes: Buffer, at: number): number {
  const end = within(bytes, at + 8);
  const high = int32(bytes, at + 4);
  if ((high >= FAR_DATE || high < -FAR_DATE) && Math.abs(millisecondsAt(bytes, at)) > LAST_DATE) {
    throw outOfScope('date outside the years -271821 to 275760');
  }
  return end;
}

/** @throws CommandError for options that MongoDB does not have: `i`, `l`, `m`, `s`, `u` and `x` are all */
function endOfPattern(bytes: Buffer, at: number): number {
  const options = endOfText(bytes, at);
  const end = endOfText(bytes, options);
  for (let one = options; one < end - 1; one++)
    if (!PATTERN_OPTIONS.includes(bytes[one] as number)) throw wrongOption();
  return end;
}

/** Behind the zero that ends the text. */
export function endOfText(bytes: Buffer, at: number): number {
  let end = at;
  while (bytes[end] !== 0) {
    if (end >= bytes.length) throw tooShort();
    end++;
  }
  return end + 1;
}

/** Of a date: exact for all that JavaScript can say. */
export function millisecondsAt(bytes: Buffer, at: number): number {
  return bytes.readInt32LE(at + 4) * 0x100000000 + bytes.readUInt32LE(at);
}

function within(bytes: Buffer, end: number): number {
  if (end > bytes.length) throw tooShort();
  return end;
}

function int32(bytes: Buffer, at: number): number {
  if (at + 4 > bytes.length) throw tooShort();
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
}

const nothing = new FieldFinder([]);

/** @throws CommandError when the bytes are no valid BSON document or hold a deprecated type */
export function assertValid(bytes: Buffer): void {
  nothing.check(bytes);
}

function startsWith(bytes: Buffer, at: number, name: Buffer): boolean {
  for (let i = 0; i < name.length; i++) if (bytes[at + i] !== name[i]) return false;
  return true;
}

function stepCalled(steps: readonly Step[], bytes: Buffer, from: number, to: number): Step | undefined {
  next: for (let i = 0; i < steps.length; i++) {
    const step = steps[i] as Step;
    const { name } = step;
    if (name.length !== to - from) continue;
    for (let at = 0; at < name.length; at++) if (name[at] !== bytes[from + at]) continue next;
    return step;
  }
  return undefined;
}

export function tooShort(): CommandError {
  return new CommandError(2, 'the document is not valid BSON: it ends too early');
}

export function wrongLength(): CommandError {
  return new CommandError(2, 'the document is not valid BSON: a length is wrong');
}

function wrongOption(): CommandError {
  return new CommandError(2, 'the document is not valid BSON: a regular expression has an option that does not exist');
}

export function deprecatedType(type: number): CommandError {
  return outOfScope(`deprecated BSON type 0x${type.toString(16).padStart(2, '0')}`);
}
