/** IssuerStore on MongoDB. The unique indexes decide that a badge, a key and a place in a status list exist once. */

import mongoose from 'mongoose';
import type {
  IssuedBadgeQuery,
  IssuedOpenBadge,
  IssuerKey,
  IssuerProfile,
  IssuerStore,
} from '../../plugin/ports/issuer-store.ts';
import type { Page } from '../../plugin/ports/learner-store.ts';
import { issuedCursor } from '../../plugin/ports/memory-issuer-store.ts';
import { schemaOptions } from './connect.ts';
import { unlessDuplicate, withDatabase } from './errors.ts';

const { trusted } = mongoose;

type ProfileRecord = { _id: string } & IssuerProfile;
type KeyRecord = { _id: number } & Omit<IssuerKey, 'number'>;
interface ListRecord {
  _id: number;
  taken: number;
}
type BadgeRecord = { _id: string } & Omit<IssuedOpenBadge, 'uuid'> & {
    /** Said apart from the day: an index tells the revoked ones of a list from the others. */
    revoked: boolean;
  };

/** There is one issuer. */
const PROFILE = 'issuer';

const text = { type: String, required: true } as const;
const optionalText = { type: String, default: null } as const;
const number = { type: Number, required: true } as const;
const date = { type: Date, required: true } as const;
const optionalDate = { type: Date, default: null } as const;

const profileSchema = new mongoose.Schema<ProfileRecord>(
  { _id: text, name: text, url: text, email: optionalText, image: optionalText, version: number, updatedAt: date },
  { ...schemaOptions, collection: 'issuer_profile' },
);

const keySchema = new mongoose.Schema<KeyRecord>(
  { _id: number, publicKey: text, sealedSecret: text, createdAt: date, distrustedAt: optionalDate },
  { ...schemaOptions, collection: 'issuer_keys' },
);

const listSchema = new mongoose.Schema<ListRecord>(
  { _id: number, taken: number },
  { ...schemaOptions, collection: 'issuer_status_lists' },
);

const badgeSchema = new mongoose.Schema<BadgeRecord>(
  {
    _id: text,
    templateId: text,
    learnerId: text,
    list: number,
    index: number,
    content: text,
    issuedAt: date,
    signed: { type: new mongoose.Schema({ document: text, key: number }, { _id: false }), default: null },
    revokedAt: optionalDate,
    revocationReason: optionalText,
    revoked: { type: Boolean, required: true },
  },
  { ...schemaOptions, collection: 'issued_open_badges' },
)
  .index({ list: 1, index: 1 }, { unique: true })
  .index({ list: 1, revoked: 1 })
  .index({ issuedAt: -1, _id: -1 })
  .index({ templateId: 1 });

interface IssuerModels {
  readonly profiles: mongoose.Model<ProfileRecord>;
  readonly keys: mongoose.Model<KeyRecord>;
  readonly lists: mongoose.Model<ListRecord>;
  readonly badges: mongoose.Model<BadgeRecord>;
}

export function issuerModels(connection: mongoose.Connection): IssuerModels {
  const model = <Value>(name: string, schema: mongoose.Schema<Value>): mongoose.Model<Value> =>
    (connection.models[name] as mongoose.Model<Value> | undefined) ?? connection.model<Value>(name, schema);
  return {
    profiles: model('IssuerProfile', profileSchema),
    keys: model('IssuerKey', keySchema),
    lists: model('IssuerStatusList', listSchema),
    badges: model('IssuedOpenBadge', badgeSchema),
  };
}

export class MongoIssuerStore implements IssuerStore {
  readonly #models: IssuerModels;

  constructor(connection: mongoose.Connection) {
    this.#models = issuerModels(connection);
  }

