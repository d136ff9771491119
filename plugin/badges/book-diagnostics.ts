/** What can be wrong with a badge among others, beyond what the language says about a text by itself. */

import { type Diagnostic, type DiagnosticCode, SourceText, type Span } from '../../dsl/index.ts';

const table = {
  'book.no-badge': ['A text that is saved as a badge holds none.', 'Begin with badge "some-id" {.'],
  'book.one-badge': ['A text that is saved as one badge holds several.', 'Save each badge by itself, or load a file.'],
  'book.renamed': ['The new version of a badge has another id.', 'Keep the id, or make a new badge.'],
  'book.id': [
    'A new badge has an id that could not stand in addresses. Stored ones keep theirs; a check of files alone warns.',
    'Use at most 100 letters from a to z, digits, "-", "_" and ".", with no "-" or "." at the ends, and not "new".',
  ],
  'book.length': ['The canonical form of a badge is longer than a rule text may be.', 'Shorten it, or move tests out.'],
  'book.template': [
    'A badge of an organisation names a template that is neither its own nor shared by all.',
    'Choose one from the list of templates.',
  ],
  'book.organisation': [
    'A badge of one organisation names a template, or waits for a badge, that belongs to another: the people of neither see both.',
    'Name what is of the same organisation or shared by all, or give one of the two away (System, Accounts, Organisations).',
  ],
  'book.template-unknown': [
    'A plan of rule files holds a badge whose template is not known here, so that it could not be issued.',
    'Synchronise the account that has it, make it where Laurel issues itself, or correct the id.',
    'warning',
  ],
  'book.template-unusable': [
    'A plan of rule files holds a badge whose template is known and could not be issued: it is no longer listed, a draft or archived, its account is disabled, or several accounts have it.',
    'Make it active at the provider and synchronise its account, say which account is meant, or name another template.',
    'warning',
  ],
  'test.failed': [
    'An expectation of a test is not met by the rules as they would be in force.',
    'Mend the rule, or the test where it expects the wrong thing.',
  ],
} as const satisfies Readonly<Record<string, readonly [string, string, 'warning'?]>>;

export type BookCode = keyof typeof table;

export const bookDiagnosticCodes: readonly DiagnosticCode<BookCode>[] = Object.entries(table).map(
  ([code, [meaning, remedy, severity]]: [string, readonly [string, string, 'warning'?]]) => ({
    code: code as BookCode,
    severity: severity ?? 'error',
    meaning,
    remedy,
  }),
);

/** @param code one of ours, or one of the language's that shows only among several texts
 *  @param text cut into lines already, where there may be many problems in it */
export function problem(
  code: BookCode | 'badge.cycle' | 'badge.unknown' | 'badge.duplicate',
  message: string,
  hint: string,
  text: string | SourceText,
  span: Span,
): Diagnostic {
  const source = typeof text === 'string' ? new SourceText(text) : text;
  const start = source.positionOf(span.start);
  const end = source.positionOf(span.end);
  return {
    code,
    severity: bookDiagnosticCodes.find((one) => one.code === code)?.severity ?? 'error',
    message,
    hint,
    span: { start: span.start, end: span.end },
    line: start.line,
    column: start.column,
    endLine: end.line,
    endColumn: end.column,
  };
}

export function isError({ severity }: Diagnostic): boolean {
  return severity === 'error';
}
