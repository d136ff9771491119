/** docs/reference/errors.md: every code with its messages, read from the places that throw them. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { consequences } from '../error-map.ts';
import { projectPath } from '../paths.ts';
import { cell, page, table } from './markdown.ts';

/** What a constructor puts before its reason, and who is to act. */
const kinds: Readonly<Record<string, { readonly prefix: string; readonly doc: string }>> = {
  InputError: { prefix: 'input', doc: 'Somebody gave something unusable: a form, a file, an option.' },
  EventError: { prefix: 'event', doc: 'An event that can never be processed.' },
  NotFoundError: { prefix: 'not-found', doc: 'There is no such thing.' },
  ConflictError: { prefix: 'conflict', doc: 'Somebody else changed it first, or it exists already.' },
  ProviderError: { prefix: 'provider', doc: 'A badge provider or the LMS refused, failed or did not answer.' },
  MailError: { prefix: 'mail', doc: 'The mail server did not take a mail over.' },
  StoreError: {
    prefix: 'store',
    doc: 'Database, file store or broker cannot be reached, or are busy. Trying again helps.',
  },
  CredentialError: { prefix: 'credential', doc: "Making one learner's credential failed." },
  ConfigurationError: {
    prefix: 'config',
    doc: 'The settings do not allow a start. Every problem is listed: `config.invalid`.',
  },
  InvariantError: {
    prefix: 'bug',
    doc: 'A mistake of ours: `bug.invariant`. Please report it with what the log says.',
  },
};

/** What throws an error of a kind under another name. */
const aliases: Readonly<Record<string, string>> = { LmsError: 'ProviderError' };

const THROWN = /new (\w+Error)\(\s*'([a-z][a-z-]*)',\s*/g;
/** Errors of schedules name the field first. */
const WRONG_FIELDS = /wrongField\(\s*'(\w+)',\s*/g;
const REQUESTS = /(?:new RequestError\(\s*(\d{3}),|(forbidden|unauthorized)\()\s*'([a-z][a-z-]*)',\s*/g;
const STATUS: Readonly<Record<string, string>> = { forbidden: '403', unauthorized: '401' };

export function errorsPage(): string {
  const texts = ['plugin', 'providers', 'server'].flatMap(sourcesBelow);
  const thrown = texts.flatMap((text) =>
    [...text.matchAll(THROWN)].map(({ 0: { length }, 1: name = '', 2: reason = '', index }) => {
      const kind = aliases[name] ?? name;
      return { kind, code: `${kinds[kind]?.prefix}.${reason}`, message: messageAt(text, index + length) };
    }),
  );
  const wrongFields = texts.flatMap((text) =>
    [...text.matchAll(WRONG_FIELDS)].map(({ 0: { length }, 1: field = '', index }) => ({
      ...{ kind: 'InputError', code: 'input.schedule' },
      message: `${field}: ${messageAt(text, index + length)}`,
    })),
  );
  const requests = texts.flatMap((text) =>
    [...text.matchAll(REQUESTS)].map(({ 0: { length }, 1: status, 2: helper = '', 3: reason = '', index }) => [
      `\`request.${reason}\``,
      status ?? STATUS[helper] ?? '',
      cell(messageAt(text, index + length)),
    ]),
  );
  return page('Errors', [
    'Every error has a code that stays the same, and a message that says what to do. The kind decides what it leads to. `…` stands for',
    'what the message fills in. Problem documents of the API carry the code as `code`, the message as `detail`.',
    '',
    ...consequences.flatMap(([type, { httpStatus, message, exitCode }]) => {
      const rows = [...thrown, ...wrongFields].flatMap((one) =>
        one.kind === type.name ? [[`\`${one.code}\``, cell(one.message)]] : [],
      );
      const leadsTo = `HTTP ${httpStatus}, exit code ${exitCode}; a message of RabbitMQ: ${message}.`;
      return [
        `## ${kinds[type.name]?.prefix ?? type.name}`,
        '',
        `${kinds[type.name]?.doc ?? ''} ${leadsTo}`.trim(),
        '',
        ...(rows.length > 0 ? [table(['Code', 'Message'], unique(rows)), ''] : []),
      ];
    }),
    '## request',
    '',
    'A request was refused before anything of it was looked at.',
    '',
    table(['Code', 'HTTP', 'Message'], unique(requests)),
  ]);
}

function sourcesBelow(folder: string): readonly string[] {
  return readdirSync(projectPath(folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.startsWith('stand-ins'))
    .sort()
    .map((name) => readFileSync(join(projectPath(folder), name), 'utf8'));
}

/** The text that begins there, as a person reads it; one that is put together elsewhere is all gap. */
function messageAt(source: string, at: number): string {
  // a text that can be translated has its gaps in braces
  const [call] = /^(?:words|msg)\(\s*|^counts\([^,]*,\s*/.exec(source.slice(at, at + 200)) ?? [];
  const text = literalAt(source, at + (call?.length ?? 0));
  return call === undefined ? text : text.replace(/\{\w+\}/g, '…');
}

function literalAt(source: string, start: number): string {
  const quote = source[start] ?? '';
  if (!"'`".includes(quote)) return '…';
  let message = '';
  for (let at = start + 1; source[at] !== quote; at++) {
    if (source[at] === '\\') message += source[++at];
    else if (source.startsWith('${', at)) {
      message += '…';
      at = endOfHole(source, at);
    } else message += source[at];
  }
  return message;
}

/** Holes of a template may hold texts with holes. @returns where its brace closes */
function endOfHole(source: string, start: number): number {
  let depth = 0;
  for (let at = start + 1; at < source.length; at++) {
    if (source[at] === '{') depth += 1;
    if (source[at] === '}') depth -= 1;
    if (depth === 0) return at;
  }
  return source.length;
}

/** By code; the same message from two places once. */
function unique(rows: readonly (readonly string[])[]): readonly (readonly string[])[] {
  const byText = new Map(rows.map((row) => [row.join('\n'), row]));
  return [...byText.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}
