import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');

/** Which of our top folders each may import, itself aside. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  dsl: [],
  plugin: ['dsl'],
  providers: ['plugin', 'dsl'],
  server: ['dsl', 'plugin', 'providers'],
  browser: ['dsl', 'plugin'],
};

/** What a page loads may bring along no more than the language, an editor, a reader of documents, and what is pure. */
const ALLOWED_IN_THE_BROWSER = /^(@codemirror|@lezer|pdfjs-dist)\//;

/** The middle stays pure: no socket, file, clock or framework of its own. */
const FORBIDDEN_IN_THE_MIDDLE =
  /^(express|mongoose|mongodb|amqplib|axios|jspdf|node:(fs|net|http|https|child_process|process)(\/|$))/;

interface Import {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

function sourceFiles(folder: string): string[] {
  return readdirSync(join(root, folder)).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(join(root, path)).isDirectory()) return sourceFiles(path);
    return path.endsWith('.ts') ? [path] : [];
  });
}

function importsOf(path: string, text: string): Import[] {
  const pattern = /(?:^|\n)\s*(import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?['"]([^'"]+)['"]/g;
  return [...text.matchAll(pattern)].map(([, , type, specifier = '']) => ({
    from: path,
    to: specifier.startsWith('.') ? relative(root, resolve(root, dirname(path), specifier)) : specifier,
    typeOnly: type !== undefined,
  }));
}

/** @returns one sentence per import that goes the wrong way */
function wrongDirections(imports: readonly Import[]): string[] {
  return imports.flatMap(({ from, to }) => {
    const here = from.split('/')[0] ?? '';
    const there = to.split('/')[0] ?? '';
    if (there in MAY_IMPORT || there === 'views' || there === 'test' || there === 'bench') {
      if (here === there || MAY_IMPORT[here]?.includes(there)) return [];
      return [`${from} imports ${to}, but ${here} may not import ${there}`];
    }
    if ((here === 'dsl' || here === 'plugin') && FORBIDDEN_IN_THE_MIDDLE.test(to)) return [`${from} imports ${to}`];
    if (here === 'browser' && !ALLOWED_IN_THE_BROWSER.test(to)) return [`${from} imports ${to}`];
    return [];
  });
}

/** @returns the files of one cycle in order, or null. Type-only imports vanish at run time and do not count. */
function findCycle(imports: readonly Import[]): string[] | null {
  const edges = new Map<string, string[]>();
  for (const { from, to, typeOnly } of imports) {
    if (typeOnly || !to.endsWith('.ts')) continue;
    edges.set(from, [...(edges.get(from) ?? []), to]);
  }
  const finished = new Set<string>();
  const visit = (file: string, path: string[]): string[] | null => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (finished.has(file)) return null;
    for (const next of edges.get(file) ?? []) {
      const cycle = visit(next, [...path, file]);
      if (cycle) return cycle;
    }
    finished.add(file);
    return null;
  };
  for (const file of edges.keys()) {
    const cycle = visit(file, []);
    if (cycle) return cycle;
  }
  return null;
}

/** Where adapters may be made. */
const COMPOSITION = /^server\/(compose\.ts|composition\/)/;

interface Source {
  readonly path: string;
  readonly text: string;
}

/** @returns one sentence per construction of an adapter, a class that implements a port, by somebody who should be given it */
function wrongConstructions(sources: readonly Source[]): string[] {
  const ports = new Set(
    sources
      .filter(({ path }) => path.startsWith('plugin/ports/'))
      .flatMap(({ text }) => [...text.matchAll(/^export interface (\w+)/gm)].map(([, name = '']) => name)),
  );
  const homes = new Map(
    sources
      .filter(({ path }) => path.startsWith('providers/') || path.startsWith('server/'))
      .flatMap(({ path, text }) =>
        [...text.matchAll(/^export class (\w+)(?: extends \w+)? implements (\w+)/gm)]
          .filter(([, , port = '']) => ports.has(port))
          .map(([, name = '']) => [name, dirname(path)] as const),
      ),
  );
  return sources.flatMap(({ path, text }) =>
    [...text.matchAll(/\bnew (\w+)/g)].flatMap(([, name = '']) => {
      const home = homes.get(name);
      if (home === undefined || path.startsWith(`${home}/`) || COMPOSITION.test(path)) return [];
      return [`${path} constructs ${name}`];
    }),
  );
}

