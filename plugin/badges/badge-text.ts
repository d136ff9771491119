/** What the text of a single stored badge must heed beyond the language itself: it stands alone, among others. */

import {
  type Badge,
  type BadgeBlock,
  type Diagnostic,
  type Environment,
  limits,
  loadRules,
  parse,
  printFile,
  type RuleFile,
  type Span,
  type TriggerClause,
  upstreamsOf,
} from '../../dsl/index.ts';
import { badgeIdTrouble } from './badge-id.ts';
import { sourcesOf } from './badge-source.ts';
import { failedTests } from './badge-tests.ts';
import { isError, problem } from './book-diagnostics.ts';

const utf8 = new TextEncoder();

export interface BookText {
  readonly file: RuleFile;
  readonly diagnostics: readonly Diagnostic[];
  /** null: there are errors. */
  readonly sound: { readonly badge: Badge; readonly source: string } | null;
}

/** What a text is held against besides itself. */
export interface Neighbours {
  /** Ids of the badges that a stored badge waits for. */
  upstreams(badgeId: string): readonly string[];
  /** The stored badge. Left out where stored rules are not at hand, as in a browser: tests of a badge that waits for others
   *  are then left to whoever has them. */
  find?(badgeId: string): Badge | null;
}

/** Everything that is asked of a text before it is stored, its tests included; the pages ask it in the browser too, while
 *  it is written.
 *  @param environment whose `knownBadges` are those of the store */
export function checkBadgeText(text: string, environment: Environment, neighbours: Neighbours): BookText {
  const { file, badges, tests, diagnostics } = loadRules(text, environment);
  const refused = (...problems: readonly Diagnostic[]): BookText => ({
    file,
    sound: null,
    diagnostics: [...diagnostics, ...problems],
  });
  if (diagnostics.some(isError)) return refused();
  const surplus = oneBadgeOf(text, file);
  const block = file.blocks.find((one) => one.kind === 'badge');
  const [badge] = badges;
  if (surplus !== null || badge === undefined || block === undefined) return refused(...(surplus ? [surplus] : []));
  const source = sourcesOf(file)[0]?.source ?? '';
  const isNew = environment.knownBadges?.has(badge.id) !== true;
  const trouble =
    unstorable(block, source, text, isNew) ?? circleThrough(badge, text, file, (id) => neighbours.upstreams(id));
  if (trouble !== null) return refused(trouble);
  const { find } = neighbours;
  if (find === undefined && upstreamsOf(badge).length > 0) return { file, diagnostics, sound: { badge, source } };
  const failed = failedTests(tests, (id) => (id === badge.id ? badge : (find?.(id) ?? null)), environment, text);
  return failed.length > 0 ? refused(...failed) : { file, diagnostics, sound: { badge, source } };
}

/** @param id of the badge that the text is a new version of
 *  @returns null when the text holds no other id */
export function renamedBadge(text: string, file: RuleFile, id: string): Diagnostic | null {
  const [block, ...others] = file.blocks.filter((one) => one.kind === 'badge');
  if (!block || others.length > 0 || block.id.value === id) return null;
  const hint = `keep "${id}", or make a new badge for "${block.id.value}"`;
  return problem('book.renamed', 'the id of a badge cannot change', hint, text, block.id.span);
}

/** Files alone do not tell whether the badges that they hold are new.
 *  @returns a warning for each badge that could not be made with its id */
export function unlikelyIds(text: string, file: RuleFile): readonly Diagnostic[] {
  return file.blocks.flatMap((block) => {
    const trouble = block.kind === 'badge' && block.id.span.end > 0 ? badgeIdTrouble(block.id.value) : null;
    if (block.kind !== 'badge' || trouble === null) return [];
    return [{ ...problem('book.id', trouble.message, trouble.hint, text, block.id.span), severity: 'warning' }];
  });
}

/** @returns null when the text holds one badge block, and beside it at most tests */
function oneBadgeOf(text: string, file: RuleFile): Diagnostic | null {
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
 *  @param source the canonical text
 *  @param isNew whether no badge with the id is stored */
export function unstorable(block: BadgeBlock, source: string, text: string, isNew: boolean): Diagnostic | null {
  const { value, span } = block.id;
  if (/\p{Surrogate}/u.test(value))
    return problem('book.id', 'the id of the badge holds half of a character', 'type the id anew', text, span);
  const trouble = isNew ? badgeIdTrouble(value) : null;
  if (trouble !== null) return problem('book.id', trouble.message, trouble.hint, text, span);
  if (utf8.encode(source).length <= limits.fileBytes) return null;
  const message = `the canonical form of badge "${value}" is longer than 1 MiB`;
  return problem('book.length', message, 'shorten it, or move tests out', text, span);
}

/** @param upstreams ids of the badges that a stored badge waits for
 *  @returns null when no stored badge that this one waits for waits for this one in turn */
function circleThrough(
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
