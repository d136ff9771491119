/** Code for browsers into one file. Runs when the project is built, not in the server. */

import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type BuildResult, build } from 'esbuild';
import { projectPath } from '../paths.ts';
import { browserAssets } from './browser-assets.ts';

const NOTICE = `/*! Laurel, AGPL-3.0-only. Contains CodeMirror and Lezer (MIT, Marijn Haverbeke and others), Chevrotain (Apache-2.0),
lodash-es (MIT) or pdf.js (Apache-2.0, Mozilla); their texts are in the npm packages of these names. */`;

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
  for (const name of ['rule-editor', 'certificate']) {
    const outfile = join(browserAssets, `${name}.js`);
    await bundle(`browser/${name}.ts`, { outfile });
    await compress(outfile);
  }
  await copyPdfReader();
}

/** The part of pdf.js that reads documents runs apart, as it comes; with what it looks up: the fonts and character maps that
 *  documents may leave out, and the decoder of images that it does not bring along without WebAssembly. */
async function copyPdfReader(): Promise<void> {
  const source = dirname(createRequire(import.meta.url).resolve('pdfjs-dist/package.json'));
  const data = join(browserAssets, 'pdfjs');
  await mkdir(join(data, 'wasm'), { recursive: true });
  const worker = join(browserAssets, 'pdf-worker.js');
  await cp(join(source, 'legacy', 'build', 'pdf.worker.min.mjs'), worker);
  await compress(worker);
  for (const folder of ['standard_fonts', 'cmaps'])
    await cp(join(source, folder), join(data, folder), { recursive: true });
  for (const name of ['openjpeg_nowasm_fallback.js', 'LICENSE_OPENJPEG'])
    await cp(join(source, 'wasm', name), join(data, 'wasm', name));
  await cp(join(source, 'LICENSE'), join(data, 'LICENSE'));
}

async function compress(path: string): Promise<void> {
  await writeFile(`${path}.gz`, gzipSync(await readFile(path), { level: 9 }));
}
