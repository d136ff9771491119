/** LearnerTraces on MongoDB. Which texts may mention somebody, the data map says. */

import { createHash } from 'node:crypto';
import type mongoose from 'mongoose';
import { type Instant, toInstant } from '../../dsl/index.ts';
import { invariant } from '../../plugin/errors.ts';
import type { LmsEvent } from '../../plugin/events/event.ts';
import { subjectsOf } from '../../plugin/events/event-outcome.ts';
import type { FileStore } from '../../plugin/ports/asset-files.ts';
import type { DeadLetter } from '../../plugin/ports/dead-letters.ts';
import type { LearnerTraces, RenamedPart, Renaming, TracePart, TraceStep } from '../../plugin/ports/learner-traces.ts';
import { type Mentions, mentionsOf, type Person, renamingOf, withDetails } from '../../plugin/privacy/person.ts';
import { renamedBody } from '../../plugin/privacy/rename-body.ts';
import { textsThatMention } from '../privacy/data-map.ts';
import { withDatabase } from './errors.ts';

type Fields = Readonly<Record<string, unknown>>;
interface Raw {
  readonly _id: string;
  readonly [field: string]: unknown;
}
type Filter = mongoose.mongo.Filter<Raw>;

export interface LearnerTracesParts {
  readonly files: FileStore;
  /** The event of a dead letter. @throws EventError */
  readonly decode: (letter: DeadLetter) => LmsEvent;
}

/** Documents looked at in one step. */
const PAGE = 200;
/** What its holder sees of a credential in place of the document. */
const RETIRED = 'The learner was retired';

export class MongoLearnerTraces implements LearnerTraces {
  readonly #connection: mongoose.Connection;
  readonly #parts: LearnerTracesParts;

  constructor(connection: mongoose.Connection, parts: LearnerTracesParts) {
    this.#connection = connection;
    this.#parts = parts;
    this.rename = this.rename.bind(this);
  }

  async find(username: string): Promise<Person | null> {
    const nobody: Person = { learnerId: null, lmsUserId: null, username, usernames: [username], emails: [], names: [] };
    const learner = await this.#one('learners', { username });
    if (learner) return withDetails({ ...nobody, learnerId: learner._id }, learner);
    const credential = await this.#one('credentials', { username });
    const record = await this.#one('learner_records', { username });
    const event = await this.#one('events', { username });
    if (!credential && !record && !event) return null;
    const { user } = event ? dataOf(event) : { user: null };
    return [
      credential && { ...credential, name: credential.learnerName },
      record,
      user?.username === username ? user : null,
    ].reduce<Person>((person, found) => (found ? withDetails(person, found) : person), nobody);
  }

