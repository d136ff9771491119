/** How rules lie in MongoDB: a document per version, written once, and one document that says what is in force. */

import mongoose from 'mongoose';
import type { BadgeVersion } from '../../plugin/ports/badge-store.ts';
import { schemaOptions } from './connect.ts';

/** What is in force of one badge. Ids are arbitrary text and therefore values, never field names. */
export interface HeadEntry {
  readonly id: string;
  readonly version: number;
  /** Of the version: together with the badge it names the document. */
  readonly change: string;
  readonly removed: boolean;
}

export interface HeadDocument {
  readonly _id: string;
  readonly revision: number;
  readonly entries: readonly HeadEntry[];
}

export interface VersionDocument extends Omit<BadgeVersion, 'id'> {
  /** `<change> <badge id>`: two writers of the same version number write two documents. */
  readonly _id: string;
  readonly badgeId: string;
  /** A name that nobody else uses, shared by all versions that came with one change. */
  readonly change: string;
  /** The change of the version before; null: there was none. */
  readonly before: string | null;
}

/** There is one. */
export const HEAD = 'rules';

const headSchema = new mongoose.Schema<HeadDocument>(
  {
    _id: { type: String, required: true },
    revision: { type: Number, required: true },
    // Written by the store alone; casting a hundred thousand entries would cost more than the write.
    entries: { type: mongoose.Schema.Types.Mixed, required: true },
  },
  { ...schemaOptions, collection: 'rules_in_force' },
);

const versionSchema = new mongoose.Schema<VersionDocument>(
  {
    _id: { type: String, required: true },
    // Not `required`, which refuses an empty text.
    badgeId: String,
    version: { type: Number, required: true },
    change: { type: String, required: true },
    before: { type: String, default: null },
    source: { type: String, required: true },
    active: { type: Boolean, required: true },
    name: { type: String, default: null },
    template: { type: String, default: null },
    hash: { type: String, required: true },
    updatedAt: { type: Date, required: true },
    updatedBy: { type: String, required: true },
    reason: { type: String, default: null },
    removed: { type: Boolean, required: true },
  },
  { ...schemaOptions, collection: 'rule_versions' },
);
versionSchema.index({ badgeId: 1 });

export interface BadgeModels {
  readonly heads: mongoose.Model<HeadDocument>;
  readonly versions: mongoose.Model<VersionDocument>;
}

export function badgeModels(connection: mongoose.Connection): BadgeModels {
  return {
    heads: (connection.models.RulesInForce ??
      connection.model('RulesInForce', headSchema)) as mongoose.Model<HeadDocument>,
    versions: (connection.models.RuleVersion ??
      connection.model('RuleVersion', versionSchema)) as mongoose.Model<VersionDocument>,
  };
}

export function documentId(change: string, badgeId: string): string {
  return `${change} ${badgeId}`;
}

export function toDocument(
  { id, ...facts }: BadgeVersion,
  change: string,
  before: { readonly change: string } | null,
): VersionDocument {
  return { _id: documentId(change, id), badgeId: id, change, before: before?.change ?? null, ...facts };
}

export function toVersion(document: VersionDocument): BadgeVersion {
  const { badgeId, source, active, name, template, version, hash, updatedAt, updatedBy, reason, removed } = document;
  return { id: badgeId, source, active, name, template, version, hash, updatedAt, updatedBy, reason, removed };
}

export function toEntry({ badgeId, version, change, removed }: VersionDocument): HeadEntry {
  return { id: badgeId, version, change, removed };
}
