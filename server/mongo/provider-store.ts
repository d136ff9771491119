/** Accounts at badge providers and their templates in MongoDB. */

import mongoose from 'mongoose';
import type { Page } from '../../plugin/ports/learner-store.ts';
import { accountExists, foldedName, templateCursor } from '../../plugin/ports/memory-provider-store.ts';
import type {
  BadgeTemplate,
  ProviderAccount,
  ProviderStore,
  TemplateQuery,
} from '../../plugin/ports/provider-store.ts';
import { schemaOptions } from './connect.ts';
import { isDuplicateKey, withDatabase } from './errors.ts';

const { trusted } = mongoose;

interface AccountDocument extends Omit<ProviderAccount, 'id' | 'externalId'> {
  readonly _id: string;
  /** Left out where it is not known: the unique index is on the known ones. */
  readonly externalId?: string;
}

interface TemplateDocument extends Omit<BadgeTemplate, 'details'> {
  readonly _id: string;
  /** For searching. */
  readonly folded: string;
  /** For listing, page by page. */
  readonly cursor: string;
  /** As JSON: only the provider knows its names, which may hold anything. */
  readonly details: string;
}

const text = { type: String, required: true } as const;
const number = { type: Number, required: true } as const;
const date = { type: Date, required: true } as const;
// Unlike `required`, these take an empty text.
const anyText = { type: String, default: '' } as const;
const optionalText = { type: String, default: null } as const;
const optionalDate = { type: Date, default: null } as const;

const accountSchema = new mongoose.Schema<AccountDocument>(
  {
    _id: text,
    provider: text,
    slug: text,
    name: anyText,
    providerName: optionalText,
    host: anyText,
    externalId: String,
    sealedSecret: optionalText,
    secretExpiresAt: optionalDate,
    origin: text,
    enabled: { type: Boolean, required: true },
    lastCheck: {
      type: new mongoose.Schema({ at: date, ok: { type: Boolean, required: true }, message: anyText }, { _id: false }),
      default: null,
    },
    lastSync: {
      type: new mongoose.Schema(
        { at: date, added: number, changed: number, unchanged: number, retired: number, error: optionalText },
        { _id: false },
      ),
      default: null,
    },
    version: number,
    createdAt: date,
    updatedAt: date,
  },
  { ...schemaOptions, collection: 'provider_accounts' },
)
  .index({ provider: 1, slug: 1 }, { unique: true })
  .index(
    { provider: 1, host: 1, externalId: 1 },
    { unique: true, partialFilterExpression: { externalId: { $exists: true } } },
  );

const templateSchema = new mongoose.Schema<TemplateDocument>(
  {
    _id: text,
    provider: text,
    accountId: text,
    templateId: text,
    name: anyText,
    folded: anyText,
    cursor: text,
    description: anyText,
    imageUrl: optionalText,
    state: text,
    dashboardUrl: optionalText,
    details: text,
    version: number,
    updatedAt: date,
    syncedAt: optionalDate,
  },
  { ...schemaOptions, collection: 'badge_templates' },
)
  .index({ provider: 1, templateId: 1 })
  .index({ accountId: 1, state: 1 })
  .index({ cursor: 1 });

interface ProviderModels {
  readonly accounts: mongoose.Model<AccountDocument>;
  readonly templates: mongoose.Model<TemplateDocument>;
}

export function providerModels(connection: mongoose.Connection): ProviderModels {
  return {
    accounts: (connection.models.ProviderAccount ??
      connection.model('ProviderAccount', accountSchema)) as mongoose.Model<AccountDocument>,
    templates: (connection.models.BadgeTemplate ??
      connection.model('BadgeTemplate', templateSchema)) as mongoose.Model<TemplateDocument>,
  };
}

export class MongoProviderStore implements ProviderStore {
  readonly #accounts: mongoose.Model<AccountDocument>;
  readonly #templates: mongoose.Model<TemplateDocument>;

  constructor(connection: mongoose.Connection) {
    const { accounts, templates } = providerModels(connection);
    this.#accounts = accounts;
    this.#templates = templates;
  }

  async accounts(provider?: string): Promise<readonly ProviderAccount[]> {
    const filter = provider === undefined ? {} : { provider };
    const query = this.#accounts.find(filter).sort({ provider: 1, slug: 1 });
    return (await withDatabase(async () => query.lean<AccountDocument[]>())).map(toAccount);
  }

