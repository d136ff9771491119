/** Badge definitions in MongoDB.
 *
 *  A change writes the documents of its versions first. Nobody sees them until the one document of what is in force names
 *  them, which happens by one conditional update; a crash before leaves documents that nobody will ever look at. */

import { randomBytes } from 'node:crypto';
import { calculateObjectSize } from 'bson';
import mongoose from 'mongoose';
import { compareCodePoints } from '../../dsl/index.ts';
import { InputError } from '../../plugin/errors.ts';
import {
  type Authorship,
  type BadgeChange,
  type BadgeDefinition,
  type BadgeDraft,
  type BadgeStore,
  type BadgeVersion,
  expectDistinct,
  idOf,
  nextVersion,
  type RuleState,
  removalOf,
  staleBadge,
  staleRules,
  toDefinition,
} from '../../plugin/ports/badge-store.ts';
import {
  type BadgeModels,
  badgeModels,
  documentId,
  HEAD,
  type HeadDocument,
  type HeadEntry,
  toDocument,
  toEntry,
  toVersion,
  type VersionDocument,
} from './badge-documents.ts';
import { isDuplicateKey, withDatabase } from './errors.ts';

/** Documents per command: far below what one message may hold. */
const AT_ONCE = 1_000;
/** MongoDB takes documents of 16 MiB: some 130,000 badges with ids of 25 letters. */
const HEAD_BYTES = 15 * 1024 * 1024;

const NOTHING: HeadDocument = { _id: HEAD, revision: 0, entries: [] };

export class MongoBadgeStore implements BadgeStore {
  readonly #models: BadgeModels;

  constructor(connection: mongoose.Connection) {
    this.#models = badgeModels(connection);
  }

  async list(): Promise<readonly BadgeDefinition[]> {
    return (await this.state()).changed;
  }

  async get(id: string): Promise<BadgeDefinition | null> {
    const entry = await this.#entry(id);
    if (entry === null || entry.removed) return null;
    const [version] = await this.#read([entry]);
    return version ? toDefinition(version) : null;
  }

  async state(known: ReadonlyMap<string, number> = new Map()): Promise<RuleState> {
    const { revision, entries } = await this.#head();
    const inForce = entries.filter(({ removed }) => !removed).toSorted((a, b) => compareCodePoints(a.id, b.id));
    const changed = await this.#read(inForce.filter(({ id, version }) => known.get(id) !== version));
    return {
      revision,
      versions: new Map(inForce.map(({ id, version }) => [id, version])),
      changed: changed.map(toDefinition),
    };
  }

