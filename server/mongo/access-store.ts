/** Accounts, one-time sign-ins, API tokens and the audit in MongoDB. */

import mongoose from 'mongoose';
import type { Page } from '../../plugin/ports/learner-store.ts';
import type { Records } from '../../plugin/ports/records.ts';
import {
  type AccessStore,
  type Account,
  type ApiToken,
  type AuditEntry,
  accountNameKey,
  auditCursor,
  auditShape,
  LAST_USE_PRECISION_MS,
  type OneTimeSignIn,
  parseAuditCursor,
} from '../http/access-store.ts';
import { type AccessModels, type AccountDocument, accessModels } from './access-models.ts';
import { isDuplicateKey, withDatabase } from './errors.ts';
import { mongoRecords } from './records.ts';

const { trusted } = mongoose;

export class MongoAccessStore implements AccessStore {
  readonly #models: AccessModels;
  readonly auditRecords: Records<AuditEntry>;

  constructor(connection: mongoose.Connection) {
    this.#models = accessModels(connection);
    this.auditRecords = mongoRecords({
      shape: auditShape,
      model: this.#models.audit,
      paths: { id: '_id' },
      toRow: toAuditEntry,
    });
  }

  async createAccount({ id, lmsUsername, ...facts }: Account): Promise<boolean> {
    const known = lmsUsername === null ? {} : { lmsUsername };
    try {
      await withDatabase(() =>
        this.#models.accounts.create([{ _id: id, ...facts, ...known, nameKey: accountNameKey(facts.name) }]),
      );
      return true;
    } catch (error) {
      if (isDuplicateKey(error)) return false;
      throw error;
    }
  }

  async account(id: string): Promise<Account | null> {
    const found = await withDatabase(() => this.#models.accounts.findOne({ _id: id }).lean());
    return found && toAccount(found);
  }

  async accountByName(name: string): Promise<Account | null> {
    const found = await withDatabase(() => this.#models.accounts.findOne({ nameKey: accountNameKey(name) }).lean());
    return found && toAccount(found);
  }

  async accounts(): Promise<readonly Account[]> {
    const found = await withDatabase(() => this.#models.accounts.find().sort({ nameKey: 1 }).lean());
    return found.map(toAccount);
  }

  async saveOneTimeSignIn({ tokenHash, createdAt, expiresAt }: OneTimeSignIn): Promise<void> {
    await withDatabase(() => this.#models.signIns.create([{ _id: tokenHash, createdAt, expiresAt, usedAt: null }]));
  }

  async consumeOneTimeSignIn(tokenHash: string, now: Date): Promise<boolean> {
    const { modifiedCount } = await withDatabase(() =>
      this.#models.signIns.updateOne(
        { _id: tokenHash, usedAt: null, expiresAt: trusted({ $gt: now }) },
        { $set: { usedAt: now } },
      ),
    );
    return modifiedCount === 1;
  }

  async createApiToken({ id, ...facts }: ApiToken): Promise<void> {
    await withDatabase(() => this.#models.tokens.create([{ _id: id, ...facts }]));
  }

  async apiTokens(): Promise<readonly ApiToken[]> {
    const found = await withDatabase(() => this.#models.tokens.find().sort({ createdAt: -1, _id: 1 }).lean());
    return found.map(toToken);
  }

  async useApiToken(tokenHash: string, now: Date): Promise<ApiToken | null> {
    const found = await withDatabase(() => this.#models.tokens.findOne({ tokenHash, revokedAt: null }).lean());
    if (!found) return null;
    if (found.lastUsedAt && now.getTime() - found.lastUsedAt.getTime() < LAST_USE_PRECISION_MS) return toToken(found);
    await withDatabase(() => this.#models.tokens.updateOne({ _id: found._id }, { $set: { lastUsedAt: now } }));
    return { ...toToken(found), lastUsedAt: now };
  }

  async revokeApiToken(id: string, now: Date): Promise<boolean> {
    const { modifiedCount } = await withDatabase(() =>
      this.#models.tokens.updateOne({ _id: id, revokedAt: null }, { $set: { revokedAt: now } }),
    );
    return modifiedCount === 1;
  }

  async recordAudit({ id, ...facts }: AuditEntry): Promise<void> {
    await withDatabase(() => this.#models.audit.create([{ _id: id, ...facts }]));
  }

  async audit(query: Parameters<AccessStore['audit']>[0]): Promise<Page<AuditEntry>> {
    const after = query.after === undefined ? null : parseAuditCursor(query.after);
    const filter = {
      ...(query.actor === undefined ? {} : { actor: query.actor }),
      ...(query.object === undefined ? {} : { object: query.object }),
      ...(after === null
        ? {}
        : { $or: [{ at: trusted({ $lt: after.at }) }, { at: after.at, _id: trusted({ $lt: after.id }) }] }),
    };
    const found = await withDatabase(() =>
      this.#models.audit
        .find(filter)
        .sort({ at: -1, _id: -1 })
        .limit(query.limit + 1)
        .lean(),
    );
    const items = found.slice(0, query.limit).map(toAuditEntry);
    const last = items.at(-1);
    return { items, next: found.length > items.length && last ? auditCursor(last) : null };
  }
}

type Stored<Item extends { readonly id: string }> = Omit<Item, 'id'> & { readonly _id: string };

function toAccount(stored: AccountDocument): Account {
  const { _id, name, role, passwordHash, lmsUsername = null, disabledAt = null, createdAt } = stored;
  return { id: _id, name, role, passwordHash, lmsUsername, disabledAt, createdAt };
}

function toToken({ _id, tokenHash, label, createdAt, createdBy, lastUsedAt, revokedAt }: Stored<ApiToken>): ApiToken {
  return { id: _id, tokenHash, label, createdAt, createdBy, lastUsedAt, revokedAt };
}

function toAuditEntry({ _id, at, actor, action, object, details }: Stored<AuditEntry>): AuditEntry {
  return { id: _id, at, actor, action, object, details: details ?? {} };
}
