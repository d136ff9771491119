/** Every link between our own files leads somewhere, and every page of the documentation is found from its first one. */

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect } from 'chai';
import { projectPath } from '../server/paths.ts';

const FOLDERS = ['docs', 'dsl', 'plugin', 'providers', 'server', 'browser', 'examples', 'fonts', 'test', 'bench'];

const pages = [
  ...readdirSync(projectPath()).filter((name) => name.endsWith('.md')),
  ...FOLDERS.flatMap((folder) =>
    readdirSync(projectPath(folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.md') && !name.includes('node_modules'))
      .map((name) => join(folder, name)),
  ),
];

/** Without what only looks like a link: code. */
function proseOf(page: string): string {
  return readFileSync(projectPath(page), 'utf8')
    .replace(/^(```|~~~)[\s\S]*?^\1$/gm, '')
    .replace(/`[^`\n]*`/g, (code) => code.replace(/[[\]()]/g, '.'));
}

/** What is linked inside the repository, as it is written. */
function linksOf(page: string): string[] {
  return [...proseOf(page).matchAll(/\]\(([^()\s]+(?:\([^()\s]*\)[^()\s]*)?)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target));
}

/** Names of headings, as they are made where the pages are shown; and anchors that a page sets itself. */
function anchorsOf(page: string): ReadonlySet<string> {
  const text = readFileSync(projectPath(page), 'utf8').replace(/^```[\s\S]*?^```$/gm, '');
  const taken = new Map<string, number>();
  const headings = [...text.matchAll(/^#{1,6} (.+)$/gm)].map(([, title = '']) => {
    const slug = title
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\p{M} _-]/gu, '')
      .replaceAll(' ', '-');
    const times = taken.get(slug) ?? 0;
    taken.set(slug, times + 1);
    return times === 0 ? slug : `${slug}-${times}`;
  });
  return new Set([...headings, ...[...text.matchAll(/<a (?:id|name)="([^"]+)"/g)].map(([, id = '']) => id)]);
}

/** @returns why a link leads nowhere; null: it leads somewhere */
function brokenBecause(page: string, target: string): string | null {
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? page : relative(projectPath(), join(projectPath(dirname(page)), decodeURIComponent(path)));
  if (file.startsWith('..') || !existsSync(projectPath(file))) return `there is no ${file}`;
  if (anchor === undefined || !file.endsWith('.md')) return null;
  return anchorsOf(file).has(decodeURIComponent(anchor)) ? null : `${file} has no heading #${anchor}`;
}

describe('links in documentation', () => {
  for (const page of pages)
    it(`of ${page} lead somewhere`, () => {
      const broken = linksOf(page).flatMap((target) => brokenBecause(page, target) ?? []);
      expect(broken).to.deep.equal([]);
    });

  it('would be found out when they do not', () => {
    expect(brokenBecause('docs/README.md', 'how-to/nothing.md')).to.equal('there is no docs/how-to/nothing.md');
    expect(brokenBecause('README.md', '#nothing')).to.equal('README.md has no heading #nothing');
    expect(brokenBecause('docs/README.md', '../README.md#try-it')).to.equal(null);
  });

  it('lead from the first page to every page', () => {
    const found = new Set<string>();
    const follow = (page: string): void => {
      if (found.has(page)) return;
      found.add(page);
      for (const target of linksOf(page)) {
        const file = relative(projectPath(), join(projectPath(dirname(page)), target.split('#')[0] ?? ''));
        if (!existsSync(projectPath(file))) continue;
        if (statSync(projectPath(file)).isDirectory()) {
          for (const name of readdirSync(projectPath(file))) if (name.endsWith('.md')) follow(join(file, name));
        } else if (file.endsWith('.md')) follow(file);
      }
    };
    follow('README.md');
    expect(pages.filter((page) => page.startsWith('docs/') && !found.has(page))).to.deep.equal([]);
  });
});
