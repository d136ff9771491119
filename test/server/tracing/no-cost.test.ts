/** What loads OpenTelemetry: nothing, unless a receiver is named. */

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { projectPath } from '../../../server/paths.ts';

/** Opens everything that `laurel serve` opens, and says which packages of OpenTelemetry were loaded for it. */
const PROGRAM = `
  import { register } from 'node:module';
  import { MessageChannel } from 'node:worker_threads';
  const { port1, port2 } = new MessageChannel();
  const loaded = new Set();
  port1.on('message', (specifier) => loaded.add(specifier));
  port1.unref();
  register('data:text/javascript,' + encodeURIComponent(\`
    let port;
    export function initialize(data) { port = data.port; }
    export async function resolve(specifier, context, next) {
      if (specifier.includes('@opentelemetry/')) port.postMessage(specifier);
      return next(specifier, context);
    }\`), { data: { port: port2 }, transferList: [port2] });
  const { compose } = await import(${JSON.stringify(projectPath('server', 'compose.ts'))});
  const { readSettings } = await import(${JSON.stringify(projectPath('server', 'config.ts'))});
  const { silentLogger } = await import(${JSON.stringify(projectPath('plugin', 'ports', 'runtime.ts'))});
  const settings = readSettings(process.env);
  const roles = ['web', 'consumer', 'dispatcher', 'scheduler'];
  const laurel = await compose(settings, { logger: silentLogger, roles });
  await laurel.stop();
  const { createRequire } = await import('node:module');
  const cached = Object.keys(createRequire(import.meta.url).cache).filter((path) => path.includes('@opentelemetry'));
  process.stdout.write(JSON.stringify({ imported: [...loaded].sort(), cached: cached.length }));
  process.exit(0);
`;

describe('OpenTelemetry', function () {
  this.timeout(60_000);
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'laurel-otel-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

  async function loadedWith(env: Readonly<Record<string, string>>) {
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', PROGRAM], {
      cwd: projectPath(),
      env: { PATH: process.env.PATH, PORT: '0', LAUREL_DATA_DIR: join(folder, 'data'), ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    await new Promise((resolve) => child.once('close', resolve));
    return JSON.parse(said) as { readonly imported: readonly string[]; readonly cached: number };
  }

  const nothing = { imported: [], cached: 0 };
  const receiver = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' };

  it('is not loaded unless a receiver is named', async () => {
    expect(await loadedWith({})).to.deep.equal(nothing);
  });

  it('is not loaded where it is switched off', async () => {
    expect(await loadedWith({ ...receiver, OTEL_SDK_DISABLED: 'true' })).to.deep.equal(nothing);
    expect(await loadedWith({ ...receiver, OTEL_TRACES_EXPORTER: 'none' })).to.deep.equal(nothing);
  });

  it('is loaded where a receiver is named, which may be away', async () => {
    const { imported, cached } = await loadedWith(receiver);
    expect(imported).to.include('@opentelemetry/sdk-trace');
    expect(cached).to.be.greaterThan(10);
  });
});
