/** What must hold of every text whatever: the promises of the checker, each with a name. */

import {
  type Diagnostic,
  diagnosticCodes,
  formatDiagnostic,
  type Loaded,
  loadRules,
  parse,
  printFile,
} from '../../dsl/index.ts';
import { environment, withoutSpans } from '../support/dsl-harness.ts';

export interface Violation {
  readonly promise: string;
  readonly detail: string;
}

export interface Outcome {
  readonly violation: Violation | null;
  /** Processor time of `loadRules` alone, whoever else uses the machine. */
  readonly ms: number;
  readonly isValid: boolean;
}

const CODES: ReadonlySet<string> = new Set(diagnosticCodes.map(({ code }) => code));

class Broken extends Error {}

function demand(promise: string, holds: boolean, detail: () => string): void {
  if (!holds) throw new Broken(promise, { cause: detail() });
}

/** @returns what became of the text; never throws */
export function tryText(text: string): Outcome {
  const start = processorMs();
  let ms = 0;
  let isValid = false;
  try {
    const loaded = loadRules(text, environment);
    ms = processorMs() - start;
    isValid = loaded.file.broken.length === 0 && !loaded.diagnostics.some(({ severity }) => severity === 'error');
    checkDiagnostics(loaded.diagnostics, text);
    checkTree(loaded, text);
    checkAgreement(loaded, isValid);
    if (loaded.file.broken.length === 0) checkPrinting(loaded);
    checkShift(loaded.diagnostics, text);
    return { violation: null, ms, isValid };
  } catch (error) {
    const { message, cause, stack } = error as Error;
    const violation =
      error instanceof Broken
        ? { promise: message, detail: String(cause) }
        : { promise: 'it does not throw', detail: stack ?? message };
    return { violation, ms: ms || processorMs() - start, isValid };
  }
}

function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function checkDiagnostics(diagnostics: readonly Diagnostic[], text: string): void {
  let before = 0;
  diagnostics.forEach((diagnostic, i) => {
    const { code, span, message, line, column, endLine, endColumn } = diagnostic;
    const seen = (): string => JSON.stringify({ ...diagnostic });
    demand('every code is known', CODES.has(code), seen);
    demand('every diagnostic says something', message.trim() !== '', seen);
    demand('spans lie in the text', span.start >= 0 && span.start <= span.end && span.end <= text.length, seen);
    demand('diagnostics come in the order of the text', span.start >= before, seen);
    if (i < 20) {
      demand('lines and columns are those of the span', place(text, span.start) === `${line}:${column}`, seen);
      demand('ends are those of the span', place(text, span.end) === `${endLine}:${endColumn}`, seen);
      demand(
        'a diagnostic can be shown',
        /\n *\| [\t ]*\^+(?:\n|$)/.test(formatDiagnostic(diagnostic, text, 'f')),
        seen,
      );
    }
    before = span.start;
  });
}

/** Counted the slow way. Between the two halves of a CRLF the line has not ended yet. */
function place(text: string, offset: number): string {
  const lines = text.slice(0, offset).split(/\r\n|\n|\r(?!$)/);
  const last = lines.at(-1) as string;
  if (!last.endsWith('\r')) return `${lines.length}:${last.length + 1}`;
  return text[offset] === '\n' ? `${lines.length}:${last.length + 1}` : `${lines.length + 1}:1`;
}

/** Every node lies in its parent, and a bare word is where its span says. */
function checkTree({ file }: Loaded, text: string): void {
  const visit = (node: unknown, start: number, end: number): void => {
    if (typeof node !== 'object' || node === null) return;
    if (Array.isArray(node)) {
      for (const item of node) visit(item, start, end);
      return;
    }
    const { kind, span, text: word } = node as { kind?: string; span?: { start: number; end: number }; text?: string };
    if (kind !== undefined && span !== undefined && !isPlaceholder(span)) {
      demand('nodes lie in their parents', start <= span.start && span.start <= span.end && span.end <= end, () =>
        JSON.stringify({ kind, span, parent: { start, end } }),
      );
      if (kind === 'name' && word !== undefined && /^[\w-]+$/.test(word) && !/["'\s.]/.test(text[span.start] ?? ''))
        demand('names stand where their spans say', text.slice(span.start, span.end) === word, () => word);
      [start, end] = [span.start, span.end];
    }
    for (const child of Object.values(node)) visit(child, start, end);
  };
  visit(file.blocks, 0, text.length);
}

/** What could not be read has no place. */
function isPlaceholder({ start, end }: { start: number; end: number }): boolean {
  return start === 0 && end === 0;
}

function checkAgreement({ badges, tests, file, diagnostics }: Loaded, isValid: boolean): void {
  const blocks = file.blocks.filter(({ kind }) => kind === 'badge');
  demand('every badge is a block of the text', badges.length <= blocks.length, () => `${badges.length} badges`);
  demand('badge ids are unique', new Set(badges.map(({ id }) => id)).size === badges.length, () => '');
  if (isValid) {
    const read = badges.length + tests.length;
    demand('without errors every block means something', read === file.blocks.length, () => `${read} of them`);
  } else demand('what is not accepted is explained', diagnostics.length > 0, () => '');
}

function checkPrinting({ file, diagnostics }: Loaded): void {
  // A clause given twice is dropped by the parser; the text then says more than the tree.
  if (diagnostics.some(({ code }) => code === 'clause.repeated' || code.startsWith('syntax.'))) return;
  const printed = printFile(file);
  const again = parse(printed);
  const errors = again.diagnostics.map(({ code }) => code).join();
  demand(
    'canonical text is read without complaint',
    errors === '' || diagnostics.length > 0,
    () => `${errors}\n${printed}`,
  );
  if (errors !== '') return;
  const same = JSON.stringify(withoutSpans(again.file.blocks)) === JSON.stringify(withoutSpans(file.blocks));
  demand('canonical text means the same', same, () => printed);
  demand('formatting twice changes nothing more', printFile(again.file) === printed, () => printed);
}

/** An empty line in front moves everything by one line and changes nothing else. */
function checkShift(diagnostics: readonly Diagnostic[], text: string): void {
  if (text.length > 4096) return;
  const moved = loadRules(`\n${text}`, environment).diagnostics;
  const told = ({ code, line, column, message, hint }: Diagnostic, by: number): string =>
    JSON.stringify([code, line - by, column, message, hint]);
  const [a, b] = [diagnostics.map((one) => told(one, 0)).join('\n'), moved.map((one) => told(one, 1)).join('\n')];
  demand('an empty line in front changes nothing', a === b, () => `${a}\n---\n${b}`);
}
