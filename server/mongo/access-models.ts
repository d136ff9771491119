/** How accounts, one-time sign-ins, API tokens and the audit lie in MongoDB. */

import mongoose from 'mongoose';
import type { Account, ApiToken, AuditEntry, OneTimeSignIn } from '../http/people/access-store.ts';
import { schemaOptions } from './connect.ts';

export interface AccountDocument extends Omit<Account, 'id' | 'lmsUsername' | 'disabledAt' | 'organisations'> {
  readonly _id: string;
  /** Left out where there is none; accounts made by earlier versions have neither of the two. */
  readonly lmsUsername?: string;
  readonly disabledAt?: Date | null;
  readonly generation?: number;
  /** As one text, which is compared as a whole; left out where it is not limited. */
  readonly organisations?: string;
  /** While somebody takes this administrator away: whose attempt it is, and since when. */
  readonly leaving?: string;
  readonly leavingSince?: Date;
  /** The name as it is compared. */
  readonly nameKey: string;
}
export interface SignInDocument extends Omit<OneTimeSignIn, 'tokenHash' | 'accountId'> {
  /** The token's hash. */
  readonly _id: string;
  readonly accountId?: string | null;
  readonly usedAt: Date | null;
}
export interface TokenDocument extends Omit<ApiToken, 'id' | 'scopes' | 'expiresAt' | 'organisations'> {
  readonly _id: string;
  /** Tokens made by earlier versions have neither of the two. */
  readonly scopes?: ApiToken['scopes'];
  readonly expiresAt?: Date | null;
  /** As of an account. */
  readonly organisations?: string;
}
interface AuditDocument extends Omit<AuditEntry, 'id'> {
  readonly _id: string;
}

const id = { type: String, required: true } as const;
const text = { type: String, required: true } as const;
const date = { type: Date, required: true } as const;
const later = { type: Date, default: null } as const;

const accountSchema = new mongoose.Schema<AccountDocument>(
  {
    ...{ _id: id, name: text, nameKey: text, role: text, createdAt: date },
    ...{ passwordHash: { type: String, default: null }, lmsUsername: { type: String }, disabledAt: later },
    ...{ generation: { type: Number, default: 0 }, leaving: { type: String }, leavingSince: { type: Date } },
    organisations: { type: String },
  },
  { ...schemaOptions, collection: 'accounts' },
);
accountSchema.index({ nameKey: 1 }, { unique: true });
accountSchema.index({ lmsUsername: 1 }, { unique: true, partialFilterExpression: { lmsUsername: { $exists: true } } });

const signInSchema = new mongoose.Schema<SignInDocument>(
  { _id: id, accountId: { type: String, default: null }, createdAt: date, expiresAt: date, usedAt: later },
  { ...schemaOptions, collection: 'one_time_sign_ins' },
);
signInSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });

const tokenSchema = new mongoose.Schema<TokenDocument>(
  {
    ...{ _id: id, tokenHash: text, label: text, scopes: { type: [String], default: null }, createdAt: date },
    ...{ createdBy: text, expiresAt: later, lastUsedAt: later, revokedAt: later, organisations: { type: String } },
  },
  { ...schemaOptions, collection: 'api_tokens' },
);
tokenSchema.index({ tokenHash: 1 }, { unique: true });

const auditSchema = new mongoose.Schema<AuditDocument>(
  { _id: id, at: date, actor: text, action: text, object: text, details: { type: mongoose.Schema.Types.Mixed } },
  { ...schemaOptions, collection: 'audit' },
);
auditSchema.index({ at: -1, _id: -1 });
auditSchema.index({ action: 1, at: -1, _id: -1 });
auditSchema.index({ object: 1, at: -1, _id: -1 });
auditSchema.index({ actor: 1, at: -1, _id: -1 });

export interface AccessModels {
  readonly accounts: mongoose.Model<AccountDocument>;
  readonly signIns: mongoose.Model<SignInDocument>;
  readonly tokens: mongoose.Model<TokenDocument>;
  readonly audit: mongoose.Model<AuditDocument>;
}

export function accessModels(connection: mongoose.Connection): AccessModels {
  return {
    accounts: model(connection, 'Account', accountSchema),
    signIns: model(connection, 'OneTimeSignIn', signInSchema),
    tokens: model(connection, 'ApiToken', tokenSchema),
    audit: model(connection, 'AuditEntry', auditSchema),
  };
}

function model<Document>(
  connection: mongoose.Connection,
  name: string,
  schema: mongoose.Schema<Document>,
): mongoose.Model<Document> {
  const known: unknown = connection.models[name];
  return (known as mongoose.Model<Document> | undefined) ?? connection.model<Document>(name, schema);
}
