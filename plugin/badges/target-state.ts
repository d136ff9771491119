/** The rules as they would be in force with given files, checked as one whole. */

import {
  type Badge,
  type BadgeBlock,
  type CheckedTest,
  type Diagnostic,
  type Environment,
  findCycles,
  loadRules,
  parse,
  type RuleFile,
  upstreamsOf,
} from '../../dsl/index.ts';
import type { BadgeDefinition } from '../ports/badge-store.ts';
import { sourcesOf } from './badge-source.ts';
import { failedTests } from './badge-tests.ts';
import { circle, triggerOn, unstorable } from './badge-text.ts';
import { isError, problem } from './book-diagnostics.ts';
import { fileNameOf } from './export-rules.ts';

export interface GivenFile {
  /** As messages name it. */
  readonly name: string;
  readonly text: string;
}

/** A text with what is wrong in it: a file, or a stored badge. */
export interface CheckedText extends GivenFile {
  readonly diagnostics: readonly Diagnostic[];
}

export interface GivenBadge {
  readonly badge: Badge;
  readonly source: string;
  readonly file: string;
}

export interface Target {
  /** The badges of the files, by id. */
  readonly given: ReadonlyMap<string, GivenBadge>;
  readonly removed: readonly BadgeDefinition[];
  readonly texts: readonly CheckedText[];
  /** Before the change; null: its text can no longer be read. */
  badgeInForce(id: string): Badge | null;
}

/** One text of the target state, taken apart. */
interface Part {
  readonly name: string;
  readonly text: string;
  readonly file: RuleFile;
  readonly badges: readonly Badge[];
  readonly tests: readonly CheckedTest[];
  readonly diagnostics: Diagnostic[];
}

interface Question {
  readonly stored: readonly BadgeDefinition[];
  readonly files: readonly GivenFile[];
  readonly prune: boolean;
  /** The files are an export: a badge in one of the name that an export gives it was stored, and keeps the id it had. */
  readonly exported: boolean;
  readonly environment: Environment;
}

export function checkTarget({ stored, files, prune, exported, environment }: Question): Target {
  const blocks = files.map(({ text }) => parse(text).file.blocks.filter((block) => block.kind === 'badge'));
  const ids = new Set(blocks.flatMap((all) => all.map(({ id }) => id.value)));
  const others = stored.filter(({ id }) => !ids.has(id));
  const [kept, removed] = prune ? [[], others] : [others, []];
  const inForce = new Map(stored.map((definition) => [definition.id, definition]));
  // With those that go away: that one is waited for shows as such, not as a misspelling.
  const knownBadges = new Set([...inForce.keys(), ...ids]);
  const read = (name: string, text: string): Part => {
    const { file, badges, tests, diagnostics } = loadRules(text, { ...environment, knownBadges });
    return { name, text, file, badges, tests, diagnostics: [...diagnostics] };
  };
  const parts = files.map(({ name, text }) => read(name, text));
  // What is wrong in it already keeps a stored badge out of force, and nobody from changing others.
  const storedParts = kept.map(({ id, source }) => ({
    ...read(`badge "${id}" as stored`, source),
    diagnostics: [] as Diagnostic[],
  }));

  reportRepeated(parts, blocks);
  reportRemovedUpstreams(parts, new Set(removed.map(({ id }) => id)));
  const keepsId = (id: string, file: string) => inForce.has(id) || (exported && file === fileNameOf(id));
  const given = givenBadges(parts, keepsId);
  const state = new Map<string, { readonly badge: Badge; readonly part: Part }>();
  for (const part of [...storedParts, ...parts]) for (const badge of part.badges) state.set(badge.id, { badge, part });
  reportCircles(state, ids);
  const texts = [...parts, ...storedParts];
  if (!texts.some(({ diagnostics }) => diagnostics.some(isError))) {
    const changed = [...given.values()].filter(({ badge, source }) => inForce.get(badge.id)?.source !== source);
    const affected = withDependents(new Set(changed.map(({ badge }) => badge.id)), state);
    const find = (id: string) => state.get(id)?.badge ?? null;
    for (const { tests, text, diagnostics } of texts) {
      const concerned = tests.filter(({ badge }) => affected.has(badge));
      diagnostics.push(...failedTests(concerned, find, environment, text));
    }
  }
  return {
    given,
    removed,
    texts,
    badgeInForce(id) {
      const definition = inForce.get(id);
      if (definition === undefined) return null;
      return read(id, definition.source).badges.find((badge) => badge.id === id) ?? null;
    },
  };
}

