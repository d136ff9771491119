/** Reference pages made from the code's own tables. Pure: a test compares them with the files in docs/reference/. */

import type { EventType, Field, FieldType } from '../../dsl/index.ts';
import { diagnosticCodes, operators } from '../../dsl/index.ts';
import { bookDiagnosticCodes } from '../../plugin/badges/book-diagnostics.ts';
import { eventCatalogue } from '../../plugin/events/catalogue.ts';
import { settingsTable } from '../config.ts';

const MADE = '<!-- Made by `npm run generate`; change the table in the code instead. -->';

/** Path below the project root to content. */
export function generatedFiles(): ReadonlyMap<string, string> {
  return new Map([
    ['docs/reference/settings.md', settingsPage()],
    ['.env.example', environmentExample()],
    ['docs/reference/operators.md', operatorsPage()],
    ['docs/reference/diagnostics.md', diagnosticsPage()],
    ['docs/reference/event-types.md', eventTypesPage()],
  ]);
}

function settingsPage(): string {
  const rows = Object.values(settingsTable).map(({ env, defaultText, doc, secret }) => [
    `\`${env}\`${secret ? '<br>secret' : ''}`,
    cell(
      defaultText === '(unset)' || defaultText === '(empty)'
        ? defaultText
        : defaultText
            .split(',')
            .map((part) => `\`${part}\``)
            .join('<br>'),
    ),
    cell(doc),
  ]);
  return page('Settings', [
    'Environment variables, read once at start. A start with wrong values or misspelt `LAUREL_` names ends with code 78 and names all of',
    'them. A secret may also come from a file: `<name>_FILE` holds its path. `npx laurel settings` prints what is in force.',
    '',
    table(['Variable', 'Default', 'Meaning'], rows),
  ]);
}

function environmentExample(): string {
  const lines = Object.values(settingsTable).flatMap(({ env, defaultText, doc }) => [
    `# ${doc}`,
    `#${env}=${defaultText.startsWith('(') ? '' : defaultText}`,
    '',
  ]);
  return ['# Every setting with its default. Made by `npm run generate`.', '', ...lines].join('\n');
}

function operatorsPage(): string {
  return page('Operators', [
    'What a `where` clause can say about a path. A path that is absent or null makes every form false, except `!=` and `not in`.',
    '',
    table(
      ['Form', 'Operands', 'Meaning'],
      operators.map(({ form, operands, meaning }) => [`\`${cell(form)}\``, cell(operands), cell(meaning)]),
    ),
  ]);
}

function diagnosticsPage(): string {
  return page('Diagnostics', [
    'Everything the checker can say about a rule text, by code; those at the end come when a badge is saved among others.',
    '',
    table(
      ['Code', 'Severity', 'Meaning', 'What to do'],
      [...diagnosticCodes, ...bookDiagnosticCodes].map(({ code, severity, meaning, remedy }) => [
        `\`${code}\``,
        severity,
        cell(meaning),
        cell(remedy),
      ]),
    ),
  ]);
}

function eventTypesPage(): string {
  const types = [...eventCatalogue.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const usable = types.filter((type) => type.learner !== null);
  return page('Event types', [
    'The event types of Open edX that Laurel can decode. Rules can use those that name a learner. Paths are relative to the payload, the',
    'one top-level field of the event data; `?` marks fields that may be null.',
    '',
    ...usable.flatMap(eventTypeSection),
    '## Without a learner',
    '',
    'Decoded, not usable in rules:',
    '',
    ...types.filter((type) => type.learner === null).map((type) => `- \`${type.name}\``),
  ]);
}

function eventTypeSection(type: EventType): string[] {
  const rows = type.fields.flatMap((field) => fieldRows(field, ''));
  return [
    `## ${type.name}`,
    '',
    `Payload \`${type.payload}\`, learner \`${type.learner === '' ? '(the payload itself)' : type.learner}\`.`,
    '',
    table(['Path', 'Type'], rows),
    '',
  ];
}

function fieldRows(field: Field, prefix: string): string[][] {
  const path = prefix === '' ? field.name : `${prefix}.${field.name}`;
  const row = [`\`${path}\`${field.nullable ? '?' : ''}`, typeText(field.type)];
  return field.type.kind === 'record' ? field.type.fields.flatMap((inner) => fieldRows(inner, path)) : [row];
}

function typeText(type: FieldType): string {
  switch (type.kind) {
    case 'string':
      return type.format === null ? 'string' : type.format;
    case 'number':
      return type.integer ? 'whole number' : 'number';
    case 'list':
      return `list of ${typeText(type.items)}`;
    case 'map':
      return `map to ${typeText(type.values)}`;
    default:
      return type.kind;
  }
}

function page(title: string, lines: readonly string[]): string {
  return [`# ${title}`, '', MADE, '', ...lines, ''].join('\n').replace(/\n+$/, '\n');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
