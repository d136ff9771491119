/** Whatever the documentation shows of rules works: examples are right and pass their tests, mistakes are found, expressions
 *  are checked, and the commands of a page print what the page says. */

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { checkExpression, loadRules, runTest } from '../dsl/index.ts';
import { ruleEnvironment } from '../plugin/events/environment.ts';
import { exampleEnvironment } from '../server/docs/diagnostic-examples.ts';
import { projectPath } from '../server/paths.ts';
import { runLaurel } from './support/command.ts';

interface Block {
  /** First word after the fence. */
  readonly language: string;
  /** What follows it: a file name, or an event type. */
  readonly about: string;
  readonly text: string;
  readonly line: number;
}

const environment = ruleEnvironment({
  enabledEventTypes: null,
  providers: ['memory', 'credly', 'accredible', 'openbadges'],
});

const pages = [
  'README.md',
  ...readdirSync(projectPath('docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name))
    .sort(),
];

function blocksOf(page: string): Block[] {
  const text = readFileSync(projectPath(page), 'utf8');
  return [...text.matchAll(/^```(\S+)(?: (\S+))?\n([\s\S]*?)^```$/gm)].map((match) => ({
    language: match[1] as string,
    about: match[2] ?? '',
    text: match[3] as string,
    line: text.slice(0, match.index).split('\n').length,
  }));
}

/** `$ npx laurel ...` and what it prints, one after the other. */
function commandsOf({ text }: Block): { readonly args: readonly string[]; readonly output: string }[] {
  return text.split(/^\$ /m).flatMap((part) => {
    const [first = '', ...output] = part.split('\n');
    const args = /^npx laurel (.*)$/.exec(first)?.[1]?.split(' ');
    return args === undefined ? [] : [{ args, output: output.join('\n') }];
  });
}

describe('the documentation', () => {
  for (const page of pages) {
    const blocks = blocksOf(page);
    for (const { language, about, text, line } of blocks) {
      if (language === 'laurel') {
        it(`${page}:${line} is a rule file without mistakes, and its tests pass`, () => {
          const { badges, tests, diagnostics } = loadRules(text, environment);
          expect(diagnostics).to.deep.equal([]);
          for (const test of tests)
            expect(runTest(test, badges, environment, text).failures, test.title).to.deep.equal([]);
        });
      } else if (language === 'laurel-wrong') {
        it(`${page}:${line} has the mistake that it shows`, () => {
          expect(loadRules(text, exampleEnvironment).diagnostics).to.not.deep.equal([]);
        });
      } else if (language === 'laurel-expression') {
        it(`${page}:${line} shows expressions about ${about}`, () => {
          const fields = environment.eventTypes.get(about)?.fields ?? [];
          for (const expression of text.trim().split('\n')) {
            const withMetadata = `badge "b" { requirement r { on ${about} where ${expression} } }`;
            const { diagnostics } = expression.includes('event.')
              ? loadRules(withMetadata, environment)
              : checkExpression(expression, fields);
            expect(diagnostics, expression).to.deep.equal([]);
          }
        });
      }
    }

    const commands = blocks.filter(({ language }) => language === 'console').flatMap(commandsOf);
    if (commands.length === 0) continue;
    describe(`the commands of ${page}`, function () {
      this.timeout(30_000);
      let folder: string;
      before(() => {
        folder = mkdtempSync(join(tmpdir(), 'laurel-docs-'));
        for (const { language, about, text } of blocks)
          if (/^(laurel(-wrong)?|jsonl)$/.test(language) && about !== '') writeFileSync(join(folder, about), text);
      });
      after(() => rmSync(folder, { recursive: true }));

      for (const { args, output } of commands) {
        it(`laurel ${args.join(' ')}`, async () => {
          const { stdout, stderr } = await runLaurel(args, { cwd: folder });
          expect(stderr + stdout).to.equal(output);
        });
      }
    });
  }

  it('shows rules, mistakes, expressions and commands at all', () => {
    const shown = new Set(pages.flatMap(blocksOf).map(({ language }) => language));
    expect([...shown]).to.include.members(['laurel', 'laurel-wrong', 'laurel-expression', 'console']);
  });
});