  async profile(): Promise<IssuerProfile | null> {
    const record = await withDatabase(async () => this.#models.profiles.findById(PROFILE).lean<ProfileRecord>());
    if (record === null) return null;
    const { _id, ...profile } = record;
    return profile;
  }

  async saveProfile(profile: IssuerProfile): Promise<boolean> {
    const fields = { ...profile, version: profile.version + 1 };
    if (profile.version === 0)
      return unlessDuplicate(() => this.#models.profiles.create([{ _id: PROFILE, ...fields }]));
    const { matchedCount } = await withDatabase(() =>
      this.#models.profiles.updateOne({ _id: PROFILE, version: profile.version }, { $set: fields }),
    );
    return matchedCount === 1;
  }

  async keys(): Promise<readonly IssuerKey[]> {
    const records = await withDatabase(async () => this.#models.keys.find().sort({ _id: 1 }).lean<KeyRecord[]>());
    return records.map(({ _id, ...key }) => ({ number: _id, ...key }));
  }

  addKey({ number: _id, ...key }: IssuerKey): Promise<boolean> {
    return unlessDuplicate(() => this.#models.keys.create([{ _id, ...key }]));
  }

  async distrustKey(_id: number, at: Date): Promise<boolean> {
    const { matchedCount } = await withDatabase(() =>
      this.#models.keys.updateOne({ _id, distrustedAt: null }, { $set: { distrustedAt: at } }),
    );
    return matchedCount === 1;
  }

  async resealKey(_id: number, sealedSecret: string): Promise<void> {
    await withDatabase(() => this.#models.keys.updateOne({ _id }, { $set: { sealedSecret } }));
  }

  async takePlace(most: number): Promise<number> {
    for (;;) {
      const last = await this.lastList();
      const { matchedCount } = await withDatabase(() =>
        this.#models.lists.updateOne({ _id: last, taken: trusted({ $lt: most }) }, { $inc: { taken: 1 } }),
      );
      if (matchedCount === 1) return last;
      // Of several that find the list full, one begins the next; the others take a place in it.
      if (await unlessDuplicate(() => this.#models.lists.create([{ _id: last + 1, taken: 1 }]))) return last + 1;
    }
  }

  async lastList(): Promise<number> {
    const last = await withDatabase(async () => this.#models.lists.findOne().sort({ _id: -1 }).lean<ListRecord>());
    return last?._id ?? 0;
  }

  async addBadge(badge: IssuedOpenBadge): Promise<'added' | 'exists' | 'taken'> {
    const { uuid: _id, ...facts } = badge;
    const record = { _id, ...facts, revoked: badge.revokedAt !== null };
    if (await unlessDuplicate(() => this.#models.badges.create([record]))) return 'added';
    return (await this.badge(_id)) === null ? 'taken' : 'exists';
  }

  async badge(uuid: string): Promise<IssuedOpenBadge | null> {
    const record = await withDatabase(async () => this.#models.badges.findById(uuid).lean<BadgeRecord>());
    return record && toBadge(record);
  }

  async saveSigned(
    uuid: string,
    signed: { readonly document: string; readonly key: number },
    former: number | null,
  ): Promise<boolean> {
    const as = former === null ? { signed: null } : { 'signed.key': former };
    const { matchedCount } = await withDatabase(() =>
      this.#models.badges.updateOne({ _id: uuid, ...as } as mongoose.QueryFilter<BadgeRecord>, { $set: { signed } }),
    );
    return matchedCount === 1;
  }

  async revokeBadge(uuid: string, at: Date, reason: string): Promise<IssuedOpenBadge | null> {
    const revocation = { revoked: true, revokedAt: at, revocationReason: reason };
    await withDatabase(() => this.#models.badges.updateOne({ _id: uuid, revoked: false }, { $set: revocation }));
    return this.badge(uuid);
  }

  async revokedCount(list: number): Promise<number> {
    return withDatabase(async () => this.#models.badges.countDocuments({ list, revoked: true }));
  }

  async revokedIndexes(list: number): Promise<readonly number[]> {
    const revoked = this.#models.badges.find({ list, revoked: true }).select({ index: 1 }).sort({ index: 1 });
    return (await withDatabase(async () => revoked.lean<Pick<BadgeRecord, 'index'>[]>())).map(({ index }) => index);
  }

  async badges({ templateId, after, limit }: IssuedBadgeQuery): Promise<Page<IssuedOpenBadge>> {
    const wanted: mongoose.QueryFilter<BadgeRecord>[] = [];
    if (templateId !== undefined) wanted.push({ templateId });
    if (after !== undefined) {
      const [time = '', id = ''] = after.split(' ');
      const issuedAt = new Date(time);
      wanted.push({ $or: [{ issuedAt: trusted({ $lt: issuedAt }) }, { issuedAt, _id: trusted({ $lt: id }) }] });
    }
    const filter: mongoose.QueryFilter<BadgeRecord> = wanted.length === 0 ? {} : trusted({ $and: wanted });
    const query = this.#models.badges
      .find(filter)
      .sort({ issuedAt: -1, _id: -1 })
      .limit(limit + 1);
    const found = (await withDatabase(async () => query.lean<BadgeRecord[]>())).map(toBadge);
    const items = found.slice(0, limit);
    const last = items.at(-1);
    return { items, next: last && found.length > limit ? issuedCursor(last) : null };
  }

  async badgeCounts(templateIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const groups = await withDatabase(() =>
      this.#models.badges.aggregate<{ _id: string; count: number }>([
        { $match: { templateId: { $in: [...templateIds] } } },
        { $group: { _id: '$templateId', count: { $sum: 1 } } },
      ]),
    );
    return new Map(groups.map(({ _id, count }) => [_id, count]));
  }
}

function toBadge({ _id, revoked: _, ...badge }: BadgeRecord): IssuedOpenBadge {
  return { uuid: _id, ...badge };
}
