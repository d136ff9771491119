/** Versions of types and configurations. A version is written before it is put in force, by the one conditional update that
 *  changes the object: whoever is killed between leaves a version that the history does not lead to. */

import { isRecord } from '../extensions/options.ts';
import type { ChangeResult, CredentialStore, DesignVersion, Options } from '../ports/credential-store.ts';

type VersionStore = Pick<CredentialStore, 'addVersion' | 'versions'>;

/** A type or a configuration. */
export interface Design {
  readonly id: string;
  readonly updatedAt: Date;
  readonly options: Options;
}

export interface VersionNote {
  readonly by: string;
  readonly comment: string;
}

/** Changes an object and keeps what it says as a version.
 *  @param expected `updatedAt` of the version that was edited; null: a new object
 *  @param change puts it in force under that condition */
export async function changeWithHistory<Kind extends Design>(
  store: VersionStore,
  { former, wanted, expected }: { readonly former: Kind | null; readonly wanted: Kind; readonly expected: Date | null },
  note: VersionNote,
  change: (wanted: Kind, expected: Date | null) => Promise<ChangeResult>,
): Promise<ChangeResult> {
  if (former?.updatedAt.getTime() !== expected?.getTime()) return 'stale';
  // of two that save in the same millisecond the second finds a version there
  if (!(await keepVersion(store, former, wanted, note))) return 'stale';
  return change(wanted, expected);
}

/** @returns false when the object has a version of this time already */
export async function keepVersion(
  store: VersionStore,
  former: Design | null,
  wanted: Design,
  { by, comment }: VersionNote,
): Promise<boolean> {
  const [latest] = former ? await historyOf(store, former) : [];
  // what was saved before versions were kept is the first that is known
  if (former && latest && latest.by === null && latest.number === 1) await store.addVersion(latest);
  return store.addVersion({
    ...{ objectId: wanted.id, at: wanted.updatedAt, before: former?.updatedAt ?? null },
    ...{ number: (latest?.number ?? 0) + 1, by, comment, snapshot: snapshotOf(wanted) },
  });
}

/** From the version in force to the first that is known. */
export async function historyOf(
  store: VersionStore,
  object: Design,
): Promise<readonly [DesignVersion, ...DesignVersion[]]> {
  const kept = new Map((await store.versions(object.id)).map((version) => [version.at.getTime(), version]));
  const inForce = kept.get(object.updatedAt.getTime()) ?? firstKnown(object);
  const history: [DesignVersion, ...DesignVersion[]] = [inForce];
  for (let at = inForce.before; at !== null; ) {
    const version = kept.get(at.getTime());
    if (!version) break;
    history.push(version);
    at = version.before;
  }
  return history;
}

function firstKnown(object: Design): DesignVersion {
  return {
    ...{ objectId: object.id, at: object.updatedAt, before: null, number: 1, by: null, comment: '' },
    snapshot: snapshotOf(object),
  };
}

export function snapshotOf(object: Design): Options {
  const { id: _id, updatedAt: _updatedAt, ...said } = object;
  return said;
}

export interface DesignChange {
  /** Of the value, e.g. `options.text_elements.name.y`. */
  readonly path: string;
  /** As JSON; null: it said nothing. */
  readonly from: string | null;
  readonly to: string | null;
}

/** Field by field, in the order of their names. */
export function changesBetween(from: Options, to: Options): readonly DesignChange[] {
  const [former, latter] = [leavesOf(from), leavesOf(to)];
  return [...new Set([...former.keys(), ...latter.keys()])]
    .filter((path) => former.get(path) !== latter.get(path))
    .sort()
    .map((path) => ({ path, from: former.get(path) ?? null, to: latter.get(path) ?? null }));
}

export interface ThreeWayChange {
  readonly path: string;
  readonly base: string | null;
  readonly theirs: string | null;
  readonly yours: string | null;
  /** Both changed it, and not to the same. */
  readonly collides: boolean;
}

/** What two people made of the same version. */
export function threeWay(base: Options, theirs: Options, yours: Options): readonly ThreeWayChange[] {
  const [one, other, third] = [leavesOf(base), leavesOf(theirs), leavesOf(yours)];
  return [...new Set([...one.keys(), ...other.keys(), ...third.keys()])].sort().flatMap((path) => {
    const [was, they, you] = [one.get(path) ?? null, other.get(path) ?? null, third.get(path) ?? null];
    if (was === they && was === you) return [];
    return [{ path, base: was, theirs: they, yours: you, collides: they !== was && you !== was && they !== you }];
  });
}

/** What one person made of it, with the other's values at these paths, as `threeWay` calls them. */
export function withValuesAt(yours: Options, theirs: Options, paths: ReadonlySet<string>): Options {
  const [mine, others] = [valuesIn(yours), valuesIn(theirs)];
  const kept = mine.filter(({ path }) => !paths.has(path.join('.')));
  const taken = others.filter(({ path }) => paths.has(path.join('.')));
  const merged: Record<string, unknown> = {};
  // An empty object makes room for what the other put into it.
  for (const { path, value } of [...kept, ...taken].toSorted((a, b) => a.path.length - b.path.length)) {
    const [last = '', ...way] = path.toReversed();
    let at = merged;
    for (const key of way.toReversed()) {
      if (!Object.hasOwn(at, key) || !isRecord(at[key])) define(at, key, {});
      at = at[key] as Record<string, unknown>;
    }
    define(at, last, value);
  }
  return merged;
}

/** Also for keys that objects have by themselves. */
function define(object: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
}

function valuesIn(
  value: unknown,
  path: readonly string[] = [],
): readonly { readonly path: readonly string[]; readonly value: unknown }[] {
  if (!isRecord(value)) return [{ path, value }];
  const entries = Object.entries(value);
  if (path.length > 0 && entries.length === 0) return [{ path, value: {} }];
  return entries.flatMap(([key, inner]) => valuesIn(inner, [...path, key]));
}

/** Every value that is no object, as JSON, by its path; an empty object is a value. */
function leavesOf(value: unknown, path = '', found = new Map<string, string>()): ReadonlyMap<string, string> {
  if (!isRecord(value) || (path !== '' && Object.keys(value).length === 0)) {
    found.set(path, JSON.stringify(value) ?? 'null');
    return found;
  }
  for (const [key, inner] of Object.entries(value)) leavesOf(inner, path === '' ? key : `${path}.${key}`, found);
  return found;
}
