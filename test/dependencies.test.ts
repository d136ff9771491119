import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { projectPath } from '../server/paths.ts';

interface Locked {
  readonly version: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly license?: string;
  readonly engines?: { readonly node?: string };
}
interface Bom {
  readonly bomFormat: string;
  readonly metadata: { readonly component: { readonly name: string; readonly type: string } };
  readonly components: readonly {
    readonly name: string;
    readonly version: string;
    readonly purl: string;
    readonly hashes: readonly { readonly content: string }[];
  }[];
}

/** What their files say was read: BSD-3-Clause and the W3C software licence, MIT, MIT and Zlib, MIT. All of it may be given on. */
const SAY_IT_IN_A_FILE: readonly string[] = [
  'node_modules/@digitalbazaar/credentials-context: SEE LICENSE IN LICENSE.md',
  'node_modules/busboy: says none',
  'node_modules/pako: (MIT AND Zlib)',
  'node_modules/streamsearch: says none',
];

/** Licences that go with AGPL-3.0, and ask for no more than that their texts are kept. */
function isFree(license: string): boolean {
  return /^\(?(MIT|MIT-0|ISC|0BSD|BSD-[23]-Clause|Apache-2\.0)\)?$/.test(license);
}

interface Floor {
  readonly minimum: string;
  readonly why: string;
  readonly never?: readonly string[];
}

const read = (...path: readonly string[]): unknown => JSON.parse(readFileSync(projectPath(...path), 'utf8'));

/** Whether one version comes before another; what is released after a hyphen comes before what has none. */
function isOlder(one: string, other: string): boolean {
  const numbers = (version: string) => (version.split(/[-+]/)[0] ?? '').split('.').map(Number);
  const [these, those] = [numbers(one), numbers(other)];
  for (const [index, number] of those.entries()) {
    const mine = these[index] ?? 0;
    if (mine !== number) return mine < number;
  }
  return one.includes('-') && !other.includes('-');
}

/** @returns one sentence for each copy of a package that has a known weakness */
function tooOld(packages: Readonly<Record<string, Locked>>, floors: Readonly<Record<string, Floor>>): string[] {
  return Object.entries(packages).flatMap(([path, { version }]) => {
    const floor = floors[path.split('node_modules/').at(-1) ?? ''];
    if (floor === undefined) return [];
    const { minimum, why, never = [] } = floor;
    return isOlder(version, minimum) || never.includes(version) ? [`${path} is ${version}: ${why}`] : [];
  });
}

/** @returns one sentence for each package of the lockfile that could be swapped on its way */
function notPinned(packages: Readonly<Record<string, Locked>>): string[] {
  return Object.entries(packages).flatMap(([path, { resolved, integrity, link }]) => {
    if (path === '') return [];
    if (link === true) return [`${path} is a link`];
    // The lockfile leaves the address out where it is that of the registry (.npmrc).
    if (resolved !== undefined) return [`${path} is from ${resolved}`];
    return /^sha512-[\w+/]{86}==$/.test(integrity ?? '') ? [] : [`${path} has no integrity`];
  });
}

/** Whether a package takes this version of Node, in the few forms in which packages say so. */
function takesNode(range: string, version: string): boolean {
  return range.split('||').some((alternative) =>
    [...alternative.matchAll(/(>=|>|\^|)\s*(\d+|\*)((?:\.\d+)*)(?:\.x)?/g)].every(([, sign, major, rest = '']) => {
      if (major === '*') return true;
      const least = `${major}${rest}`;
      const isSame = version.split('.')[0] === major;
      return !isOlder(version, least) && (sign === '>' ? version !== least : sign === '>=' || isSame);
    }),
  );
}

