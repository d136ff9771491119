/** What is built for browsers, as it is found at run time. */

import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { RequestHandler } from 'express';
import { projectPath } from '../paths.ts';

/** Sends the compressed twin of a built file to whoever takes it; a proxy in front may have none of its own. */
export const preferCompressed: RequestHandler = (req, res, next) => {
  const name = basename(req.path);
  if (req.acceptsEncodings('gzip') && name.endsWith('.js') && existsSync(join(browserAssets, `${name}.gz`))) {
    res.set({ 'Content-Encoding': 'gzip', 'Content-Type': 'text/javascript; charset=utf-8' });
    req.url = `/${name}.gz`;
  }
  res.vary('Accept-Encoding');
  next();
};

/** Served under `/assets` beside `views/assets`. */
export const browserAssets = projectPath('dist', 'assets');

const addresses = new Map<string, string | null>();

/** @returns the address of a built file, with a hash of what is in it, so that no browser keeps an old one; null where it
 *    has not been built */
export function assetAddress(name: string): string | null {
  let address = addresses.get(name);
  if (address === undefined) {
    const path = join(browserAssets, name);
    address = existsSync(path) ? `/assets/${name}?v=${versionOf(readFileSync(path))}` : null;
    addresses.set(name, address);
  }
  return address;
}

/** For the address of what browsers may keep: another one when there is something else in it. */
export function versionOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 12);
}
