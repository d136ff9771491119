/** The package as others get it: packed, unpacked in an empty folder, and run there by `npx laurel`. */

import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { projectPath } from '../../server/paths.ts';
import { eventually } from './amqp-support.ts';

let folder: string;

/** What `npm install` of the package would put there. Dependencies are those of this repository, but only the declared ones:
 *  whatever the package needs besides is missing, as it would be for others. */
function install(archive: string): void {
  const modules = join(folder, 'node_modules');
  mkdirSync(join(modules, '.bin'), { recursive: true });
  mkdirSync(join(modules, 'laurel'));
  execFileSync('tar', ['-xzf', archive, '-C', join(modules, 'laurel'), '--strip-components=1']);
  const { dependencies } = JSON.parse(readFileSync(join(modules, 'laurel', 'package.json'), 'utf8')) as {
    dependencies: object;
  };
  for (const name of Object.keys(dependencies)) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(projectPath('node_modules', name), join(modules, name));
  }
  execFileSync('chmod', ['+x', join(modules, 'laurel', 'dist', 'server', 'main.js')]);
  symlinkSync('../laurel/dist/server/main.js', join(modules, '.bin', 'laurel'));
}

function start(command: string, ...words: string[]) {
  const child = spawn(command, words, {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: folder, PORT: '0', LAUREL_LOG_LEVEL: 'error' },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
  }
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { said: () => said, ended, stop: () => child.kill('SIGTERM') };
}

describe('the packed package in an empty folder', () => {
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'laurel-packed-'));
    const listed = execFileSync('npm', ['pack', '--json', '--pack-destination', folder], {
      cwd: projectPath(),
      encoding: 'utf8',
      maxBuffer: 16 * 1024 * 1024,
    });
    const [packed] = JSON.parse(listed.slice(listed.indexOf('[\n'))) as [{ filename: string }];
    install(join(folder, packed.filename));
  });
  after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

  it('brings the types of a plugin, which a strict compiler takes', () => {
    writeFileSync(
      join(folder, 'plugin.ts'),
      [
        "import type { BadgeProvider, PluginHost } from 'laurel/plugin';",
        'export const register = ({ addProvider }: PluginHost, board: BadgeProvider): void => addProvider("b", () => board);',
        '// @ts-expect-error no host has this',
        'export const wrong = (host: PluginHost) => host.nothing;',
      ].join('\n'),
    );
    const options = ['--module', 'nodenext', '--strict', '--noEmit', '--target', 'es2023', '--types', ''];
    const compiled = spawnSync(projectPath('node_modules', '.bin', 'tsc'), [...options, 'plugin.ts'], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect([compiled.stdout, compiled.status]).to.deep.equal(['', 0]);
  });

  it('has no compiled file without a source, and none of the tests', () => {
    const compiled = execFileSync('find', ['dist', '-name', '*.js', '-not', '-path', 'dist/assets/*'], {
      cwd: join(folder, 'node_modules', 'laurel'),
      encoding: 'utf8',
    });
    const sources = execFileSync(
      'find',
      ['dsl', 'plugin', 'providers', 'server', '-name', '*.ts', '-not', '-name', '*.d.ts'],
      {
        cwd: projectPath(),
        encoding: 'utf8',
      },
    );
    const asSource = (path: string) => path.replace(/^dist\/(.*)\.js$/, '$1.ts');
    expect(compiled.trim().split('\n').map(asSource)).to.have.members(sources.trim().split('\n'));
  });

  it('shows the demo', async () => {
    const demo = start('npx', '--no-install', 'laurel', 'demo', '--exit');
    expect(await demo.ended, demo.said()).to.equal(0);
    expect(demo.said()).to.include('Demo course completion');
  });

  it('serves pages, and stops when it is told', async () => {
    const running = start(join(folder, 'node_modules', '.bin', 'laurel'), 'serve');
    const url = await eventually(async () => /^ {2}pages +(\S+)$/m.exec(running.said())?.[1] ?? null);
    try {
      const ready = await fetch(`${url}/readyz`);
      expect([ready.status, ((await ready.json()) as { status: string }).status]).to.deep.equal([200, 'ok']);
      const stylesheet = await fetch(`${url}/assets/laurel.css`);
      expect(stylesheet.status).to.equal(200);
    } finally {
      running.stop();
    }
    expect(await running.ended, running.said()).to.equal(0);
  });
});
