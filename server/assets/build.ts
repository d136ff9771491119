/** `npm run build`, second half: what browsers load. */

import { readFile, writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { projectPath } from '../paths.ts';
import { bundle } from './bundle.ts';

const outfile = projectPath('dist', 'assets', 'rule-editor.js');
await bundle('browser/rule-editor.ts', { outfile });
await writeFile(`${outfile}.gz`, gzipSync(await readFile(outfile), { level: 9 }));
