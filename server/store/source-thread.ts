/** The store's thread where Laurel runs from its sources. To load tsx in every thread, and every file through it, takes longer than
 *  most commands and tests: what the thread runs is put together once for the process. */

import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Worker, type WorkerOptions } from 'node:worker_threads';

let script: string | undefined;

/** @param source of the thread, in this folder */
export function startFromSource(source: URL, options: WorkerOptions): Worker {
  script ??= scriptOf(source);
  return new Worker(script, { ...options, eval: true, execArgv: [] });
}

/** With packages left outside: they are looked for from this folder, wherever the process runs. */
function scriptOf(source: URL): string {
  const { buildSync } = createRequire(import.meta.url)('esbuild') as typeof import('esbuild');
  const { outputFiles } = buildSync({
    ...{ entryPoints: [fileURLToPath(source)], bundle: true, write: false, packages: 'external' },
    ...{ platform: 'node', target: 'node20', format: 'cjs', sourcemap: 'inline', logLevel: 'silent' },
  });
  const code = outputFiles[0]?.text ?? '';
  return `((require) => {${code}\n})(require('node:module').createRequire(${JSON.stringify(import.meta.url)}));`;
}
