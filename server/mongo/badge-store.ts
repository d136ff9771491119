/** Badge definitions in MongoDB: one document per badge, and one per former version. */

import mongoose from 'mongoose';
import { type BadgeDefinition, type BadgeStore, hashOfSource, staleBadge } from '../../plugin/ports/badge-store.ts';
import { schemaOptions } from './connect.ts';
import { isDuplicateKey, withDatabase } from './errors.ts';

type Facts = Omit<BadgeDefinition, 'id'>;
interface HeadDocument extends Facts {
  readonly _id: string;
}
interface FormerDocument extends Facts {
  readonly badgeId: string;
}

const facts = {
  source: { type: String, required: true },
  active: { type: Boolean, required: true },
  name: { type: String, default: null },
  template: { type: String, default: null },
  version: { type: Number, required: true },
  hash: { type: String, required: true },
  updatedAt: { type: Date, required: true },
  updatedBy: { type: String, required: true },
} as const;

const headSchema = new mongoose.Schema<HeadDocument>(
  { _id: { type: String, required: true }, ...facts },
  { ...schemaOptions, collection: 'badges' },
);
const formerSchema = new mongoose.Schema<FormerDocument>(
  { badgeId: { type: String, required: true }, ...facts },
  { ...schemaOptions, collection: 'badge_versions' },
);
formerSchema.index({ badgeId: 1, version: 1 }, { unique: true });

interface BadgeModels {
  readonly heads: mongoose.Model<HeadDocument>;
  readonly former: mongoose.Model<FormerDocument>;
}

export function badgeModels(connection: mongoose.Connection): BadgeModels {
  return {
    heads: (connection.models.Badge ?? connection.model('Badge', headSchema)) as mongoose.Model<HeadDocument>,
    former: (connection.models.BadgeVersion ??
      connection.model('BadgeVersion', formerSchema)) as mongoose.Model<FormerDocument>,
  };
}

export class MongoBadgeStore implements BadgeStore {
  readonly #models: BadgeModels;

  constructor(connection: mongoose.Connection) {
    this.#models = badgeModels(connection);
  }

  async list(): Promise<readonly BadgeDefinition[]> {
    return withDatabase(async () =>
      (await this.#models.heads.find().sort({ _id: 1 }).lean()).map((head) => toDefinition(head._id, head)),
    );
  }

  async get(id: string): Promise<BadgeDefinition | null> {
    return withDatabase(async () => {
      const head = await this.#models.heads.findOne({ _id: id }).lean();
      return head ? toDefinition(id, head) : null;
    });
  }

  async save(definition: Omit<BadgeDefinition, 'version' | 'hash'>, expectedVersion: number): Promise<BadgeDefinition> {
    const version = expectedVersion + 1;
    const saved: BadgeDefinition = { ...definition, version, hash: hashOfSource(definition.source) };
    const done = await withDatabase(() => (expectedVersion === 0 ? this.#insert(saved) : this.#replace(saved)));
    if (!done) throw staleBadge(definition.id, expectedVersion);
    return saved;
  }

  async history(id: string): Promise<readonly BadgeDefinition[]> {
    return withDatabase(async () => {
      const head = await this.get(id);
      if (!head) return [];
      const former = await this.#models.former
        .find({ badgeId: id, version: mongoose.trusted({ $lt: head.version }) })
        .sort({ version: -1 })
        .lean();
      return [head, ...former.map((version) => toDefinition(id, version))];
    });
  }

  /** The sum of all versions: it needs no counter that a crash could leave behind. */
  async revision(): Promise<number> {
    return withDatabase(async () => {
      const [total] = await this.#models.heads.aggregate<{ readonly revision: number }>([
        { $group: { _id: null, revision: { $sum: '$version' } } },
      ]);
      return total?.revision ?? 0;
    });
  }

  async #insert({ id, ...facts }: BadgeDefinition): Promise<boolean> {
    try {
      await this.#models.heads.create([{ _id: id, ...facts }]);
      return true;
    } catch (error) {
      if (isDuplicateKey(error)) return false;
      throw error;
    }
  }

  /** The former version is copied away first. A crash in between leaves a copy of what still is in force, which
   *  `history` does not show and the next save makes again. */
  async #replace({ id, ...facts }: BadgeDefinition): Promise<boolean> {
    const former = await this.#models.heads.findOne({ _id: id, version: facts.version - 1 }).lean();
    if (!former) return false;
    const { _id, ...copy } = former;
    await this.#models.former.updateOne(
      { badgeId: id, version: copy.version },
      { $setOnInsert: copy },
      { upsert: true },
    );
    const { matchedCount } = await this.#models.heads.updateOne({ _id: id, version: copy.version }, { $set: facts });
    return matchedCount === 1;
  }
}

function toDefinition(id: string, document: Facts): BadgeDefinition {
  const { source, active, name, template, version, hash, updatedAt, updatedBy } = document;
  return { id, source, active, name, template, version, hash, updatedAt, updatedBy };
}
