/** Accounts, one-time sign-ins, API tokens and the audit in MongoDB. */

import { randomUUID } from 'node:crypto';
import mongoose from 'mongoose';
import { isLimited, type Organisations } from '../../plugin/organisations/standing.ts';
import type { Page } from '../../plugin/ports/learner-store.ts';
import type { Records } from '../../plugin/ports/records.ts';
import {
  type AccessStore,
  type Account,
  type AccountChange,
  type ApiToken,
  type AuditEntry,
  accountNameKey,
  auditCursor,
  auditShape,
  type ExpectedAccount,
  endsAdministrator,
  hasExpired,
  isAsExpected,
  type KnownAccount,
  LAST_USE_PRECISION_MS,
  limitText,
  type OneTimeSignIn,
  parseAuditCursor,
} from '../http/people/access-store.ts';
import {
  type AccessModels,
  type AccountDocument,
  accessModels,
  type SignInDocument,
  type TokenDocument,
} from './access-models.ts';
import { isDuplicateKey, unlessDuplicate, withDatabase } from './errors.ts';
import { mongoRecords } from './records.ts';

const { trusted } = mongoose;

/** After this time an attempt to take an administrator away is one that nobody pursues. */
const ABANDONED_MS = 60_000;

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

  async createAccount({ id, lmsUsername, organisations, ...facts }: Account): Promise<boolean> {
    const known = { ...(lmsUsername !== null && { lmsUsername }), ...storedLimit(organisations) };
    return unlessDuplicate(() =>
      this.#models.accounts.create([{ _id: id, ...facts, ...known, nameKey: accountNameKey(facts.name) }]),
    );
  }

  async account(id: string): Promise<KnownAccount | null> {
    const found = await withDatabase(() => this.#models.accounts.findOne({ _id: id }).lean());
    return found && toAccount(found);
  }

  async accountByName(name: string): Promise<KnownAccount | null> {
    const found = await withDatabase(() => this.#models.accounts.findOne({ nameKey: accountNameKey(name) }).lean());
    return found && toAccount(found);
  }

  async accounts(): Promise<readonly KnownAccount[]> {
    const found = await withDatabase(() => this.#models.accounts.find().sort({ nameKey: 1 }).lean());
    return found.map(toAccount);
  }

  async changeAccount(id: string, change: AccountChange, now: Date, expected: ExpectedAccount = {}) {
    for (;;) {
      const account = await this.account(id);
      if (account === null) return 'unknown';
      if (!isAsExpected(account, expected)) return 'stale';
      if (!endsAdministrator(account, change)) {
        const { role, disabledAt, organisations } = account;
        if (await this.#changeIf({ _id: id, role, disabledAt, ...limitedTo(organisations) }, change)) return 'changed';
      } else {
        const outcome = await this.#takeAdministratorAway(id, change, now);
        if (outcome !== 'again') return outcome;
      }
    }
  }

  /** Says first that this one is about to go, then looks whether another is there who is not: of several attempts that run at the
   *  same time the last to say so sees all the others, and gives up. What it said can be withdrawn by anybody, since the change
   *  comes about only while it still stands there. */
  async #takeAdministratorAway(id: string, change: AccountChange, now: Date) {
    const leaving = randomUUID();
    const { accounts } = this.#models;
    await withDatabase(() =>
      accounts.updateMany(
        { _id: trusted({ $ne: id }), leavingSince: trusted({ $lt: new Date(now.getTime() - ABANDONED_MS) }) },
        { $unset: { leaving: '', leavingSince: '' } },
      ),
    );
    const still = { _id: id, role: 'administrator' as const, disabledAt: null, ...limitedTo([]) };
    await withDatabase(() => accounts.updateOne(still, { $set: { leaving, leavingSince: now } }));
    const other = await withDatabase(() =>
      accounts
        .findOne({
          ...{ _id: trusted({ $ne: id }), role: 'administrator', disabledAt: null, ...limitedTo([]) },
          leaving: trusted({ $exists: false }),
          $or: [{ passwordHash: trusted({ $ne: null }) }, { lmsUsername: trusted({ $exists: true }) }],
        })
        .lean(),
    );
    if (other !== null) return (await this.#changeIf({ _id: id, leaving }, change)) ? 'changed' : 'again';
    await this.#changeIf({ _id: id, leaving }, {});
    return 'last-administrator';
  }

  async #changeIf(filter: mongoose.QueryFilter<AccountDocument>, change: AccountChange): Promise<boolean> {
    const { organisations, ...facts } = change;
    const limit = storedLimit(organisations);
    const isFreed = organisations !== undefined && !isLimited(organisations);
    const { matchedCount } = await withDatabase(() =>
      this.#models.accounts.updateOne(filter, {
        $set: { ...facts, ...limit },
        $unset: { leaving: '', leavingSince: '', ...(isFreed && { organisations: '' }) },
        ...(change.disabledAt ? { $inc: { generation: 1 } } : {}),
      }),
    );
    return matchedCount === 1;
  }

  async linkAccount(id: string, lmsUsername: string | null, expected: string | null) {
    const { accounts } = this.#models;
    const still = { _id: id, lmsUsername: expected ?? trusted({ $exists: false }) };
    try {
      const { matchedCount } = await withDatabase(() =>
        lmsUsername === null
          ? accounts.updateOne({ ...still, passwordHash: trusted({ $ne: null }) }, { $unset: { lmsUsername: 1 } })
          : accounts.updateOne(still, { $set: { lmsUsername } }),
      );
      if (matchedCount > 0) return 'changed';
    } catch (error) {
      if (isDuplicateKey(error)) return 'taken';
      throw error;
    }
    const account = await this.account(id);
    if (account === null) return 'unknown';
    return account.lmsUsername === expected ? 'no-password' : 'stale';
  }

  async setPassword(id: string, passwordHash: string): Promise<KnownAccount | null> {
    return this.#renew(id, { passwordHash });
  }

  async endSessions(id: string): Promise<KnownAccount | null> {
    return this.#renew(id, {});
  }

  async #renew(id: string, facts: Partial<Account>): Promise<KnownAccount | null> {
    const renewed = await withDatabase(() =>
      this.#models.accounts
        .findOneAndUpdate({ _id: id }, { $set: { ...facts }, $inc: { generation: 1 } }, { returnDocument: 'after' })
        .lean(),
    );
    return renewed && toAccount(renewed);
  }

  async saveOneTimeSignIn({ tokenHash, ...facts }: OneTimeSignIn): Promise<void> {
    const { accountId, createdAt } = facts;
    if (accountId !== null)
      await withDatabase(() =>
        this.#models.signIns.updateMany({ accountId, usedAt: null }, { $set: { usedAt: createdAt } }),
      );
    await withDatabase(() => this.#models.signIns.create([{ _id: tokenHash, ...facts, usedAt: null }]));
  }

  async oneTimeSignIn(tokenHash: string, now: Date): Promise<OneTimeSignIn | null> {
    const found = await withDatabase(() =>
      this.#models.signIns.findOne({ _id: tokenHash, usedAt: null, expiresAt: trusted({ $gt: now }) }).lean(),
    );
    return found && toSignIn(found);
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

  async createApiToken({ id, organisations, ...facts }: ApiToken): Promise<void> {
    await withDatabase(() => this.#models.tokens.create([{ _id: id, ...facts, ...storedLimit(organisations) }]));
  }

  async apiTokens(): Promise<readonly ApiToken[]> {
    const found = await withDatabase(() => this.#models.tokens.find().sort({ createdAt: -1, _id: 1 }).lean());
    return found.map(toToken);
  }

  async useApiToken(tokenHash: string, now: Date): Promise<ApiToken | null> {
    const found = await withDatabase(() => this.#models.tokens.findOne({ tokenHash, revokedAt: null }).lean());
    if (!found) return null;
    if (hasExpired(toToken(found), now)) return toToken(found);
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

/** Left out where there is no limit. */
function storedLimit(organisations: Organisations = []): { readonly organisations?: string } {
  return isLimited(organisations) ? { organisations: limitText(organisations) } : {};
}

function readLimit({ organisations }: { readonly organisations?: string }): Pick<Account, 'organisations'> {
  return organisations === undefined ? {} : { organisations: organisations.split(' ') };
}

/** What finds an account only while it is limited so. */
function limitedTo(organisations: Organisations = []) {
  return { organisations: isLimited(organisations) ? limitText(organisations) : trusted({ $exists: false }) };
}

type Stored<Item extends { readonly id: string }> = Omit<Item, 'id'> & { readonly _id: string };

function toAccount(stored: AccountDocument): KnownAccount {
  const { _id, name, role, passwordHash, lmsUsername = null, disabledAt = null, createdAt, generation = 0 } = stored;
  const limit = readLimit(stored);
  return { id: _id, name, role, passwordHash, lmsUsername, disabledAt, createdAt, generation, ...limit };
}

function toSignIn({ _id, accountId = null, createdAt, expiresAt }: SignInDocument): OneTimeSignIn {
  return { tokenHash: _id, accountId, createdAt, expiresAt };
}

function toToken(stored: TokenDocument): ApiToken {
  const {
    _id,
    tokenHash,
    label,
    scopes = null,
    createdAt,
    createdBy,
    expiresAt = null,
    lastUsedAt,
    revokedAt,
  } = stored;
  const limit = readLimit(stored);
  return { id: _id, tokenHash, label, scopes, createdAt, createdBy, expiresAt, lastUsedAt, revokedAt, ...limit };
}

function toAuditEntry({ _id, at, actor, action, object, details }: Stored<AuditEntry>): AuditEntry {
  return { id: _id, at, actor, action, object, details: details ?? {} };
}
