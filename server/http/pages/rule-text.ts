/** Rule text as lines of coloured segments, with the mistakes underlined and explained below their line. */

import { type Diagnostic, type Piece, type TokenKind, tokenPieces } from '../../../dsl/index.ts';

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
  const stretches = stretchesOf(text, lines);
  return lines.map((line, index) => {
    const number = index + 1;
    const here = diagnostics.filter((diagnostic) => diagnostic.line <= number && number <= diagnostic.endLine);
    const marks = here.map((diagnostic) => markOn(diagnostic, number, line.length));
    return {
      number,
      segments: segmentsOf(line, stretches[index] ?? [], marks),
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

/** The kinds that look unlike the rest; the editor in the browser colours the same. */
const COLOURED: ReadonlySet<TokenKind> = new Set(['keyword', 'string', 'number', 'date', 'comment']);

interface Stretch extends Range {
  readonly className: string;
}

/** @returns per line what is coloured, in order; places count from the begin of the line. No token spans two lines. */
function stretchesOf(text: string, lines: readonly string[]): readonly (readonly Stretch[])[] {
  const pieces = tokenPieces(text);
  let next = 0;
  let start = 0;
  return lines.map((line) => {
    const end = start + line.length;
    const here: Stretch[] = [];
    for (; (pieces[next]?.start ?? Number.POSITIVE_INFINITY) < end; next++) {
      const piece = pieces[next] as Piece;
      const className = COLOURED.has(piece.kind) ? `rule-${piece.kind}` : '';
      here.push({ from: piece.start - start, to: piece.end - start, className });
    }
    start = end + 1;
    return here;
  });
}

function segmentsOf(line: string, stretches: readonly Stretch[], marks: readonly Range[]): RuleLine['segments'] {
  const ranges: readonly Range[] = [...stretches, ...marks];
  const edges = ranges.flatMap(({ from, to }) => [from, to]).filter((edge) => edge > 0 && edge < line.length);
  const cuts = [...new Set([0, ...edges, line.length])].sort((a, b) => a - b);
  return cuts.slice(0, -1).map((from, index) => {
    const to = cuts[index + 1] as number;
    const covers = (range: Range) => range.from <= from && to <= range.to;
    return {
      text: line.slice(from, to),
      className: stretches.find(covers)?.className ?? '',
      marked: marks.some(covers),
    };
  });
}
