/** `npm run generate`: writes the reference pages that are made from tables. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { projectPath } from '../paths.ts';
import { generatedFiles } from './tables.ts';

for (const [name, content] of generatedFiles()) {
  const path = projectPath(name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  process.stdout.write(`${name}\n`);
}
