/** What is wrong, or doubtful, in a rule text: a value with a stable code and a place. The language never throws for text. */

import type { Span } from './ast.ts';
import { printable } from './printable.ts';
import { SourceText } from './source.ts';

export interface Diagnostic {
  /** Stable, `area.reason`, e.g. `type.unknown-path`; one page of the reference manual per code. */
  readonly code: string;
  readonly severity: 'error' | 'warning';
  /** A full sentence that says what is wrong. */
  readonly message: string;
  /** What to do next, e.g. `did you mean "course.course_key"?`; null where nothing can be said. */
  readonly hint: string | null;
  readonly span: Span;
  /** 1-based, columns in UTF-16 code units, end exclusive. */
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** As compilers print it: place, code and message, the line with a caret range below, the hint.
 *  @param text what was checked
 *  @returns several lines without a line end at the last */
export function formatDiagnostic(diagnostic: Diagnostic, text: string, fileName: string): string {
  const { line, column, endLine, endColumn, severity, code, message, hint } = diagnostic;
  const excerpt = new SourceText(text).line(line);
  const from = Math.min(column - 1, excerpt.length);
  const to = endLine === line ? Math.min(endColumn - 1, excerpt.length) : excerpt.length;
  const window = cut(excerpt, from, to);
  const margin = `${line} | `;
  const indent = ' '.repeat(margin.length - 2);
  return [
    `${fileName}:${line}:${column}: ${severity}[${code}] ${printable(message)}`,
    `${margin}${printable(window.text)}`,
    `${indent}| ${blank(window.text.slice(0, window.from))}${'^'.repeat(Math.max(1, window.to - window.from))}`,
    ...(hint === null ? [] : [`${indent}= ${printable(hint)}`]),
  ].join('\n');
}

const WIDEST = 160;

/** A very long line is cut around the place, so that one diagnostic never fills a screen. */
function cut(line: string, from: number, to: number): { text: string; from: number; to: number } {
  if (line.length <= WIDEST) return { text: line, from, to };
  const start = Math.max(0, Math.min(from - 40, line.length - WIDEST));
  const text = line.slice(start, start + WIDEST);
  const before = start > 0 ? '... ' : '';
  return {
    text: `${before}${text}${start + WIDEST < line.length ? ' ...' : ''}`,
    from: before.length + from - start,
    to: before.length + Math.min(to - start, text.length),
  };
}

/** Tabs stay, so that the caret stands below its place however wide a tab is shown. */
function blank(text: string): string {
  return text.replace(/[^\t]/gu, ' ');
}
