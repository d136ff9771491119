/** What the text of a single stored badge must heed beyond the language itself: it stands alone, among others. */

import {
  type Badge,
  type BadgeBlock,
  type Diagnostic,
  type Environment,
  loadRules,
  type RuleFile,
  type Span,
  type TriggerClause,
  upstreamsOf,
} from '../../dsl/index.ts';

export interface CheckedText {
  readonly file: RuleFile;
  /** null: there are errors. */
  readonly badge: Badge | null;
  readonly diagnostics: readonly Diagnostic[];
}

/** Everything that is asked of a text before it is stored; the pages ask it in the browser too, while it is written.
 *  @param environment whose `knownBadges` are those of the store
 *  @param upstreams ids of the badges that a stored badge waits for */
export function checkBadgeText(
  text: string,
  environment: Environment,
  upstreams: (badgeId: string) => readonly string[],
): CheckedText {
  const { file, badges, diagnostics } = loadRules(text, environment);
  if (diagnostics.some(({ severity }) => severity === 'error')) return { file, badge: null, diagnostics };
  const [badge] = badges;
  const surplus = oneBadgeOf(text, file);
  if (surplus !== null || badge === undefined) {
    return { file, badge: null, diagnostics: surplus ? [surplus] : diagnostics };
  }
  const circle = circleThrough(badge, text, file, upstreams);
  return circle === null ? { file, badge, diagnostics } : { file, badge: null, diagnostics: [circle] };
}

/** @param id of the badge that the text is a new version of
 *  @returns null when the text holds no other id */
export function renamedBadge(text: string, file: RuleFile, id: string): Diagnostic | null {
  const [block, ...others] = file.blocks.filter((one) => one.kind === 'badge');
  if (!block || others.length > 0 || block.id.value === id) return null;
  const hint = `keep "${id}", or make a new badge for "${block.id.value}"`;
  return problem('book.renamed', 'the id of a badge cannot change', hint, text, block.id.span);
}

/** @returns null when the text holds one badge block and nothing else */
export function oneBadgeOf(text: string, file: RuleFile): Diagnostic | null {
  const [first, ...others] = file.blocks.filter((block) => block.kind === 'badge');
  if (!first)
    return problem('book.no-badge', 'the text holds no badge', 'begin with badge "some-id" {', text, file.span);
  const [second] = others;
  if (second) {
    return problem(
      'book.one-badge',
      'the text holds more than one badge',
      'save each badge by itself',
      text,
      second.span,
    );
  }
  const test = file.blocks.find((block) => block.kind === 'test');
  if (!test) return null;
  return problem('book.test', 'a test cannot be saved with a badge', 'keep tests in a rule file', text, test.span);
}

/** @param upstreams ids of the badges that a stored badge waits for
 *  @returns null when no stored badge that this one waits for waits for this one in turn */
export function circleThrough(
  badge: Badge,
  text: string,
  file: RuleFile,
  upstreams: (badgeId: string) => readonly string[],
): Diagnostic | null {
  for (const upstream of upstreamsOf(badge)) {
    const way = wayTo(badge.id, upstream, upstreams);
    if (way === null) continue;
    const span = triggerOn(upstream, file)?.span ?? file.span;
    const circle = [badge.id, ...way].map((id) => `"${id}"`).join(' waits for ');
    return problem('badge.cycle', `badges wait for each other: ${circle}`, 'let one of them not wait', text, span);
  }
  return null;
}

/** @returns the ids from `start` to `goal`, each waiting for the next; null: there is no such way */
function wayTo(goal: string, start: string, upstreams: (badgeId: string) => readonly string[]): string[] | null {
  const cameFrom = new Map<string, string | null>([[start, null]]);
  for (const id of cameFrom.keys()) {
    if (id === goal) {
      const way: string[] = [];
      for (let step: string | null | undefined = id; step; step = cameFrom.get(step)) way.unshift(step);
      return way;
    }
    for (const next of upstreams(id)) if (!cameFrom.has(next)) cameFrom.set(next, id);
  }
  return null;
}

function triggerOn(badgeId: string, file: RuleFile): TriggerClause | undefined {
  return file.blocks
    .filter((block): block is BadgeBlock => block.kind === 'badge')
    .flatMap(({ requirements, penalties }) => [...requirements, ...penalties].flatMap(({ on }) => on ?? []))
    .find((on) => on.kind === 'badge-trigger' && on.badge.value === badgeId);
}

function problem(code: string, message: string, hint: string, text: string, span: Span): Diagnostic {
  const start = positionOf(text, span.start);
  const end = positionOf(text, span.end);
  return {
    code,
    severity: 'error',
    message,
    hint,
    span,
    line: start.line,
    column: start.column,
    endLine: end.line,
    endColumn: end.column,
  };
}

function positionOf(text: string, offset: number): { readonly line: number; readonly column: number } {
  const lines = text.slice(0, offset).split(/\r\n|\n|\r/);
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
}