  async gather(known: Person): Promise<Person> {
    let person = known;
    for await (const event of this.#each('events', ofEvents(person))) {
      const { user } = dataOf(event);
      if (user !== null && isOf(person, user)) person = withDetails(person, user);
    }
    for await (const { username, learnerName: name, email, reissue } of this.#each('credentials', ofAccount(person))) {
      person = withDetails(person, { username, name, email });
      const made = (reissue as { readonly made?: Fields | null } | null)?.made;
      if (made) person = withDetails(person, { name: made.learnerName, email: made.email });
    }
    for await (const record of this.#each('learner_records', ofAccount(person))) person = withDetails(person, record);
    return person;
  }

  async count(person: Person): Promise<Readonly<Partial<Record<TracePart, number>>>> {
    const { learnerId } = person;
    const [progress, credentials, records, events] = await Promise.all([
      learnerId === null ? 0 : this.#count('progress', { learnerId } as Filter),
      this.#count('credentials', ofAccount(person)),
      this.#count('learner_records', ofAccount(person)),
      this.#count('events', ofEvents(person)),
    ]);
    return { progress, credentials, records, events };
  }

  erase(part: TracePart, person: Person, pseudonym: string, after: string | null): Promise<TraceStep> {
    switch (part) {
      case 'progress':
        return this.#remove('progress', person.learnerId === null ? null : { learnerId: person.learnerId });
      case 'credentials':
        return this.#credentials(person, pseudonym);
      case 'records':
        return this.#remove('learner_records', ofAccount(person));
      case 'events':
        return this.#events(person, mentionsOf(person, pseudonym), after);
      case 'letters':
        return this.#letters(person, mentionsOf(person, pseudonym), after);
      case 'texts':
        return this.#texts(mentionsOf(person, pseudonym), after);
      case 'learner':
        return this.#remove('learners', person.learnerId === null ? null : { _id: person.learnerId });
    }
  }

  async rename(former: string, next: string, at: Date): Promise<'renamed' | 'unknown' | 'taken'> {
    const learner = await this.#one('learners', { username: former });
    const holder = await this.#one('learners', { username: next });
    if (learner && holder && learner._id !== holder._id) return 'taken';
    const lmsUserId = (learner ?? holder)?.lmsUserId;
    const theirs = typeof lmsUserId === 'number' ? { lmsUserId: { $in: [lmsUserId, null] } } : {};
    const own = { username: former, ...theirs } as Filter;
    let changed = 0;
    for await (const credential of this.#each('credentials', own)) {
      const search = (credential.search as readonly string[]).map((word) =>
        word === former.toLowerCase() ? next.toLowerCase() : word,
      );
      changed += await this.#set('credentials', credential, { username: next, search });
    }
    for await (const record of this.#each('learner_records', own)) changed += await this.#renameRecord(record, next);
    for await (const event of this.#each('events', { username: former } as Filter)) {
      const { user } = dataOf(event);
      const isTheirs = typeof lmsUserId !== 'number' || user?.lmsUserId == null || user.lmsUserId === lmsUserId;
      if (isTheirs) changed += await this.#set('events', event, renamedEvent(event, former, next));
    }
    // Last: until then the same call finds everything again.
    if (learner) {
      const fields = {
        username: next,
        'searchable.username': next.toLowerCase(),
        // What the LMS said before is older than this.
        asOf: laterOf(String(learner.asOf), toInstant(at.toISOString())),
      };
      changed += await this.#set('learners', learner, fields);
    }
    return changed > 0 ? 'renamed' : 'unknown';
  }

  renameMentions(part: RenamedPart, renaming: Renaming, after: string | null): Promise<TraceStep> {
    if (part === 'texts') return this.#texts(renamingOf(renaming.former, renaming.next), after);
    return this.#page('dead_letters', after ?? '', (letter) => this.#renameLetter(letter, renaming));
  }

  /** A replay is to find who is meant, and to read what it could read before. */
  async #renameLetter(letter: Raw, { former, next, lmsUserId }: Renaming): Promise<number> {
    const mentions = renamingOf(former, JSON.stringify(next).slice(1, -1));
    const body = bytesOf(letter.body);
    const about = this.#userOf(letter, body);
    // Somebody else, who had the name before, or has it since.
    if (lmsUserId !== null && about?.lmsUserId != null && about.lmsUserId !== lmsUserId) return 0;
    const renamed = this.#renamedBody(letter, body, about, { former, next });
    if (renamed === null && !mentions.inText(String(letter.headers))) return 0;
    return this.#set('dead_letters', letter, { ...renamed, headers: mentions.hidden(letter.headers) });
  }

  /** @returns null: it stays as it is, since the name is not there or the event could not be read any more */
  #renamedBody(
    letter: Raw,
    former: Buffer,
    about: LmsEvent['user'],
    names: Pick<Renaming, 'former' | 'next'>,
  ): { readonly body: Buffer; readonly bodyBytes: number } | null {
    const found = renamedBody(former, letter.contentType as string | null, names.former, names.next);
    if (found === null) return null;
    const body = Buffer.from(found);
    const bodyBytes = Number(letter.bodyBytes) + body.length - former.length;
    const isReadable = about === null || this.#userOf({ ...letter, bodyBytes }, body) !== null;
    return isReadable ? { body, bodyBytes } : null;
  }