/** What the command line may not ask: it is given the world around it, and so can run anywhere. */
const OF_THE_PROCESS = /(?<![\w.])(?:process\.\w+|console\.\w+|new Date\(\)|Date\.now\(\))|['"](?:node:)?process['"]/g;

/** @returns one sentence per place where a command asks the process itself */
function askedOfTheProcess(files: readonly { readonly path: string; readonly text: string }[]): string[] {
  return files
    .filter(({ path }) => path.startsWith('server/cli/'))
    .flatMap(({ path, text }) =>
      [...text.replace(/\/\*\*[\s\S]*?\*\/|\/\/ .*/g, '').matchAll(OF_THE_PROCESS)].map(
        ([asked]) => `${path}: ${asked}`,
      ),
    );
}

describe('the architecture', () => {
  const sources = Object.keys(MAY_IMPORT)
    .flatMap(sourceFiles)
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
  const imports = sources.flatMap(({ path, text }) => importsOf(path, text));

  it('lets imports go from server over providers and plugin to dsl only, and keeps the middle pure', () => {
    expect(imports.length).to.be.greaterThan(50);
    expect(wrongDirections(imports)).to.deep.equal([]);
  });

  it('has no import cycles', () => {
    expect(findCycle(imports)).to.equal(null);
  });

  it('has adapters constructed by the composition alone', () => {
    expect(wrongConstructions(sources)).to.deep.equal([]);
  });

  it('gives the command line the world around it: no command asks the process', () => {
    expect(askedOfTheProcess(sources)).to.deep.equal([]);
  });

  it('bites: a command that asks the process is found', () => {
    const text =
      "import { exit } from 'node:process';\n/** As process.env has it. */\nprocess.exit(console.log(Date.now()));\n";
    expect(askedOfTheProcess([{ path: 'server/cli/a.ts', text }])).to.deep.equal([
      "server/cli/a.ts: 'node:process'",
      'server/cli/a.ts: process.exit',
      'server/cli/a.ts: console.log',
      'server/cli/a.ts: Date.now()',
    ]);
    expect(askedOfTheProcess([{ path: 'server/main.ts', text }])).to.deep.equal([]);
  });

  it('imports only files that exist', () => {
    const missing = imports.filter(
      ({ from, to }) => MAY_IMPORT[to.split('/')[0] ?? ''] && from && !existsSync(join(root, to)),
    );
    expect(missing).to.deep.equal([]);
  });

  it('bites: a wrong direction, an impure middle and a cycle are found', () => {
    const bad = importsOf(
      'dsl/check.ts',
      "import { x } from '../plugin/errors.ts';\nimport type { y } from '../server/config.ts';\n",
    );
    expect(wrongDirections(bad)).to.deep.equal([
      'dsl/check.ts imports plugin/errors.ts, but dsl may not import plugin',
      'dsl/check.ts imports server/config.ts, but dsl may not import server',
    ]);
    const impure = importsOf('plugin/a.ts', "import { readFileSync } from 'node:fs';\nexport * from 'express';\n");
    expect(wrongDirections(impure)).to.deep.equal(['plugin/a.ts imports node:fs', 'plugin/a.ts imports express']);
    const heavy = importsOf('browser/a.ts', "import { x } from '../server/config.ts';\nimport 'lodash';\n");
    expect(wrongDirections(heavy)).to.deep.equal([
      'browser/a.ts imports server/config.ts, but browser may not import server',
      'browser/a.ts imports lodash',
    ]);
    const knot = [
      ...importsOf('dsl/a.ts', "import { b } from './b.ts';"),
      ...importsOf('dsl/b.ts', "export { c } from './c.ts';"),
      ...importsOf('dsl/c.ts', "import {\n  a,\n} from './a.ts';"),
    ];
    expect(findCycle(knot)).to.deep.equal(['dsl/a.ts', 'dsl/b.ts', 'dsl/c.ts', 'dsl/a.ts']);
    expect(findCycle(importsOf('dsl/a.ts', "import type { A } from './a.ts';"))).to.equal(null);
  });

  it('bites: an adapter that a page makes for itself is found, one that the composition or its own folder makes is not', () => {
    const port = { path: 'plugin/ports/job-store.ts', text: 'export interface JobStore {' };
    const adapter = { path: 'server/mongo/job-store.ts', text: 'export class MongoJobStore implements JobStore {' };
    const made = (path: string) => wrongConstructions([port, adapter, { path, text: 'new MongoJobStore(connection)' }]);
    expect(made('server/http/pages/jobs.ts')).to.deep.equal(['server/http/pages/jobs.ts constructs MongoJobStore']);
    expect(made('server/stores.ts')).to.deep.equal(['server/stores.ts constructs MongoJobStore']);
    expect(made('server/compose.ts')).to.deep.equal([]);
    expect(made('server/composition/stores.ts')).to.deep.equal([]);
    expect(made('server/mongo/migrations/step.ts')).to.deep.equal([]);
    const found = wrongConstructions(
      sources.map(({ path, text }) => ({ path: path.replace('composition/', ''), text })),
    );
    expect(found).to.include.members([
      'server/stores.ts constructs MongoJobStore',
      'server/providers.ts constructs CredlyProvider',
    ]);
  });
});
