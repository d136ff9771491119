/** Code for browsers into one file. Runs when the project is built, not in the server. */

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type BuildResult, build } from 'esbuild';
import { projectPath } from '../paths.ts';
import { browserAssets } from './browser-assets.ts';

const NOTICE = `/*! Laurel, AGPL-3.0-only. Contains CodeMirror and Lezer (MIT, Marijn Haverbeke and others), Chevrotain (Apache-2.0) and
lodash-es (MIT); their texts are in the npm packages of these names. */`;

/** @param entry source file, from the project's root
 *  @param globalName makes what the file exports a global variable of this name, for tests
 *  @returns with the names of everything that went into it */
export async function bundle(
  entry: string,
  { outfile, globalName }: { readonly outfile?: string; readonly globalName?: string } = {},
): Promise<BuildResult<{ metafile: true; write: boolean }>> {
  return build({
    absWorkingDir: projectPath(),
    entryPoints: [entry],
    bundle: true,
    minify: true,
    platform: 'browser',
    target: 'es2022',
    format: globalName === undefined ? 'esm' : 'iife',
    ...(globalName === undefined ? {} : { globalName }),
    ...(outfile === undefined ? { write: false } : { outfile, write: true }),
    banner: { js: NOTICE },
    legalComments: 'none',
    charset: 'utf8',
    metafile: true,
    logLevel: 'warning',
  });
}

/** Writes everything that browsers load, and its compressed twin. */
export async function buildBrowserAssets(): Promise<void> {
  const outfile = join(browserAssets, 'rule-editor.js');
  await bundle('browser/rule-editor.ts', { outfile });
  await writeFile(`${outfile}.gz`, gzipSync(await readFile(outfile), { level: 9 }));
}
