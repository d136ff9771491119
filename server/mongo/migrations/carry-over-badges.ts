/** Takes over the rules of a database written by an earlier version, which kept a document per badge (`badges`) and one
 *  per former version (`badge_versions`). Those stay as they are. */

import type mongoose from 'mongoose';
import { compareCodePoints } from '../../../dsl/index.ts';
import type { BadgeVersion } from '../../../plugin/ports/badge-store.ts';
import { badgeModels, HEAD, toDocument, toEntry, type VersionDocument } from '../badge-documents.ts';
import { putHead } from '../badge-store.ts';
import { isDuplicateKey, withDatabase } from '../errors.ts';

type Facts = Omit<BadgeVersion, 'id' | 'reason' | 'removed'>;
type OldHead = Facts & { readonly _id: string };
type OldVersion = Facts & { readonly badgeId: string };

/** Does nothing where rules are in force already. Several processes may do it at once and any may die on the way: they all
 *  write the same documents, and what is in force is put there in one step, once.
 *  @returns how many badges it took over @throws StoreError */
export async function carryOverBadges(connection: mongoose.Connection): Promise<number> {
  const { heads, versions } = badgeModels(connection);
  if (await withDatabase(() => heads.exists({ _id: HEAD }))) return 0;
  const documents = await oldDocuments(connection);
  if (documents.length === 0) return 0;
  for (const document of documents.flat()) {
    await withDatabase(() => versions.insertMany([document]).catch(unlessThere));
  }
  const latest = documents.flatMap((history) => history.at(-1) ?? []);
  // As large as the revision of the earlier version was, which summed up the versions.
  const revision = latest.reduce((sum, { version }) => sum + version, 0);
  await putHead(heads, { _id: HEAD, revision, entries: latest.map(toEntry) }, 0);
  return latest.length;
}

/** Per badge, the oldest version first. */
async function oldDocuments(connection: mongoose.Connection): Promise<readonly (readonly VersionDocument[])[]> {
  const latest = await withDatabase(() => connection.collection<OldHead>('badges').find({}).toArray());
  if (latest.length === 0) return [];
  const former = await withDatabase(() => connection.collection<OldVersion>('badge_versions').find({}).toArray());
  const formerById = new Map<string, OldVersion[]>(latest.map(({ _id }) => [_id, []]));
  for (const version of former) formerById.get(version.badgeId)?.push(version);
  return latest
    .toSorted((a, b) => compareCodePoints(a._id, b._id))
    .map((head) => {
      // A crash of the earlier version may have left a copy of what is still in force.
      const before = (formerById.get(head._id) ?? []).filter(({ version }) => version < head.version);
      const all = [...before.toSorted((a, b) => a.version - b.version), head];
      return all.map((one, at) => {
        const previous = all[at - 1];
        return toDocument(toVersion(head._id, one), changeOf(one), previous ? { change: changeOf(previous) } : null);
      });
    });
}

function toVersion(id: string, facts: Facts): BadgeVersion {
  const { source, active, name, template, version, hash, updatedAt, updatedBy } = facts;
  return { id, source, active, name, template, version, hash, updatedAt, updatedBy, reason: null, removed: false };
}

/** The same in every process. */
function changeOf({ version }: { readonly version: number }): string {
  return `carried-over-${version}`;
}

function unlessThere(error: unknown): void {
  if (!isDuplicateKey(error)) throw error;
}
