import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { ConfigurationError } from '../../plugin/errors.ts';
import { ExtensionRegistry } from '../../plugin/extensions/registry.ts';
import { silentLogger, systemClock } from '../../plugin/ports/runtime.ts';
import { MemoryProvider } from '../../providers/index.ts';
import { addPluginFunctions, loadPlugins, pluginProviders } from '../../server/plugins.ts';

const parts = {
  accounts: {} as never,
  connect: () => ({}) as never,
  publicUrl: () => '',
  clock: systemClock,
  logger: silentLogger,
};

describe('packages of LAUREL_PLUGINS', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'laurel-plugins-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function pack(name: string, code: string, json: object | string = { type: 'module' }): void {
    const place = join(folder, 'node_modules', name);
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, 'package.json'), typeof json === 'string' ? json : JSON.stringify(json));
    writeFileSync(join(place, 'index.js'), code);
  }

  async function problemsOf(work: () => unknown): Promise<readonly string[]> {
    try {
      await work();
    } catch (error) {
      expect(error).to.be.instanceOf(ConfigurationError);
      return (error as ConfigurationError).problems;
    }
    return [];
  }

  const load = (...names: readonly string[]) => loadPlugins(names, { folder, taken: ['memory'] });

  it('bring providers and functions by name or by path, whatever form their exports have', async () => {
    const code = (name: string) => `export function register(host) {
      host.addProvider('${name}', () => { throw new Error('later'); });
      host.addRetrieval({ name: 'of-${name}' });
    }`;
    pack('one', code('one'));
    pack('@scope/two', code('two'), { type: 'module', exports: { '.': { import: './index.js' } } });
    pack('three', code('three'), { type: 'module', main: 'index.js' });
    const loaded = await load('one', '@scope/two', './node_modules/three');
    expect(loaded.map(({ from, providers }) => [from, providers.map(({ name }) => name)])).to.deep.equal([
      ['one', ['one']],
      ['@scope/two', ['two']],
      ['./node_modules/three', ['three']],
    ]);
    const registry = new ExtensionRegistry();
    addPluginFunctions(registry, loaded);
    expect(registry.retrievals().map(({ name }) => name)).to.deep.equal(['of-one', 'of-two', 'of-three']);
  });

  it('that cannot be used are named, all at once, with what to do', async () => {
    pack('silent', 'export const nothing = 1;');
    pack('throwing', 'export function register() { throw new Error("no licence"); }');
    pack('broken', 'export function (');
    pack('damaged', '', 'no json');
    pack('greedy', 'export function register(host) { host.addProvider("memory", () => null); }');
    pack('first', 'export function register(host) { host.addProvider("same", () => null); }');
    pack('second', 'export function register(host) { host.addProvider("same", () => null); }');
    const names = ['missing', './missing', 'silent', 'throwing', 'broken', 'damaged', 'greedy', 'first', 'second'];
    expect(await problemsOf(() => load(...names))).to.deep.equal([
      'LAUREL_PLUGINS: the package "missing" is not installed; run `npm install missing`',
      'LAUREL_PLUGINS: the package "./missing" is no folder with a package.json; correct the path',
      'LAUREL_PLUGINS: the package "silent" exports no function `register`; see docs/how-to/write-a-provider.md for what a package must export',
      'LAUREL_PLUGINS: the package "throwing" could not register what it brings: no licence',
      'LAUREL_PLUGINS: the package "broken" could not be imported: Function statements require a function name',
      'LAUREL_PLUGINS: the package "damaged" has a package.json that is no JSON; install it again',
      'LAUREL_PLUGINS: the package "greedy" brings the provider "memory", which Laurel itself has already',
      'LAUREL_PLUGINS: the package "second" brings the provider "same", which first has already',
    ]);
  });

  it('are refused a provider that is not what it says it is', async () => {
    const registered = (make: () => unknown) => [
      { from: 'p', providers: [{ name: 'mine', make: make as () => never }], retrievals: [], generations: [] },
    ];
    const said = 'LAUREL_PLUGINS: the provider "mine" of the package "p"';
    const see = '; see docs/how-to/write-a-provider.md';
    const problems = (make: () => unknown) => problemsOf(() => pluginProviders(registered(make), parts));
    expect(await problems(() => new MemoryProvider())).to.deep.equal([
      `${said} calls itself "memory"; both must be the same`,
    ]);
    expect(
      await problems(() => {
        throw new Error('no address');
      }),
    ).to.deep.equal([`${said} could not be made: no address`]);
    expect(await problems(() => null)).to.deep.equal([
      `${said} cannot be used: it is no object with name, title, capabilities and methods${see}`,
      `${said} calls itself "undefined"; both must be the same`,
    ]);
  });

  it('are refused two functions of one name', async () => {
    pack('one', 'export function register(host) { host.addRetrieval({ name: "same" }); }');
    pack('two', 'export function register(host) { host.addRetrieval({ name: "same" }); }');
    const loaded = await load('one', 'two');
    expect(await problemsOf(() => addPluginFunctions(new ExtensionRegistry(), loaded))).to.deep.equal([
      'LAUREL_PLUGINS: the package "two" cannot be used: there are two retrieval functions named "same": give one of them another name',
    ]);
  });
});
