/** Rule text as lines of coloured segments, with the mistakes underlined and explained below their line. */

import type { Diagnostic } from '../../../dsl/index.ts';

export interface RuleLine {
  readonly number: number;
  readonly segments: readonly { readonly text: string; readonly className: string; readonly marked: boolean }[];
  readonly diagnostics: readonly ShownDiagnostic[];
}

export interface ShownDiagnostic {
  /** Id of the line's element, for the link in the error summary. */
  readonly anchor: string;
  readonly severity: 'error' | 'warning';
  readonly code: string;
  readonly place: string;
  readonly message: string;
  readonly hint: string | null;
}

export function ruleLines(text: string, diagnostics: readonly Diagnostic[] = []): readonly RuleLine[] {
  const lines = text.replace(/\n$/, '').split('\n');
  return lines.map((line, index) => {
    const number = index + 1;
    const here = diagnostics.filter((diagnostic) => diagnostic.line <= number && number <= diagnostic.endLine);
    const marks = here.map((diagnostic) => markOn(diagnostic, number, line.length));
    return {
      number,
      segments: segmentsOf(line, marks),
      diagnostics: diagnostics.filter((diagnostic) => Math.min(diagnostic.line, lines.length) === number).map(shown),
    };
  });
}

export function shown(diagnostic: Diagnostic): ShownDiagnostic {
  return {
    anchor: `line-${diagnostic.line}`,
    severity: diagnostic.severity,
    code: diagnostic.code,
    place: `line ${diagnostic.line}, column ${diagnostic.column}`,
    message: diagnostic.message,
    hint: diagnostic.hint,
  };
}

interface Range {
  readonly from: number;
  readonly to: number;
}

function markOn(diagnostic: Diagnostic, number: number, length: number): Range {
  const from = diagnostic.line === number ? diagnostic.column - 1 : 0;
  const to = diagnostic.endLine === number ? diagnostic.endColumn - 1 : length;
  // Something missing has no width; the character before its place is underlined instead.
  return to > from ? { from, to } : { from: Math.max(0, from - 1), to: Math.max(1, from) };
}

const TOKEN =
  /#.*|"(?:[^"\\]|\\.)*"?|[A-Za-z_][\w-]*(?:\.(?:[A-Za-z_][\w-]*|"(?:[^"\\]|\\.)*"))+|[A-Za-z_][\w-]*|\d[\w.:+-]*|\s+|./gu;
const KEYWORDS = new Set(
  (
    'active after allowed and at awarded badge contains count description distinct ends event exists expect false from ' +
    'fulfilled group in keep like name never not on or penalty progress re-award regress repeatable requirement resets ' +
    'revoke revoked starts template test times to true until up where with within'
  ).split(' '),
);

function classOf(token: string): string {
  if (token.startsWith('#')) return 'rule-comment';
  if (token.startsWith('"')) return 'rule-string';
  if (/^\d/.test(token)) return 'rule-number';
  return KEYWORDS.has(token) ? 'rule-keyword' : '';
}

function segmentsOf(line: string, marks: readonly Range[]): RuleLine['segments'] {
  const segments: { text: string; className: string; marked: boolean }[] = [];
  for (const match of line.matchAll(TOKEN)) {
    const [token] = match;
    const start = match.index;
    const edges = marks
      .flatMap(({ from, to }) => [from, to])
      .filter((edge) => edge > start && edge < start + token.length);
    const cuts = [start, ...[...new Set(edges)].sort((a, b) => a - b), start + token.length];
    for (let index = 0; index + 1 < cuts.length; index++) {
      const from = cuts[index] as number;
      const to = cuts[index + 1] as number;
      const marked = marks.some((mark) => mark.from <= from && to <= mark.to);
      segments.push({ text: line.slice(from, to), className: classOf(token), marked });
    }
  }
  return segments;
}