  /** The key of a record is made of the username. */
  async #renameRecord(record: Raw, username: string): Promise<number> {
    const _id = createHash('sha256').update(`${record.contextKey}\n${username}`).digest('hex').slice(0, 32);
    if (_id === record._id) return 0;
    const { _id: former, ...fields } = record;
    await withDatabase(() =>
      this.#collection('learner_records').updateOne({ _id }, { $set: { ...fields, username } }, { upsert: true }),
    );
    return this.#delete('learner_records', { _id: former });
  }

  /** What was issued stays countable; the document and whom it was for do not. */
  async #credentials(person: Person, username: string): Promise<TraceStep> {
    let erased = 0;
    for await (const credential of this.#each('credentials', ofAccount(person))) {
      const { reissue } = credential as { readonly reissue?: { readonly id: string } | null };
      for (const id of [credential._id, ...(reissue ? [reissue.id] : [])]) {
        await this.#parts.files.deleteUnder(`credential/${id}`);
        await this.#parts.files.deleteUnder(`archive/${id}`);
      }
      erased += await this.#set('credentials', credential, {
        ...{ username, lmsUserId: null, learnerName: '', email: '', search: [], reason: RETIRED },
        ...{ status: 'invalidated', live: false, fileKey: null, sizeBytes: null, sha256: null },
        ...{ reissue: null, mail: null, updatedAt: new Date() },
      });
    }
    return { erased, next: null };
  }

  /** Those about the person go; in those about others, e.g. of the coach of a course, the pseudonym takes their place. */
  async #events(person: Person, mentions: Mentions, after: string | null): Promise<TraceStep> {
    if (after === null) {
      const { erased } = await this.#remove('events', ofEvents(person));
      return { erased, next: '' };
    }
    return this.#page('events', after, async (event) => {
      const { user } = dataOf(event);
      if (user !== null && isOf(person, user)) return this.#delete('events', event);
      if (!mentions.inText(String(event.data))) return 0;
      return this.#set('events', event, { data: mentions.hidden(event.data) });
    });
  }

  async #letters(person: Person, mentions: Mentions, after: string | null): Promise<TraceStep> {
    return this.#page('dead_letters', after ?? '', async (letter) => {
      const body = bytesOf(letter.body);
      const about = this.#userOf(letter, body);
      if (about !== null && isOf(person, about)) return this.#delete('dead_letters', letter);
      if (!mentions.inBytes(body) && !mentions.inText(String(letter.headers))) return 0;
      // One about somebody else is still to be dealt with, and its text can be changed where it is JSON.
      const text = body.toString('utf8');
      const isJson = /^\s*[{[]/.test(text);
      if (about === null || letter.state !== 'open' || !isJson) return this.#delete('dead_letters', letter);
      const hidden = Buffer.from(String(mentions.hidden(text)));
      const headers = mentions.hidden(letter.headers);
      return this.#set('dead_letters', letter, { body: hidden, bodyBytes: hidden.length, headers });
    });
  }

  /** null: it cannot be told. */
  #userOf(letter: Raw, body: Buffer): LmsEvent['user'] {
    try {
      const headers = JSON.parse(String(letter.headers)) as DeadLetter['headers'];
      return this.#parts.decode({ ...letter, id: letter._id, body, headers } as unknown as DeadLetter).user;
    } catch {
      return null;
    }
  }

  /** @param after `<collection> <id>` */
  async #texts(mentions: Mentions, after: string | null): Promise<TraceStep> {
    const [, place = textsThatMention[0]?.collection, from = ''] = /^(\S+) ?(.*)$/s.exec(after ?? '') ?? [];
    const found = textsThatMention.findIndex(({ collection }) => collection === place);
    const texts = textsThatMention[found];
    if (texts === undefined) return { erased: 0, next: null };
    const { collection, fields, whole } = texts;
    const { erased, next } = await this.#page(collection, from, async (document) => {
      const named = fields.filter((field) => mentions.inText(JSON.stringify(document[field] ?? null)));
      if (named.length === 0) return 0;
      if (whole) return this.#delete(collection, document);
      return this.#set(
        collection,
        document,
        Object.fromEntries(named.map((field) => [field, mentions.hidden(document[field])])),
      );
    });
    if (next !== null) return { erased, next: `${collection} ${next}` };
    const following = textsThatMention[found + 1];
    return { erased, next: following ? following.collection : null };
  }

  /** One page of a collection, in the order of ids. */
  async #page(name: string, after: string, work: (document: Raw) => Promise<number>): Promise<TraceStep> {
    const filter = (after === '' ? {} : { _id: { $gt: after } }) as Filter;
    const page = await withDatabase(() => this.#collection(name).find(filter).sort({ _id: 1 }).limit(PAGE).toArray());
    let erased = 0;
    for (const document of page) erased += await work(document as Raw);
    return { erased, next: page.length < PAGE ? null : String(page.at(-1)?._id) };
  }

  /** Those that there are now, a page at a time. */
  async *#each(name: string, filter: Filter): AsyncIterable<Raw> {
    for (let after: string | null = null; ; ) {
      const rest: Filter = after === null ? filter : ({ $and: [filter, { _id: { $gt: after } }] } as Filter);
      const page: readonly Raw[] = await withDatabase(() =>
        this.#collection(name).find(rest).sort({ _id: 1 }).limit(PAGE).toArray(),
      );
      yield* page;
      after = page.at(-1)?._id ?? null;
      if (page.length < PAGE) return;
    }
  }

  async #one(name: string, filter: Filter | Fields): Promise<Raw | null> {
    return withDatabase(() => this.#collection(name).findOne(filter as Filter)) as Promise<Raw | null>;
  }

  #count(name: string, filter: Filter): Promise<number> {
    return withDatabase(() => this.#collection(name).countDocuments(filter));
  }

  async #remove(name: string, filter: Filter | Fields | null): Promise<TraceStep> {
    if (filter === null) return { erased: 0, next: null };
    const { deletedCount } = await withDatabase(() => this.#collection(name).deleteMany(filter as Filter));
    return { erased: deletedCount, next: null };
  }

  async #delete(name: string, { _id }: Raw): Promise<number> {
    return (await withDatabase(() => this.#collection(name).deleteOne({ _id }))).deletedCount;
  }

  async #set(name: string, { _id }: Raw, fields: Fields): Promise<number> {
    const update = { $set: fields } as unknown as mongoose.mongo.UpdateFilter<Raw>;
    return (await withDatabase(() => this.#collection(name).updateOne({ _id }, update))).matchedCount;
  }

  #collection(name: string): mongoose.mongo.Collection<Raw> {
    const { db } = this.#connection;
    invariant(db, 'the database was connected before');
    return db.collection<Raw>(name) as unknown as mongoose.mongo.Collection<Raw>;
  }
}

