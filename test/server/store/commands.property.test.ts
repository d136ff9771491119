/** Commands as drivers send them, against documents in a list: whatever is done in bytes, told to an index later or remembered
 *  comes to the same as doing it to the values at once. */

import { expect } from 'chai';
import fc from 'fast-check';
import { type BsonDocument, decodeDocument, encodeDocument } from '../../../server/store/bson.ts';
import { Catalog } from '../../../server/store/catalog.ts';
import { CollectionIndex } from '../../../server/store/collection-index.ts';
import { runCommand } from '../../../server/store/commands/dispatch.ts';
import { Cursors } from '../../../server/store/cursors.ts';
import { removeExpired } from '../../../server/store/expiry.ts';
import { parseKeyPattern, sortKeyOf } from '../../../server/store/index-keys.ts';
import { Journal } from '../../../server/store/journal.ts';
import { compileFilter } from '../../../server/store/query/matcher.ts';
import { applyUpdate } from '../../../server/store/update/apply.ts';
import { parseUpdate, type Update } from '../../../server/store/update/parse.ts';
import { formatCommand, parseRequest } from '../../../server/store/wire.ts';
import { doc } from './support/documents.ts';
import { temporaryFolder } from './support/folder.ts';

type Fields = Record<string, unknown>;

const KEPT_SECONDS = 10;
const INDEXES = [
  { key: { k: 1, j: -1 }, name: 'pair', unique: true },
  { key: { at: -1, s: 1 }, name: 'at' },
  { key: { until: 1 }, name: 'until', expireAfterSeconds: KEPT_SECONDS },
  { key: { 'list.x': 1, at: 1 }, name: 'list' },
  { key: { s: 1, n: 1 }, name: 'some', partialFilterExpression: { n: { $exists: true } } },
  { key: { n: 1 }, name: 'one', unique: true, partialFilterExpression: { s: 'x' } },
  { key: { m: 1 }, name: 'sparse', sparse: true },
];
const second = (n: number) => new Date(n * 1_000);
const VALUES: Readonly<Record<string, readonly unknown[]>> = {
  k: ['a', 'b', 'ä', 1],
  j: [1, 2, 2.5],
  at: [0, 1, 2, 3].map(second),
  s: ['x', 'y', 'z', null],
  n: [0, 1, 2, 3],
  m: [1, 'q', null, []],
  until: [...[0, 5, 10, 20].map(second), 'never', []],
  list: [[], [{ x: 1 }], [{ x: 1 }, { x: 2 }], { x: 2 }, 5],
};
const aValue = (name: string) => fc.constantFrom(...(VALUES[name] as unknown[]));
const id = fc.nat(7);
const whole = fc.record(Object.fromEntries(Object.keys(VALUES).map((name) => [name, aValue(name)])), {
  requiredKeys: ['k', 'j'],
});
const field = fc.constantFrom(...Object.keys(VALUES)).chain((name) => aValue(name).map((value) => ({ [name]: value })));
const change = fc.dictionary(fc.constantFrom('$set', '$max', '$min', '$unset'), field, { minKeys: 1, maxKeys: 1 });
const filter = fc.oneof(
  id.map((_id) => ({ _id })),
  fc.tuple(id, field).map(([_id, one]) => ({ _id, ...one })),
  fc.record({ j: aValue('j'), k: aValue('k') }),
  field,
  fc.record({ s: aValue('s'), n: aValue('n') }),
  fc.record({ s: aValue('s'), at: aValue('at').map(($gte) => ({ $gte })) }),
  fc.constantFrom<Fields>({ 'list.x': { $in: [1, 2] } }, { n: { $in: [1, 2] }, s: 'x' }, { m: { $exists: true } }, {}),
);
const sort = fc.constantFrom<Fields>({ at: -1, s: 1 }, { at: 1, s: -1 }, { 'list.x': 1 }, { s: 1, n: 1 }, { until: 1 });

type Step =
  | readonly ['insert', number, Fields]
  | readonly ['update', Fields, Fields]
  | readonly ['delete' | 'find', Fields, Fields]
  | readonly ['index' | 'expire', number]
  | readonly ['settle' | 'restart'];
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(fc.constant('insert' as const), id, whole) },
  { weight: 12, arbitrary: fc.tuple(fc.constant('update' as const), filter, fc.oneof(change, change, whole)) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('delete' as const), filter, fc.constant({})) },
  { weight: 6, arbitrary: fc.tuple(fc.constant('find' as const), filter, sort) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('index' as const), fc.nat(INDEXES.length - 1)) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('expire' as const), fc.nat(30)) },
  { weight: 2, arbitrary: fc.tuple(fc.constant('settle' as const)) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('restart' as const)) },
);

/** The store, and beside it what should be in it. */
class Pair {
  readonly #folder = temporaryFolder();
  #journal = new Journal(this.#folder);
  #catalog = new Catalog(this.#journal);
  #documents: readonly BsonDocument[] = [];
  #indexes: readonly CollectionIndex[] = INDEXES.map((one) => new CollectionIndex(doc(one)));
  readonly #answers: Promise<void>[] = [];

  constructor() {
    this.#send({ createIndexes: 'c', indexes: INDEXES }, { ok: 1 });
  }

