/** Rule text as lines of coloured segments, with the mistakes underlined and explained below their line. */

import { type Diagnostic, exceedsBytes, limits, type Piece, type TokenKind, tokenPieces } from '../../../dsl/index.ts';
import { joined, type Range, rangeFinder } from './ranges.ts';

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
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly hint: string | null;
}

export function ruleLines(text: string, diagnostics: readonly Diagnostic[] = []): readonly RuleLine[] {
  const lines = text.replace(/\n$/, '').split('\n');
  const stretches = stretchesOf(text, lines);
  const marks: Range[][] = lines.map(() => []);
  const explained: ShownDiagnostic[][] = lines.map(() => []);
  for (const diagnostic of diagnostics) {
    explained[Math.min(diagnostic.line, lines.length) - 1]?.push(shown(diagnostic));
    const last = Math.min(diagnostic.endLine, lines.length);
    for (let number = diagnostic.line; number <= last; number++)
      marks[number - 1]?.push(markOn(diagnostic, number, lines[number - 1]?.length ?? 0));
  }
  return lines.map((line, index) => ({
    number: index + 1,
    segments: segmentsOf(line, stretches[index] ?? [], marks[index] ?? []),
    diagnostics: explained[index] ?? [],
  }));
}

export function shown(diagnostic: Diagnostic): ShownDiagnostic {
  return {
    anchor: `line-${diagnostic.line}`,
    severity: diagnostic.severity,
    code: diagnostic.code,
    line: diagnostic.line,
    column: diagnostic.column,
    message: diagnostic.message,
    hint: diagnostic.hint,
  };
}

function markOn(diagnostic: Diagnostic, number: number, length: number): Range {
  const from = diagnostic.line === number ? diagnostic.column - 1 : 0;
  const to = diagnostic.endLine === number ? diagnostic.endColumn - 1 : length;
  // Something missing has no width; the character before its place is underlined instead.
  return to > from ? { from, to } : { from: Math.max(0, from - 1), to: Math.max(1, from) };
}

/** The kinds that look unlike the rest; the editor in the browser colours the same. */
const COLOURED: ReadonlySet<TokenKind> = new Set(['keyword', 'string', 'number', 'date', 'comment']);

interface Stretch extends Range {
  readonly className: string;
}

/** Beyond this the rest of a text stands plain: a page has to end somewhere. */
const MOST_COLOURED = 20_000;

/** @returns per line what is coloured, in order; places count from the begin of the line. No token spans two lines. */
function stretchesOf(text: string, lines: readonly string[]): readonly (readonly Stretch[])[] {
  const pieces = colouredPieces(text);
  let next = 0;
  let start = 0;
  return lines.map((line) => {
    const end = start + line.length;
    const here: Stretch[] = [];
    for (; (pieces[next]?.start ?? Number.POSITIVE_INFINITY) < end; next++) {
      const piece = pieces[next] as Piece;
      here.push({ from: piece.start - start, to: piece.end - start, className: `rule-${piece.kind}` });
    }
    start = end + 1;
    return here;
  });
}

/** What the language does not take as a rule file is not read for its colours either. */
function colouredPieces(text: string): readonly Piece[] {
  if (exceedsBytes(text, limits.fileBytes)) return [];
  return tokenPieces(text)
    .filter(({ kind }) => COLOURED.has(kind))
    .slice(0, MOST_COLOURED);
}

function segmentsOf(line: string, stretches: readonly Stretch[], marks: readonly Range[]): RuleLine['segments'] {
  const ranges: readonly Range[] = [...stretches, ...marks];
  const edges = ranges.flatMap(({ from, to }) => [from, to]).filter((edge) => edge > 0 && edge < line.length);
  const cuts = [...new Set([0, ...edges, line.length])].sort((a, b) => a - b);
  const stretchAt = rangeFinder(stretches);
  const markAt = rangeFinder(joined(marks));
  return cuts.slice(0, -1).map((from, index) => ({
    text: line.slice(from, cuts[index + 1]),
    className: stretchAt(from)?.className ?? '',
    marked: markAt(from) !== null,
  }));
}