/** A username may have been somebody else's before, or since: the LMS user id decides where both have one. */
function isOf(
  { lmsUserId, usernames }: Person,
  user: { readonly username: string; readonly lmsUserId: number | null },
): boolean {
  if (lmsUserId !== null && user.lmsUserId !== null) return lmsUserId === user.lmsUserId;
  return usernames.includes(user.username);
}

function ofAccount({ lmsUserId, username, usernames }: Person): Filter {
  if (lmsUserId === null) return { username: { $in: [...usernames] } } as Filter;
  return {
    $or: [{ lmsUserId }, { lmsUserId: null, username: { $in: [...usernames] } }, { lmsUserId: null, username }],
  } as unknown as Filter;
}

function ofEvents({ learnerId, lmsUserId, usernames }: Person): Filter {
  const subjects = usernames.flatMap((username) => subjectsOf({ id: learnerId ?? '', lmsUserId, username }));
  return { subject: { $in: [...new Set(subjects)] } } as unknown as Filter;
}

function dataOf(event: Raw): Pick<LmsEvent, 'payload' | 'user'> {
  return JSON.parse(String(event.data)) as Pick<LmsEvent, 'payload' | 'user'>;
}

function renamedEvent(event: Raw, former: string, next: string): Fields {
  const renamed = (value: unknown): unknown => {
    if (value === former) return next;
    if (Array.isArray(value)) return value.map(renamed);
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, renamed(inner)]));
  };
  return {
    username: next,
    data: JSON.stringify(renamed(dataOf(event))),
    ...(event.subject === `name:${former}` ? { subject: `name:${next}` } : {}),
  };
}

function laterOf(former: string, now: Instant | null): string {
  return now !== null && now > former ? now : former;
}

function bytesOf(body: unknown): Buffer {
  if (body instanceof Uint8Array) return Buffer.from(body);
  const value = (body as { value?(): Uint8Array } | null)?.value?.();
  return Buffer.from(value ?? []);
}