  /** Goes on at once, as a driver may: what was written before may be on its way to the disk. */
  #send(command: Fields, expected: Fields): void {
    const request = parseRequest(formatCommand({ ...command, $db: 'd' }, 1));
    const store = { catalog: this.#catalog, cursors: new Cursors(() => 0), now: () => new Date(0), token: '' };
    const answer = new Promise<BsonDocument>((done) => {
      runCommand(store, request, 1, (reply) => done(decodeDocument(reply)));
    });
    this.#answers.push(
      answer.then((reply) => {
        const { writeErrors, cursor, ...counts } = Object.fromEntries(reply);
        const found = cursor instanceof Map ? (cursor.get('firstBatch') as BsonDocument[]).map(textOf) : null;
        const told = { refused: writeErrors !== undefined, found, ...counts };
        expect(told, JSON.stringify(command)).to.deep.include(expected);
      }),
    );
  }

  take([kind, what, more]: Step): void | Promise<void> {
    if (kind === 'insert') this.#insert(doc({ _id: what, ...more }));
    else if (kind === 'update') this.#update(what, more);
    else if (kind === 'delete') {
      const gone = new Set(this.#matching(what));
      const left = this.#documents.filter((one) => !gone.has(one));
      this.#send({ delete: 'c', deletes: [{ q: what, limit: 0 }] }, { n: this.#documents.length - left.length });
      this.#documents = left;
    } else if (kind === 'find') this.#find(what, more);
    else if (kind === 'index') this.#exchangeIndex(INDEXES[what] as Fields);
    else if (kind === 'expire') this.#expire(second(what));
    else return this.settle(kind === 'restart');
  }

  #insert(document: BsonDocument): void {
    const refused = this.#isRefused([...this.#documents, document]);
    this.#send({ insert: 'c', documents: [document] }, { refused });
    if (!refused) this.#documents = [...this.#documents, document];
  }

  /** Which of several it would be is nobody's business. */
  #update(q: Fields, u: Fields): void {
    const [former, another] = this.#matching(q);
    if (another) return;
    const update = parseUpdate(doc(u));
    const next = former && after(former, update);
    const documents = this.#documents.map((one) => (one === former ? (next ?? one) : one));
    const refused = this.#isRefused(documents);
    const isChanged = !refused && former !== undefined && textOf(former) !== textOf(next as BsonDocument);
    const counts = { n: former && !refused ? 1 : 0, nModified: isChanged ? 1 : 0 };
    this.#send({ update: 'c', updates: [{ q, u }] }, { refused, ...counts });
    if (!refused) this.#documents = documents;
  }

  #find(what: Fields, order: Fields): void {
    const keys = parseKeyPattern(doc({ ...order, _id: 1 }), 'sort');
    const found = this.#matching(what)
      .map((one) => ({ one, key: sortKeyOf(one, keys) }))
      .sort((a, b) => (a.key < b.key ? -1 : 1));
    const texts = found.map(({ one }) => textOf(one));
    this.#send({ find: 'c', filter: what, sort: { ...order, _id: 1 } }, { found: texts });
    this.#send({ count: 'c', query: what }, { n: found.length });
  }

  #exchangeIndex(index: Fields): void {
    const others = this.#indexes.filter(({ name }) => name !== index.name);
    if (others.length < this.#indexes.length) {
      this.#send({ dropIndexes: 'c', index: index.name }, { ok: 1 });
      this.#indexes = others;
      return;
    }
    const former = this.#indexes;
    this.#indexes = [...former, new CollectionIndex(doc(index))];
    const isRefused = this.#isRefused(this.#documents);
    this.#send({ createIndexes: 'c', indexes: [index] }, { ok: isRefused ? 0 : 1 });
    if (isRefused) this.#indexes = former;
  }

  #expire(now: Date): void {
    removeExpired(this.#catalog, now);
    if (!this.#indexes.some(({ name }) => name === 'until')) return;
    const over = new Set(this.#matching({ until: { $lte: new Date(now.getTime() - KEPT_SECONDS * 1_000) } }));
    this.#documents = this.#documents.filter((one) => !over.has(one));
  }

  #matching(filter: Fields): readonly BsonDocument[] {
    const matches = compileFilter(doc(filter));
    return this.#documents.filter((one) => matches(one));
  }

  #isRefused(documents: readonly BsonDocument[]): boolean {
    const isTwice = (keys: readonly unknown[]) => new Set(keys).size < keys.length;
    if (isTwice(documents.map((one) => one.get('_id')))) return true;
    const unique = this.#indexes.filter((index) => index.unique);
    return unique.some((index) => isTwice(documents.flatMap((one) => index.keysOf(one))));
  }

  async settle(isRestart = false): Promise<void> {
    await Promise.all(this.#answers.splice(0));
    if (!isRestart) return;
    await this.#journal.close();
    this.#journal = new Journal(this.#folder);
    this.#catalog = new Catalog(this.#journal);
    this.#catalog.load();
  }

  /** Also what is in each index, to the last key. */
  async end(): Promise<void> {
    this.#find({}, {});
    await this.settle();
    const collection = this.#catalog.find('d', 'c');
    collection?.dropIndex('none of this name');
    for (const index of collection?.indexes ?? []) {
      const held = [...index.keys.entries()].map(([key]) => key.toString('latin1'));
      expect(held, index.name).to.deep.equal(this.#documents.flatMap((one) => index.keysOf(one)).sort());
    }
    await this.#journal.close();
  }
}

function after(former: BsonDocument, update: Update): BsonDocument {
  const id = former.get('_id') ?? null;
  if (update.kind === 'replacement') return new Map([['_id', id], ...update.document]);
  return applyUpdate(former, update, { now: new Date(0), inserting: false, arrayIndex: null });
}

function textOf(document: BsonDocument): string {
  return encodeDocument(document).toString('hex');
}

describe('commands as they are sent', function () {
  this.timeout(60_000);

  it('come to the same as changes of the values one after the other, whatever waits to be written or told', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 60, size: 'max' }), async (steps) => {
        const pair = new Pair();
        for (const one of steps) await pair.take(one);
        await pair.end();
      }),
      { numRuns: 60 },
    );
  });
});
