import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { projectPath } from '../../../server/paths.ts';

describe('the page about security', () => {
  const page = readFileSync(projectPath('docs', 'security.md'), 'utf8');
  const links = [...page.matchAll(/\]\(([^)#]+)\)/g)].map((match) => match[1] ?? '');

  it('names tests that exist', () => {
    expect(links.filter((link) => link.startsWith('../test/')).length).to.be.greaterThan(20);
    expect(links.filter((link) => !existsSync(join(projectPath('docs'), link)))).to.deep.equal([]);
  });

  it('names settings that exist', () => {
    const settings = readFileSync(projectPath('docs', 'reference', 'settings.md'), 'utf8');
    for (const [name] of page.matchAll(/LAUREL_\w+/g)) expect(settings, name).to.include(`\`${name}\``);
  });

  it('proves each answer', () => {
    const rows = page
      .split('## Threats and answers')[1]
      ?.split('\n## ')[0]
      ?.split('\n')
      .filter((line) => line.startsWith('| '));
    for (const row of rows?.slice(2) ?? []) expect(row.split('|').at(-2), row).to.match(/\]\(/);
  });
});
