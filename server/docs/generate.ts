/** `npm run generate`: writes the reference pages that are made from tables. */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { projectPath } from '../paths.ts';
import { generatedFiles } from './tables.ts';

for (const [name, content] of generatedFiles((name) => readFileSync(projectPath(name), 'utf8'))) {
  const path = projectPath(name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  process.stdout.write(`${name}\n`);
}
