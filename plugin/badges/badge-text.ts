/** What the text of a single stored badge must heed beyond the language itself: it stands alone, among others. */

import {
  type Badge,
  type BadgeBlock,
  type Diagnostic,
  limits,
  parse,
  printFile,
  type RuleFile,
  type Span,
  type TriggerClause,
  upstreamsOf,
} from '../../dsl/index.ts';
import { problem } from './book-diagnostics.ts';

/** @returns null when the text holds one badge block, and beside it at most tests */
export function oneBadgeOf(text: string, file: RuleFile): Diagnostic | null {
  const [first, second] = file.blocks.filter((block) => block.kind === 'badge');
  if (!first)
    return problem('book.no-badge', 'the text holds no badge', 'begin with badge "some-id" {', text, file.span);
  if (!second) return null;
  return problem(
    'book.one-badge',
    'the text holds more than one badge',
    'save each badge by itself',
    text,
    second.span,
  );
}

/** What cannot be stored although the language has nothing against it.
 *  @param source the canonical text */
export function unstorable(block: BadgeBlock, source: string, text: string): Diagnostic | null {
  const { value, span } = block.id;
  if (/\p{Surrogate}/u.test(value))
    return problem('book.id', 'the id of the badge holds half of a character', 'type the id anew', text, span);
  if (Buffer.byteLength(source) <= limits.fileBytes) return null;
  const message = `the canonical form of badge "${value}" is longer than 1 MiB`;
  return problem('book.length', message, 'shorten it, or move tests out', text, span);
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
    if (way !== null) return circle([badge.id, ...way], text, file);
  }
  return null;
}

/** @param ids each waits for the next, the last is the first again; the block of the first is in `file` */
export function circle(ids: readonly string[], text: string, file: RuleFile): Diagnostic {
  const [first = '', second = first] = ids;
  const span = triggerOn(second, file, first)?.span ?? file.span;
  const way = ids.map((id) => `"${id}"`).join(' waits for ');
  const message = `badges wait for each other: ${way.length > 200 ? `${way.slice(0, 197)}...` : way}`;
  return problem('badge.cycle', message, 'let one of them not wait', text, span);
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

/** Where the badge waits for another. */
export function triggerOn(upstream: string, file: RuleFile, badgeId: string): TriggerClause | undefined {
  return file.blocks
    .filter((block): block is BadgeBlock => block.kind === 'badge' && block.id.value === badgeId)
    .flatMap(({ requirements, penalties }) => [...requirements, ...penalties].flatMap(({ on }) => on ?? []))
    .find((on) => on.kind === 'badge-trigger' && on.badge.value === upstream);
}

/** The same text with the badge switched on or off, comments and tests kept.
 *  @param source canonical
 *  @returns null where it cannot be read */
export function switchedSource(source: string, active: boolean): string | null {
  const { file, diagnostics } = parse(source);
  const block = file.blocks.find((one) => one.kind === 'badge');
  if (block === undefined || diagnostics.length > 0) return null;
  const { start, end } = block.active?.span ?? afterHeader(block, source);
  const clause = block.active === null ? `\nactive ${active}` : String(active);
  return printFile(parse(`${source.slice(0, start)}${clause}${source.slice(end)}`).file);
}

/** In canonical text the header has its line to itself, a comment aside. */
function afterHeader(block: BadgeBlock, source: string): Span {
  const end = source.indexOf('\n', block.id.span.end);
  return { start: end, end };
}
