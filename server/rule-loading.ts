/** Puts the badges of rule files in force, each as an administrator would save it. */

import { type Badge, type BadgeBlock, parse, printFile, type RuleFile, upstreamsOf } from '../dsl/index.ts';
import { InputError } from '../plugin/errors.ts';
import type { Services } from './http/services.ts';

export interface LoadedBadge {
  readonly id: string;
  readonly change: 'added' | 'changed' | 'unchanged';
}

interface Candidate {
  readonly badge: Badge;
  /** The block with the comments above and inside it; tests stay in the file. */
  readonly text: string;
}

/** @param files checked and without errors
 *  @returns one entry per badge, a badge after those it waits for
 *  @throws InputError when a badge cannot be saved beside those stored; what came before it stays saved */
export async function loadBadges(
  files: readonly { readonly text: string; readonly badges: readonly Badge[] }[],
  { saveBadge, badges: store }: Pick<Services, 'saveBadge' | 'badges'>,
  actor: string,
): Promise<readonly LoadedBadge[]> {
  const loaded: LoadedBadge[] = [];
  for (const { badge, text } of dependenciesFirst(files.flatMap(candidates))) {
    const stored = await store.get(badge.id);
    if (stored?.source === text) {
      loaded.push({ id: badge.id, change: 'unchanged' });
      continue;
    }
    const saved = await saveBadge(text, { expectedVersion: stored?.version ?? 0, actor });
    if (!saved.ok) {
      const first = saved.diagnostics.find(({ severity }) => severity === 'error');
      throw new InputError(
        'badge-refused',
        `badge "${badge.id}" was not saved: ${first?.message ?? 'its text is not valid'}`,
      );
    }
    loaded.push({ id: badge.id, change: stored === null ? 'added' : 'changed' });
  }
  return loaded;
}

function candidates({
  text,
  badges,
}: {
  readonly text: string;
  readonly badges: readonly Badge[];
}): readonly Candidate[] {
  const { file } = parse(text);
  return badges.flatMap((badge) => {
    const index = file.blocks.findIndex((block) => block.kind === 'badge' && block.id.value === badge.id);
    const block = file.blocks[index];
    if (block?.kind !== 'badge') return [];
    return [{ badge, text: printFile(alone(block, file, file.blocks[index - 1]?.span.end ?? 0)) }];
  });
}

function alone(block: BadgeBlock, file: RuleFile, from: number): RuleFile {
  const comments = file.comments.filter(({ span }) => span.start >= from && span.end <= block.span.end);
  return { ...file, blocks: [block], comments };
}

/** The checker has refused circles. */
function dependenciesFirst(all: readonly Candidate[]): readonly Candidate[] {
  const byId = new Map(all.map((candidate) => [candidate.badge.id, candidate]));
  const ordered = new Set<Candidate>();
  const visit = (candidate: Candidate, seen: ReadonlySet<string>): void => {
    if (ordered.has(candidate) || seen.has(candidate.badge.id)) return;
    const here = new Set([...seen, candidate.badge.id]);
    for (const id of upstreamsOf(candidate.badge)) {
      const upstream = byId.get(id);
      if (upstream) visit(upstream, here);
    }
    ordered.add(candidate);
  };
  for (const candidate of all) visit(candidate, new Set());
  return [...ordered];
}
