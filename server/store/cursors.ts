/** Results that did not fit into the first reply, kept until they are fetched, killed or forgotten. */

import { CommandError } from './errors.ts';

const FIRST_BATCH = 101;
const MAX_BATCH_BYTES = 16 * 1024 * 1024;
const IDLE_MS = 10 * 60 * 1000;

/** Bodies are made when they are fetched: a projection or a large document costs nothing before. */
export type LazyBody = () => Buffer;

export interface Batch {
  /** 0n: that was all. */
  readonly cursorId: bigint;
  readonly bodies: readonly Buffer[];
}

/** What a cursor reads from, as long as it is open. */
export interface CursorSource {
  hold(): void;
  letGo(): void;
}

const NO_SOURCE: CursorSource = { hold: () => {}, letGo: () => {} };

interface OpenCursor {
  readonly source: CursorSource;
  readonly namespace: string;
  readonly bodies: readonly LazyBody[];
  next: number;
  usedAt: number;
}

export class Cursors {
  readonly #open = new Map<bigint, OpenCursor>();
  readonly #now: () => number;
  #lastId = 0n;

  /** @param now milliseconds of a clock, for forgetting idle cursors */
  constructor(now: () => number) {
    this.#now = now;
  }

  get size(): number {
    return this.#open.size;
  }

  /** @param batchSize null: MongoDB's usual first batch */
  open(
    namespace: string,
    bodies: readonly LazyBody[],
    batchSize: number | null,
    singleBatch: boolean,
    source = NO_SOURCE,
  ): Batch {
    const cursor: OpenCursor = { namespace, bodies, source, next: 0, usedAt: this.#now() };
    const taken = take(cursor, batchSize ?? FIRST_BATCH);
    if (singleBatch || cursor.next >= bodies.length) return { cursorId: 0n, bodies: taken };
    this.#lastId += 1n;
    this.#open.set(this.#lastId, cursor);
    source.hold();
    return { cursorId: this.#lastId, bodies: taken };
  }

  /** @throws CommandError 43, 13 */
  more(id: bigint, namespace: string, batchSize: number | null): Batch {
    const cursor = this.#open.get(id);
    if (!cursor) throw new CommandError(43, `cursor id ${id} not found`);
    if (cursor.namespace !== namespace) {
      throw new CommandError(13, `the cursor ${id} belongs to another namespace than ${namespace}`);
    }
    cursor.usedAt = this.#now();
    const bodies = take(cursor, batchSize || Number.POSITIVE_INFINITY);
    if (cursor.next < cursor.bodies.length) return { cursorId: id, bodies };
    this.kill(id);
    return { cursorId: 0n, bodies };
  }

  /** @returns whether it was there */
  kill(id: bigint): boolean {
    this.#open.get(id)?.source.letGo();
    return this.#open.delete(id);
  }

  forgetIdle(): void {
    for (const [id, { usedAt }] of this.#open) if (this.#now() - usedAt > IDLE_MS) this.kill(id);
  }
}

function take(cursor: OpenCursor, count: number): Buffer[] {
  const bodies: Buffer[] = [];
  let bytes = 0;
  while (bodies.length < count && cursor.next < cursor.bodies.length) {
    const body = cursor.bodies[cursor.next]!();
    if (bodies.length > 0 && bytes + body.length > MAX_BATCH_BYTES) break;
    bodies.push(body);
    bytes += body.length;
    cursor.next++;
  }
  return bodies;
}
