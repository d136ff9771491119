/** The reference of diagnostics: one entry per code, with an example, what the checker says of it, and the remedy. */

import { diagnosticCodes, formatDiagnostic, loadRules } from '../../dsl/index.ts';
import { type DiagnosticExample, diagnosticExamples, exampleEnvironment } from './diagnostic-examples.ts';
import { page, table } from './markdown.ts';

export function diagnosticsPage(): string {
  return page('Diagnostics', [
    'Everything the checker can say about a rule text. An error keeps a badge from being saved or run; a warning does not.',
    'Each entry shows a text with the mistake, what `laurel rules check` prints for it, and the text mended.',
    '',
    table(
      ['Code', 'Severity', 'Meaning'],
      diagnosticCodes.map(({ code, severity, meaning }) => [`[\`${code}\`](#${anchor(code)})`, severity, meaning]),
    ),
    '',
    ...diagnosticCodes.flatMap(({ code, severity, meaning, remedy }) => [
      `## ${code}`,
      '',
      `${capitalised(severity)}. ${meaning} ${remedy}`,
      '',
      ...exampleLines(code, diagnosticExamples[code]),
      '',
    ]),
  ]);
}

function exampleLines(code: string, { wrong, right, inWords }: DiagnosticExample): readonly string[] {
  if (inWords !== undefined) return [inWords, '', ...fence('text', said(code, wrong))];
  return [
    ...fence('laurel-wrong', wrong),
    '',
    ...fence('text', said(code, wrong)),
    '',
    'Mended:',
    '',
    ...fence('laurel', right),
  ];
}

/** The first message of the code; a long line of the text is cut by the printer already. */
function said(code: string, text: string): string {
  const found = loadRules(text, exampleEnvironment).diagnostics.find((diagnostic) => diagnostic.code === code);
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