  async account(id: string): Promise<ProviderAccount | null> {
    const found = await withDatabase(async () => this.#accounts.findOne({ _id: id }).lean<AccountDocument>());
    return found && toAccount(found);
  }

  async saveAccount(account: ProviderAccount): Promise<boolean> {
    const { _id, externalId, ...fields } = toAccountDocument({ ...account, version: account.version + 1 });
    const change =
      externalId === undefined ? { $set: fields, $unset: { externalId: '' } } : { $set: { ...fields, externalId } };
    const saved = await saveVersion(this.#accounts, account.version, toAccountDocument(account), change);
    if (saved !== 'taken') return saved;
    const other = await this.#conflicting(account);
    if (other === null) return false;
    throw accountExists(other);
  }

  async removeAccount(id: string): Promise<boolean> {
    return withDatabase(async () => {
      // The account last: who is interrupted does it again. What a sync added meanwhile goes with it.
      await this.#templates.deleteMany({ accountId: id });
      const { deletedCount } = await this.#accounts.deleteOne({ _id: id });
      await this.#templates.deleteMany({ accountId: id });
      return deletedCount === 1;
    });
  }

  async templatesById(provider: string, templateId: string): Promise<readonly BadgeTemplate[]> {
    const query = this.#templates.find({ provider, templateId }).sort({ accountId: 1 });
    return (await withDatabase(async () => query.lean<TemplateDocument[]>())).map(toTemplate);
  }

  async template(provider: string, accountId: string, templateId: string): Promise<BadgeTemplate | null> {
    const _id = keyOf({ provider, accountId, templateId });
    const found = await withDatabase(async () => this.#templates.findOne({ _id }).lean<TemplateDocument>());
    return found && toTemplate(found);
  }

  async saveTemplate(template: BadgeTemplate): Promise<boolean> {
    const { _id, ...fields } = toTemplateDocument({ ...template, version: template.version + 1 });
    const change = { $set: fields };
    return (await saveVersion(this.#templates, template.version, toTemplateDocument(template), change)) === true;
  }

  async removeTemplate({
    version,
    ...named
  }: Pick<BadgeTemplate, 'provider' | 'accountId' | 'templateId' | 'version'>): Promise<boolean> {
    const { deletedCount } = await withDatabase(() => this.#templates.deleteOne({ _id: keyOf(named), version }));
    return deletedCount === 1;
  }

  async templates({ search, after, limit, ...exactly }: TemplateQuery): Promise<Page<BadgeTemplate>> {
    const wanted: mongoose.QueryFilter<TemplateDocument>[] = Object.entries(exactly)
      .filter(([, value]) => value !== undefined)
      .map(([field, value]) => ({ [field]: value }));
    if (search !== undefined) {
      const wordBeginning = trusted({ $regex: `(^| )${escapeRegex(foldedName(search))}` });
      wanted.push({ $or: [{ templateId: search }, { folded: wordBeginning }] });
    }
    if (after !== undefined) wanted.push({ cursor: trusted({ $gt: after }) });
    const query = this.#templates
      .find(wanted.length === 0 ? {} : { $and: wanted })
      .sort({ cursor: 1 })
      .limit(limit + 1);
    const found = (await withDatabase(async () => query.lean<TemplateDocument[]>())).map(toTemplate);
    const items = found.slice(0, limit);
    const last = items.at(-1);
    return { items, next: last && found.length > limit ? templateCursor(last) : null };
  }

  async templateCounts() {
    const groups = await withDatabase(() =>
      this.#templates.aggregate<{ _id: { accountId: string; state: BadgeTemplate['state'] }; count: number }>([
        { $group: { _id: { accountId: '$accountId', state: '$state' }, count: { $sum: 1 } } },
        { $sort: { '_id.accountId': 1, '_id.state': 1 } },
      ]),
    );
    return groups.map(({ _id: { accountId, state }, count }) => ({ accountId, state, count }));
  }

  /** Another account of the same name, or for the same account at the provider. */
  async #conflicting({ id, provider, slug, host, externalId }: ProviderAccount): Promise<ProviderAccount | null> {
    const same = [{ slug }, ...(externalId === null ? [] : [{ host, externalId }])];
    const filter = { provider, _id: trusted({ $ne: id }), $or: same };
    const found = await withDatabase(async () => this.#accounts.findOne(filter).lean<AccountDocument>());
    return found && toAccount(found);
  }
}

/** @param former what is inserted as version 1 where `version` is 0
 *  @returns false when the stored version is another; `taken` when a unique index refuses */
async function saveVersion<Document extends { readonly _id: string; readonly version: number }>(
  model: mongoose.Model<Document>,
  version: number,
  former: Document,
  change: mongoose.UpdateQuery<Document>,
): Promise<boolean | 'taken'> {
  return withDatabase(async () => {
    try {
      if (version === 0) {
        await model.create([{ ...former, version: 1 }]);
        return true;
      }
      const { matchedCount } = await model.updateOne(
        { _id: former._id, version } as mongoose.QueryFilter<Document>,
        change,
      );
      return matchedCount === 1;
    } catch (error) {
      if (isDuplicateKey(error)) return 'taken';
      throw error;
    }
  });
}

function toAccountDocument({ id, externalId, ...account }: ProviderAccount): AccountDocument {
  return { _id: id, ...account, ...(externalId === null ? {} : { externalId }) };
}

function toAccount({ _id, externalId, providerName, ...account }: AccountDocument): ProviderAccount {
  // Accounts that were stored before names could be given have none of their own.
  return { id: _id, ...account, providerName: providerName ?? null, externalId: externalId ?? null };
}

function toTemplateDocument(template: BadgeTemplate): TemplateDocument {
  return {
    _id: keyOf(template),
    ...template,
    folded: foldedName(template.name),
    cursor: templateCursor(template),
    details: JSON.stringify(template.details),
  };
}

function toTemplate({ _id, folded, cursor, details, ...template }: TemplateDocument): BadgeTemplate {
  return { ...template, details: JSON.parse(details) };
}

function keyOf({ provider, accountId, templateId }: Pick<BadgeTemplate, 'provider' | 'accountId' | 'templateId'>) {
  return JSON.stringify([provider, accountId, templateId]);
}

function escapeRegex(words: string): string {
  return words.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
