/** A file of the store as LMDB has it: bodies of documents by collection and number, and the catalog of collections. */

import { statSync } from 'node:fs';
import { type Database, open, type RootDatabase } from 'lmdb';

export interface StoreFile {
  readonly root: RootDatabase<Buffer, string>;
  readonly bodies: Database<Buffer, [number, number]>;
  readonly catalog: Database<Buffer, string>;
}

/** In bytes. What is free goes to what is written next; compacting gives it back to the disk. */
export interface StoreSpace {
  readonly file: number;
  readonly used: number;
  readonly free: number;
}

/** What LMDB says of a tree, as far as it is of use here. */
interface TreeStats {
  readonly pageSize: number;
  readonly treeBranchPageCount: number;
  readonly treeLeafPageCount: number;
  readonly overflowPages: number;
}

/** Two pages at the beginning say where all others are. */
const META_PAGES = 2;

export function openFile(path: string, { readOnly = false } = {}): StoreFile {
  const root = open<Buffer, string>({ path, encoding: 'binary', maxDbs: 4, noSubdir: true, readOnly });
  return {
    root,
    bodies: root.openDB<Buffer, [number, number]>({ name: 'bodies', encoding: 'binary' }),
    catalog: root.openDB<Buffer, string>({ name: 'catalog', encoding: 'binary' }),
  };
}

export function spaceOf({ root, bodies, catalog }: StoreFile, path: string): StoreSpace {
  const whole = root.getStats() as TreeStats & { readonly free: TreeStats };
  const trees = [whole, whole.free, bodies.getStats() as TreeStats, catalog.getStats() as TreeStats];
  const pages = trees.reduce((sum, tree) => sum + pagesOf(tree), META_PAGES);
  const file = statSync(path).size;
  const used = Math.min(file, pages * whole.pageSize);
  return { file, used, free: file - used };
}

function pagesOf({ treeBranchPageCount, treeLeafPageCount, overflowPages }: TreeStats): number {
  return treeBranchPageCount + treeLeafPageCount + overflowPages;
}