/** Within one file the language reports it. */
function reportRepeated(parts: readonly Part[], blocks: readonly (readonly BadgeBlock[])[]): void {
  const owners = new Map<string, Part>();
  for (const [at, part] of parts.entries()) {
    for (const { id } of blocks[at] ?? []) {
      const owner = owners.get(id.value);
      if (owner === undefined) owners.set(id.value, part);
      else if (owner !== part) {
        const message = `badge "${id.value}" is defined in ${owner.name} too`;
        part.diagnostics.push(problem('badge.duplicate', message, 'keep one of them', part.text, id.span));
      }
    }
  }
}

function givenBadges(
  parts: readonly Part[],
  keepsId: (id: string, file: string) => boolean,
): ReadonlyMap<string, GivenBadge> {
  const given = new Map<string, GivenBadge>();
  for (const { name, text, file, badges, diagnostics } of parts) {
    if (diagnostics.some(isError)) continue;
    const byId = new Map(badges.map((badge) => [badge.id, badge]));
    const blocks = new Map(file.blocks.flatMap((block) => (block.kind === 'badge' ? [[block.id.value, block]] : [])));
    for (const { id, source } of sourcesOf(file)) {
      const badge = byId.get(id);
      const trouble = unstorable(blocks.get(id) as BadgeBlock, source, text, !keepsId(id, name));
      if (trouble !== null) diagnostics.push(trouble);
      if (badge !== undefined) given.set(id, { badge, source, file: name });
    }
  }
  return given;
}

function reportRemovedUpstreams(parts: readonly Part[], removed: ReadonlySet<string>): void {
  for (const { badges, file, text, diagnostics } of parts) {
    for (const badge of badges) {
      for (const upstream of upstreamsOf(badge).filter((id) => removed.has(id))) {
        const span = triggerOn(upstream, file, badge.id)?.span ?? file.span;
        const message = `badge "${badge.id}" waits for badge "${upstream}", which would be removed`;
        diagnostics.push(problem('badge.unknown', message, 'keep that badge in the files', text, span));
      }
    }
  }
}

/** Through several texts; within one the language reports them.
 *  @param given ids of the badges that the files hold */
function reportCircles(
  state: ReadonlyMap<string, { readonly badge: Badge; readonly part: Part }>,
  given: ReadonlySet<string>,
): void {
  const next = new Map([...state].map(([id, { badge }]) => [id, upstreamsOf(badge)]));
  for (const found of findCycles(next)) {
    const start = found.findIndex((id) => given.has(id));
    if (start < 0) continue;
    const way = [...found.slice(start), ...found.slice(0, start)];
    const part = state.get(way[0] as string)?.part;
    part?.diagnostics.push(circle([...way, way[0] as string], part.text, part.file));
  }
}

/** @returns the ids and those of every badge that waits for one of them, directly or not */
function withDependents(
  ids: ReadonlySet<string>,
  state: ReadonlyMap<string, { readonly badge: Badge }>,
): ReadonlySet<string> {
  const dependents = new Map<string, string[]>();
  for (const [id, { badge }] of state) {
    for (const upstream of upstreamsOf(badge)) {
      const known = dependents.get(upstream);
      if (known) known.push(id);
      else dependents.set(upstream, [id]);
    }
  }
  const found = new Set(ids);
  for (const id of found) for (const dependent of dependents.get(id) ?? []) found.add(dependent);
  return found;
}
