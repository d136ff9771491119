/** docs/decisions/README.md: every note, by number. */

import { readdirSync, readFileSync } from 'node:fs';
import { projectPath } from '../paths.ts';
import { cell, page, table } from './markdown.ts';

export function decisionsPage(): string {
  const notes = readdirSync(projectPath('docs', 'decisions'))
    .filter((name) => /^\d{4}-.*\.md$/.test(name))
    .sort()
    .map((name) => {
      const [heading = ''] = readFileSync(projectPath('docs', 'decisions', name), 'utf8').split('\n', 1);
      return [name.slice(0, 4), `[${cell(heading.replace(/^# (\d+\W+)?/, ''))}](${name})`];
    });
  return page('Decisions', [
    'Why it is built this way: a page for each choice that could have been another. Numbers that are missing were never used.',
    '',
    table(['Number', 'Note'], notes),
  ]);
}
