import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { projectPath } from '../server/paths.ts';

/** What leads out of the process, and the files that may use it. What is named nowhere here leads nowhere. */
const DOORS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  axios: { '*': ['providers/http/exchange.ts'] },
  'node:dns': { '*': ['providers/http/guarded-agents.ts'] },
  'node:http': {
    Agent: ['providers/http/guarded-agents.ts'],
    request: ['providers/http/last-question.ts'],
    get: [],
    default: [],
  },
  'node:https': {
    Agent: ['providers/http/guarded-agents.ts'],
    // Called by axios with the agents above.
    request: ['providers/http/last-question.ts'],
    '*': [],
  },
  // The socket of the embedded store.
  'node:net': { createConnection: ['server/store/holder.ts'], connect: [], Socket: [], default: [] },
  'node:tls': { '*': [] },
  'node:dgram': { '*': [] },
  'node:http2': { '*': [] },
  undici: { '*': [] },
  nodemailer: { '*': ['providers/mail/smtp-mailer.ts'] },
  amqplib: { connect: ['server/amqp/connection.ts'], default: [] },
  // Only where a setting names the receiver.
  '@opentelemetry/exporter-trace-otlp-proto': { '*': ['server/tracing/recording-tracer.ts'] },
  // Fetches keys; with the guarded way it is given.
  jose: { createRemoteJWKSet: ['server/lms-tokens.ts'] },
};

/** The parts of Node that need no import. */
const GLOBALS = /(?<![.\w])(?:globalThis\.)?(fetch|XMLHttpRequest|WebSocket|EventSource)\b\s*\(/g;

interface Use {
  readonly file: string;
  readonly from: string;
  readonly name: string;
}

function usesIn(file: string, text: string): Use[] {
  const found: Use[] = [];
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');
  for (const [, clause = '', from = ''] of code.matchAll(/(?:^|\n)import\s+(?!type\b)([^'";]*?)\s*from\s+'([^']+)'/g)) {
    const [outside = '', inside = ''] = clause.split(/[{}]/);
    if (outside.replace(',', '').trim() !== '') found.push({ file, from, name: 'default' });
    for (const part of inside.split(',').map((one) => one.trim())) {
      if (part !== '' && !part.startsWith('type ')) found.push({ file, from, name: part.split(/\s+as\s+/)[0] ?? part });
    }
  }
  for (const [, from = ''] of code.matchAll(/(?:import|require)\(\s*'([^']+)'/g))
    found.push({ file, from, name: 'default' });
  for (const [, name = ''] of code.matchAll(GLOBALS)) found.push({ file, from: 'globalThis', name });
  return found;
}

/** @returns one sentence for each way out that goes round the guard */
function waysRound(uses: readonly Use[]): string[] {
  return uses.flatMap(({ file, from, name }) => {
    if (from === 'globalThis') return [`${file} calls ${name}`];
    const door = DOORS[from] ?? DOORS[`node:${from}`];
    const allowed = door?.[name] ?? door?.['*'];
    return allowed === undefined || allowed.includes(file) ? [] : [`${file} imports ${name} of ${from}`];
  });
}

describe('calls to the outside', () => {
  // The stand-ins play the other side, and are no part of a server.
  const files = ['dsl', 'plugin', 'providers', 'server'].flatMap((folder) =>
    readdirSync(projectPath(folder), { recursive: true, encoding: 'utf8' })
      .map((name) => join(folder, name))
      .filter((name) => name.endsWith('.ts') && !name.startsWith('server/stand-ins/')),
  );
  const uses = files.flatMap((file) => usesIn(file, readFileSync(projectPath(file), 'utf8')));

  it('go through the guarded ways alone', () => {
    expect(files.length).to.be.greaterThan(300);
    expect(waysRound(uses)).to.deep.equal([]);
  });

  it('use every way that is allowed', () => {
    const allowed = Object.entries(DOORS).flatMap(([from, names]) =>
      Object.values(names).flatMap((those) => those.map((file) => `${file} ${from}`)),
    );
    const used = new Set(uses.map(({ file, from }) => `${file} ${from}`));
    expect(allowed.filter((one) => !used.has(one))).to.deep.equal([]);
  });

  it('would be noticed', () => {
    const round = (text: string) => waysRound(usesIn('server/a.ts', text));
    expect(round("import axios from 'axios';")).to.deep.equal(['server/a.ts imports default of axios']);
    expect(round("import { get as ask } from 'http';")).to.deep.equal(['server/a.ts imports get of http']);
    expect(round("import * as net from 'node:net';")).to.deep.equal(['server/a.ts imports default of node:net']);
    expect(round("const { default: axios } = await import('axios');")).to.deep.equal([
      'server/a.ts imports default of axios',
    ]);
    expect(round('const reply = await fetch(url);')).to.deep.equal(['server/a.ts calls fetch']);
    expect(round("import { createServer, type Agent } from 'node:http'; // fetch(x)\nloader.fetch(x);")).to.deep.equal(
      [],
    );
  });

  it('stand in the table of the page about security, with the file that makes each', () => {
    const page = readFileSync(projectPath('docs', 'security.md'), 'utf8').split('## Calls to the outside')[1] ?? '';
    const named = [...(page.split('\n## ')[0] ?? '').matchAll(/\]\(\.\.\/((?:providers|server)\/[^)]+\.ts)\)/g)];
    const makers = named.map(([, file]) => file);
    expect(makers).to.include.members([
      ...['providers/http/exchange.ts', 'providers/lms/transport.ts', 'server/lms-tokens.ts'],
      ...['server/composition/open-badges.ts', 'server/composition/providers.ts', 'server/cli/events.ts'],
      ...['providers/mail/smtp-mailer.ts', 'server/amqp/connection.ts', 'server/mongo/connect.ts'],
      'server/store/holder.ts',
    ]);
  });
});
