/** Reference pages made from the code's own tables. Pure: a test compares them with the files in docs/reference/. */

import type { EventType, Field, FieldType } from '../../dsl/index.ts';
import { operators, syntaxTokens } from '../../dsl/index.ts';
import { eventCatalogue } from '../../plugin/events/catalogue.ts';
import { settingsTable } from '../config.ts';
import { openApiDocument } from '../http/api/openapi.ts';
import { roleScript } from '../mongo/role.ts';
import { dashboard } from './dashboard.ts';
import { decisionsPage } from './decisions-page.ts';
import { diagnosticsPage } from './diagnostics-page.ts';
import { errorsPage } from './errors-page.ts';
import { grammarDiagrams, grammarSection } from './grammar.ts';
import { languagesSection } from './languages-section.ts';
import { cell, page, table } from './markdown.ts';
import { catalogueFiles } from './messages.ts';
import { alertRules, metricsPage } from './metrics-page.ts';
import { pdfOptionsPage } from './pdf-options-page.ts';
import { personalDataPage } from './personal-data-page.ts';
import { fillRegion } from './regions.ts';
import { rolesPage } from './roles-page.ts';

const MANUAL = 'docs/rule-language.md';
const TRANSLATING = 'docs/how-to/translate-laurel.md';

/** Path below the project root to content.
 *  @param read gives the present text of a file of which only marked regions are made */
export function generatedFiles(read: (name: string) => string): ReadonlyMap<string, string> {
  return new Map([
    [MANUAL, manual(read(MANUAL))],
    [TRANSLATING, fillRegion(read(TRANSLATING), 'languages', languagesSection())],
    ...grammarDiagrams(),
    ['docs/reference/settings.md', settingsPage()],
    ['.env.example', environmentExample()],
    ['docs/reference/metrics.md', metricsPage()],
    ['examples/operations/alerts.yml', alertRules()],
    ['examples/operations/dashboard.json', dashboard()],
    ['examples/operations/mongodb-role.js', roleScript()],
    ['docs/reference/diagnostics.md', diagnosticsPage()],
    ['docs/reference/errors.md', errorsPage()],
    ['docs/reference/event-types.md', eventTypesPage()],
    ['docs/reference/pdf-options.md', pdfOptionsPage()],
    ['docs/reference/personal-data.md', personalDataPage()],
    ['docs/reference/roles.md', rolesPage()],
    ['docs/decisions/README.md', decisionsPage()],
    ...catalogueFiles(),
    ['docs/reference/openapi.json', `${JSON.stringify(openApiDocument(), null, 2)}\n`],
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
    'Environment variables, read once at start. A start with wrong values ends with code 78 and names all of them; a misspelt `LAUREL_` name',
    'is a warning that says which was probably meant. A secret may also come from a file: `<name>_FILE` holds its path.',
    '`npx laurel settings` prints what is in force and where each value comes from; so does the page _System_.',
    '',
    table(['Variable', 'Default', 'Meaning'], rows),
  ]);
}

function environmentExample(): string {
  const lines = Object.values(settingsTable).flatMap(({ env, defaultText, doc, secret }) => [
    `# ${doc}${secret ? `. Or ${env}_FILE=<path of a file that holds it>` : ''}`,
    `#${env}=${defaultText.startsWith('(') ? '' : defaultText}`,
    '',
  ]);
  return ['# Every setting with its default. Made by `npm run generate`.', '', ...lines].join('\n');
}

function manual(text: string): string {
  const tokens = table(
    ['Token', 'Form', 'Example'],
    syntaxTokens.map(({ name, form, example }) => [name, cell(form), `\`${example}\``]),
  );
  return [
    ['operators', operatorsTable()],
    ['tokens', tokens],
    ['grammar', grammarSection()],
  ].reduce((filled, [name = '', content = '']) => fillRegion(filled, name, content), text);
}

function operatorsTable(): string {
  return table(
    ['Form', 'Operands', 'Meaning', 'Where the field is absent'],
    operators.map(({ form, operands, meaning, absent }) => [
      `\`${cell(form)}\``,
      cell(operands),
      cell(meaning),
      absent,
    ]),
  );
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