describe('dependencies', () => {
  const { packages } = read('package-lock.json') as { readonly packages: Readonly<Record<string, Locked>> };
  const floors = read('test', 'min-versions.json') as Readonly<Record<string, Floor>>;

  it('are at least of the versions in which known weaknesses are mended, wherever they lie', () => {
    expect(tooOld(packages, floors)).to.deep.equal([]);
    const present = new Set(Object.keys(packages).map((path) => path.split('node_modules/').at(-1)));
    expect(Object.keys(floors).filter((name) => !present.has(name))).to.deep.equal([]);
  });

  it('take the oldest Node that Laurel takes', () => {
    const { engines } = read('package.json') as { readonly engines: { readonly node: string } };
    const oldest = /^>=([\d.]+)$/.exec(engines.node)?.[1] ?? '';
    const tooNew = Object.entries(packages).flatMap(([path, { engines: needs }]) =>
      takesNode(needs?.node ?? '*', oldest) ? [] : [`${path} needs Node ${needs?.node}`],
    );
    expect(tooNew).to.deep.equal([]);
  });

  it('come from the registry, with what their content must be', () => {
    expect(Object.keys(packages).length).to.be.greaterThan(100);
    expect(notPinned(packages)).to.deep.equal([]);
  });

  it('are named to the last digit', () => {
    const { dependencies, devDependencies } = read('package.json') as Readonly<Record<string, Record<string, string>>>;
    for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies }))
      expect(version, name).to.match(/^\d+\.\d+\.\d+$/);
  });

  it('that are wrong are found', () => {
    for (const range of [
      '>=20',
      '>= 20.19.0',
      '18 || 20 || >=22',
      '^18 || ^20.8.0',
      '*',
      '>8',
      '>= 10.x',
      '>=16 || 14 >=14.17',
    ])
      expect(takesNode(range, '20.19.0'), range).to.equal(true);
    for (const range of ['>=22.13.0 || >=24', '^20.20.0 || >=22', '^18.0.0', '18 || 22', '>20.19.0'])
      expect(takesNode(range, '20.19.0'), range).to.equal(false);
    const locked = (version: string): Locked => ({ version });
    const found = (version: string) => tooOld({ 'node_modules/a/node_modules/axios': locked(version) }, floors).length;
    expect(['1.18.9', '1.19.0-beta.1', '0.30.4', '1.9.10'].map(found)).to.deep.equal([1, 1, 1, 1]);
    expect(['1.19.0', '1.21.1', '2.0.0'].map(found)).to.deep.equal([0, 0, 0]);
    const good = { version: '1.0.0', integrity: `sha512-${'a'.repeat(86)}==` };
    const pinned = (changes: Partial<Locked>) => notPinned({ 'node_modules/a': { ...good, ...changes } }).length;
    expect(pinned({})).to.equal(0);
    expect(pinned({ resolved: 'http://example.org/a-1.0.0.tgz' })).to.equal(1);
    expect(pinned({ resolved: 'git+ssh://git@example.org/a.git' })).to.equal(1);
    expect(pinned({ integrity: 'sha1-x' })).to.equal(1);
  });

  it('may be given on under the licence of Laurel', () => {
    const odd = Object.entries(packages)
      .filter(([path, { dev, license = '' }]) => path !== '' && !dev && !license.split(' OR ').some(isFree))
      .map(([path, { license }]) => `${path}: ${license ?? 'says none'}`);
    expect(odd).to.deep.equal(SAY_IT_IN_A_FILE);
  });

  it('are listed whole, with what their content must be, by the command for it', function () {
    this.timeout(60_000);
    const { status, stdout } = spawnSync('npm', ['run', '--silent', 'sbom'], {
      ...{ cwd: projectPath(), encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
      shell: process.platform === 'win32',
    });
    expect(status).to.equal(0);
    const bom = JSON.parse(stdout) as Bom;
    expect(bom.bomFormat).to.equal('CycloneDX');
    expect(bom.metadata.component).to.include({ name: 'laurel', type: 'application' });
    // What both Laurel and its tests need counts, which `npm sbom --omit dev` leaves out.
    const needed = Object.entries(packages).filter(([path, { dev, optional }]) => path !== '' && !dev && !optional);
    expect(bom.components.map((one) => `${one.name}@${one.version}`)).to.include.members(
      needed.map(([path, { version }]) => `${path.split('node_modules/').at(-1)}@${version}`),
    );
    const { devDependencies } = read('package.json') as { readonly devDependencies: Readonly<Record<string, string>> };
    const ours = new Set(needed.map(([path]) => path.split('node_modules/').at(-1)));
    for (const name of Object.keys(devDependencies).filter((one) => !ours.has(one)))
      expect(bom.components.map((one) => one.name)).not.to.include(name);
    const locked = new Set(Object.values(packages).map(({ integrity = '' }) => integrity.replace(/^sha512-/, '')));
    for (const { purl, hashes } of bom.components) {
      expect(hashes, purl).to.have.length.greaterThan(0);
      expect(locked, purl).to.include(Buffer.from(hashes[0]?.content ?? '', 'hex').toString('base64'));
    }
  });
});