  async revision(): Promise<number> {
    const head = await withDatabase(() => this.#models.heads.findById(HEAD, { revision: 1 }).lean());
    return head?.revision ?? 0;
  }

  /** A change of another badge that comes in between is no conflict: the new version then joins what is in force now. */
  async save(draft: BadgeDraft & Authorship, expectedVersion: number): Promise<BadgeDefinition> {
    const change = newChange();
    let written: VersionDocument | null = null;
    for (;;) {
      const head = await this.#head();
      const entry = head.entries.find(({ id }) => id === draft.id) ?? null;
      const isStale = (entry === null || entry.removed ? 0 : entry.version) !== expectedVersion;
      const version = nextVersion(draft, entry?.version ?? 0, draft);
      if (written !== null && (isStale || written.version !== version.version)) {
        await this.#forget([written._id]);
        written = null;
      }
      if (isStale) throw staleBadge(draft.id, expectedVersion);
      if (written === null) {
        written = toDocument(version, change, entry);
        await this.#write([written]);
      }
      if (await this.#putInForce([written], head)) return toDefinition(version);
    }
  }

  async apply(
    changes: readonly BadgeChange[],
    { expectedRevision, ...authorship }: Authorship & { readonly expectedRevision: number },
  ): Promise<readonly BadgeVersion[]> {
    expectDistinct(changes);
    const head = await this.#head();
    if (head.revision !== expectedRevision) throw staleRules(expectedRevision, head.revision);
    if (changes.length === 0) return [];
    const ids = new Set(changes.map(idOf));
    const entries = new Map(head.entries.filter(({ id }) => ids.has(id)).map((entry) => [entry.id, entry]));
    const goes = new Set(changes.flatMap((change) => (change.kind === 'remove' ? [change.id] : [])));
    const going = await this.#read([...entries.values()].filter(({ id }) => goes.has(id)));
    const latest = new Map(going.map((version) => [version.id, version]));
    const versions = changes.map((change) =>
      change.kind === 'remove'
        ? removalOf(latest.get(change.id) ?? null, authorship)
        : nextVersion(change.badge, entries.get(change.badge.id)?.version ?? 0, authorship),
    );
    const name = newChange();
    const documents = versions.map((version) => toDocument(version, name, entries.get(version.id) ?? null));
    await this.#write(documents);
    if (await this.#putInForce(documents, head)) return versions;
    await this.#forget(documents.map(({ _id }) => _id));
    throw staleRules(expectedRevision, await this.revision());
  }

  /** From version to the one before: what a lost race or a crash left behind is not on the way. */
  async history(id: string): Promise<readonly BadgeVersion[]> {
    const entry = await this.#entry(id);
    if (entry === null) return [];
    const found = await withDatabase(() => this.#models.versions.find({ badgeId: id }).lean<VersionDocument[]>());
    const byChange = new Map(found.map((document) => [document.change, document]));
    const history: BadgeVersion[] = [];
    for (let document = byChange.get(entry.change); document; document = byChange.get(document.before ?? '')) {
      history.push(toVersion(document));
    }
    return history;
  }

  async removed(): Promise<readonly BadgeVersion[]> {
    const { entries } = await this.#head();
    return this.#read(entries.filter(({ removed }) => removed).toSorted((a, b) => compareCodePoints(a.id, b.id)));
  }

  async #head(): Promise<HeadDocument> {
    return (await withDatabase(() => this.#models.heads.findById(HEAD).lean<HeadDocument | null>())) ?? NOTHING;
  }

  async #entry(id: string): Promise<HeadEntry | null> {
    const head = await withDatabase(() =>
      this.#models.heads
        .findById(HEAD)
        .select({ entries: { $elemMatch: { id } } })
        .lean<Partial<HeadDocument> | null>(),
    );
    return head?.entries?.[0] ?? null;
  }

  /** In the order of `entries`. */
  async #read(entries: readonly HeadEntry[]): Promise<readonly BadgeVersion[]> {
    const found = new Map<string, BadgeVersion>();
    for (const some of inChunks(entries)) {
      const ids = some.map(({ id, change }) => documentId(change, id));
      const documents = await withDatabase(() =>
        this.#models.versions.find({ _id: mongoose.trusted({ $in: ids }) }).lean<VersionDocument[]>(),
      );
      for (const document of documents) found.set(document._id, toVersion(document));
    }
    return entries.flatMap(({ id, change }) => found.get(documentId(change, id)) ?? []);
  }

  async #write(documents: readonly VersionDocument[]): Promise<void> {
    for (const some of inChunks(documents)) await withDatabase(() => this.#models.versions.insertMany(some));
  }

  /** @returns false: something else was put in force since `head` was read */
  async #putInForce(documents: readonly VersionDocument[], head: HeadDocument): Promise<boolean> {
    const entries = new Map(head.entries.map((entry) => [entry.id, entry]));
    for (const document of documents) entries.set(document.badgeId, toEntry(document));
    const next: HeadDocument = { _id: HEAD, revision: head.revision + 1, entries: [...entries.values()] };
    if (calculateObjectSize(next) > HEAD_BYTES) throw tooMany();
    return putHead(this.#models.heads, next);
  }

  /** Of a change that lost for certain. Left behind they would do no harm. */
  async #forget(ids: readonly string[]): Promise<void> {
    for (const some of inChunks(ids)) {
      await withDatabase(() => this.#models.versions.deleteMany({ _id: mongoose.trusted({ $in: some }) }));
    }
  }
}

/** @returns false: its revision is not the one after that in force */
export async function putHead(
  heads: mongoose.Model<HeadDocument>,
  { _id, revision, entries }: HeadDocument,
  before: number = revision - 1,
): Promise<boolean> {
  return withDatabase(async () => {
    if (before > 0) {
      const { matchedCount } = await heads.updateOne({ _id, revision: before }, { $set: { revision, entries } });
      return matchedCount === 1;
    }
    try {
      await heads.insertMany([{ _id, revision, entries }]);
      return true;
    } catch (error) {
      if (isDuplicateKey(error)) return false;
      throw error;
    }
  });
}

function newChange(): string {
  return randomBytes(12).toString('base64url');
}

function tooMany(): InputError {
  return new InputError(
    'too-many-badges',
    'there are more badges than one installation keeps (about 130,000); nothing was saved, remove badges first',
  );
}

function inChunks<Item>(items: readonly Item[]): Item[][] {
  const chunks: Item[][] = [];
  for (let at = 0; at < items.length; at += AT_ONCE) chunks.push(items.slice(at, at + AT_ONCE));
  return chunks;
}
