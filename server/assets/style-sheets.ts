/** The style sheets of the pages: a file for each part of a page to read, put together into one for browsers. */

import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { RequestHandler } from 'express';
import { projectPath } from '../paths.ts';
import { versionOf } from './browser-assets.ts';

/** What each is made of, from `views/styles`. What comes later counts where both say something. */
const PARTS: Readonly<Record<string, readonly string[]>> = {
  'laurel.css': [
    'base',
    'frame',
    'surfaces',
    'dashboard',
    'tables',
    'forms',
    'rule-editor',
    'badge-form',
    'rule-text',
    'comparison',
    'devices',
    'credential-form',
    'learner',
    'designer',
  ],
  'laurel-dark.css': ['dark'],
};

interface StyleSheet {
  readonly bytes: Buffer;
  readonly compressed: Buffer;
  /** Changes with what is in it. */
  readonly version: string;
}

const YEAR_S = 365 * 24 * 3600;
const sheets = new Map<string, StyleSheet>();

/** @returns the address of a sheet, which is another one when the sheet is: no browser shows new pages in old clothes */
export function styleSheetAddress(name: string): string {
  return `/assets/${name}?v=${sheetOf(name).version}`;
}

/** Answers for the style sheets under `/assets`, compressed for whoever takes it; a proxy in front may do no such thing. */
export const sendStyleSheet: RequestHandler = (req, res, next) => {
  const name = req.path.slice(1);
  if (!['GET', 'HEAD'].includes(req.method) || !Object.hasOwn(PARTS, name)) return next();
  const { bytes, compressed, version } = sheetOf(name);
  const isCurrent = req.query.v === version;
  res.set('Cache-Control', isCurrent ? `public, max-age=${YEAR_S}, immutable` : 'public, max-age=600');
  res.vary('Accept-Encoding').type('css');
  if (req.acceptsEncodings('gzip')) res.set('Content-Encoding', 'gzip').send(compressed);
  else res.send(bytes);
};

function sheetOf(name: string): StyleSheet {
  const known = sheets.get(name);
  if (known) return known;
  const text = (PARTS[name] ?? []).map((part) => readFileSync(projectPath('views', 'styles', `${part}.css`), 'utf8'));
  const bytes = Buffer.from(text.join('\n'));
  const sheet = { bytes, compressed: gzipSync(bytes, { level: 9 }), version: versionOf(bytes) };
  sheets.set(name, sheet);
  return sheet;
}
