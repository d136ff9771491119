/** The reference of diagnostics: one entry per code, with an example, what the checker says of it, and the remedy. */

import { type Diagnostic, diagnosticCodes, formatDiagnostic, loadRules, parse, SourceText } from '../../dsl/index.ts';
import { renamedBadge } from '../../plugin/badges/badge-text.ts';
import { bookDiagnosticCodes } from '../../plugin/badges/book-diagnostics.ts';
import { followNothing } from '../../plugin/badges/replay/follow-rules.ts';
import { createRuleBook } from '../../plugin/badges/rule-book.ts';
import { templateWarning } from '../../plugin/badges/template-warnings.ts';
import { templateIn, unofferedTemplate } from '../../plugin/organisations/foreign-names.ts';
import { tornProblem } from '../../plugin/organisations/torn-names.ts';
import { MemoryBadgeStore } from '../../plugin/ports/memory-badge-store.ts';
import { silentLogger, systemClock } from '../../plugin/ports/runtime.ts';
import {
  bookExamples,
  type DiagnosticExample,
  diagnosticExamples,
  exampleEnvironment,
  knownOfCredly,
} from './diagnostic-examples.ts';
import { page, table } from './markdown.ts';

/** Where the manual tells what codes of an area are about. */
const sections: ReadonlyMap<string, string> = new Map([
  ['Text', '`syntax`, `text`, `limit`'],
  ['Badges', '`badge`, `clause`, `book`'],
  ['Requirements and penalties', '`requirement`, `trigger`'],
  ['Expressions', '`condition`, `type`, `value`'],
  ['Tests in rule files', '`test`'],
]);

function headingAnchor(title: string): string {
  return title.toLowerCase().replaceAll(' ', '-');
}

export function diagnosticsPage(): string {
  return page('Diagnostics', [
    'Everything the checker can say about a rule text. An error keeps a badge from being saved or run; a warning does not.',
    'Each entry shows a text with the mistake, what `laurel rules check` prints for it, and the text mended. What is meant to be',
    'written is told by [the rule language](../rule-language.md), section by section:',
    `${[...sections]
      .map(([title, areas]) => `[${title}](../rule-language.md#${headingAnchor(title)}) (${areas})`)
      .join(', ')}.`,
    '',
    table(
      ['Code', 'Severity', 'Meaning'],
      [...diagnosticCodes, ...bookDiagnosticCodes].map(({ code, severity, meaning }) => [
        `[\`${code}\`](#${anchor(code)})`,
        severity,
        meaning,
      ]),
    ),
    '',
    ...diagnosticCodes.flatMap(({ code, severity, meaning, remedy }) => [
      `## ${code}`,
      '',
      `${capitalised(severity)}. ${meaning} ${remedy}`,
      '',
      ...exampleLines(code, diagnosticExamples[code], (text) => loadRules(text, exampleEnvironment).diagnostics),
      '',
    ]),
    'The last ones come when a badge is saved, or rule files are planned, among the badges in force.',
    '',
    ...bookDiagnosticCodes.flatMap(({ code, severity, meaning, remedy }) => [
      `## ${code}`,
      '',
      `${capitalised(severity)}. ${meaning} ${remedy}`,
      '',
      ...exampleLines(code, bookExamples[code], checkedAsBadge),
      '',
    ]),
  ]);
}

/** As a page checks a new version of badge "demo" of a school that may issue by the template "welcome" alone, in an organisation
 *  "Science" beside "Arts", or a plan one that is issued at Credly. */
export function checkedAsBadge(text: string): readonly Diagnostic[] {
  const book = createRuleBook({
    store: new MemoryBadgeStore(),
    environment: exampleEnvironment,
    clock: systemClock,
    logger: silentLogger,
    follower: followNothing,
  });
  const diagnostics = book.checkBadge(text);
  const { file } = parse(text);
  const offers = (provider: string, template: string): boolean =>
    provider === 'credly' || template.startsWith('welcome');
  const named = templateIn(file)?.text ?? '';
  const torn = { badge: 'demo', names: 'template', text: named, organisation: 'Science', other: 'Arts' } as const;
  const more = [
    ...[renamedBadge(text, file, 'demo'), unofferedTemplate(text, file, offers)],
    named.endsWith('of-arts') ? tornProblem(torn, text, file) : null,
    ...file.blocks.map((block) =>
      block.kind === 'badge' && block.template?.provider.text === 'credly'
        ? templateWarning(block, new SourceText(text), knownOfCredly(block.template.id.value))
        : null,
    ),
  ].flatMap((one) => one ?? []);
  return diagnostics.length === 0 ? more : diagnostics;
}

type Check = (text: string) => readonly Diagnostic[];

function exampleLines(code: string, { wrong, right, inWords }: DiagnosticExample, check: Check): readonly string[] {
  if (inWords !== undefined) return [inWords, '', ...fence('text', said(code, wrong, check))];
  return [
    ...fence(code.startsWith('book.') || code.startsWith('test.') ? 'laurel-unsaved' : 'laurel-wrong', wrong),
    '',
    ...fence('text', said(code, wrong, check)),
    '',
    'Mended:',
    '',
    ...fence('laurel', right),
  ];
}

/** The first message of the code; a long line of the text is cut by the printer already. */
function said(code: string, text: string, check: Check): string {
  const found = check(text).find((diagnostic) => diagnostic.code === code);
  return found === undefined ? '' : formatDiagnostic(found, text, 'demo.rules');
}

function fence(language: string, text: string): readonly string[] {
  return [`\`\`\`${language}`, text, '```'];
}

function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/** As the usual Markdown renderers make it from a heading. */
function anchor(code: string): string {
  return code.replaceAll('.', '');
}
