/** Types and configurations of one organisation that name what is another's: those that would come about, and how a page or a check
 *  says so. */

import type { CredentialConfiguration, CredentialType } from '../../plugin/ports/credential-store.ts';
import { type FilledWords, words } from '../../plugin/words.ts';
import {
  crossingOnes,
  crossingReferences,
  type Designs,
  designReferences,
  type NamingWorld,
  type Reference,
  readDesigns,
  tornOnes,
} from './references.ts';

export type DesignWorld = Pick<NamingWorld, 'credentials' | 'extensions' | 'belongings'>;

/** What a type would name, and does not now. @throws StoreError */
export async function newlyTornType(world: DesignWorld, wanted: CredentialType): Promise<readonly Reference[]> {
  const { types, assets } = await readDesigns(world);
  const of = (some: readonly CredentialType[]) => tornIn(world, { types: some, configurations: [], assets });
  return withoutKnown(await of([wanted]), await of(types.filter(({ id }) => id === wanted.id)));
}

/** What a configuration would name, by itself and by its type, and does not now. @throws StoreError */
export async function newlyTornConfiguration(
  world: DesignWorld,
  wanted: CredentialConfiguration,
): Promise<readonly Reference[]> {
  const { types, configurations, assets } = await readDesigns(world);
  const of = async (some: readonly CredentialConfiguration[]) =>
    ofConfigurations(await tornIn(world, { types, configurations: some, assets }));
  return withoutKnown(await of([wanted]), await of(configurations.filter(({ id }) => id === wanted.id)));
}

/** What would lead from one organisation to another with these designs, and does not now. @throws StoreError */
export async function newlyTornDesigns(world: DesignWorld, designs: Designs): Promise<readonly Reference[]> {
  return withoutKnown(await tornIn(world, designs), await tornIn(world, await readDesigns(world)));
}

/** What leads from one organisation to another then, and does not now. @throws StoreError */
export async function newlyTorn(now: NamingWorld, then: NamingWorld): Promise<readonly Reference[]> {
  const torn = tornOnes(await crossingReferences(then));
  return torn.length === 0 ? [] : withoutKnown(torn, tornOnes(await crossingReferences(now)));
}

/** What a configuration names, by itself and by its type, that others do not see. @throws StoreError */
export async function configurationCrossings(
  world: DesignWorld,
  configuration: CredentialConfiguration,
): Promise<readonly Reference[]> {
  const designs = { ...(await readDesigns(world)), configurations: [configuration] };
  return ofConfigurations(crossingOnes(await designReferences(world, designs)));
}

export function tornWords({ from, to }: Reference): FilledWords {
  return words(
    '{from} belongs to {organisation}, and {to}, which it names, to {other}; choose what is of the same organisation or shared by all',
    { from: from.name, to: to.name, organisation: from.owner ?? '', other: to.owner ?? '' },
  );
}

/** What a page says of a name that others do not see, and a check. */
export function crossingWords(reference: Reference): FilledWords {
  const { from, to } = reference;
  if (from.owner !== null) return tornWords(reference);
  return words(
    '{from} is shared by all, and {to}, which it names, belongs to {other}, so that people of other organisations do not see it; give one of the two away',
    { from: from.name, to: to.name, other: to.owner ?? '' },
  );
}

async function tornIn(world: DesignWorld, designs: Designs): Promise<readonly Reference[]> {
  return tornOnes(await designReferences(world, designs));
}

/** Whose a configuration is its course says. */
function ofConfigurations(references: readonly Reference[]): readonly Reference[] {
  return references.filter(({ from }) => from.key === null);
}

/** Those that were not there before. */
function withoutKnown(torn: readonly Reference[], before: readonly Reference[]): readonly Reference[] {
  const known = new Set(before.map(keyOf));
  return torn.filter((one) => !known.has(keyOf(one)));
}

function keyOf({ from, to }: Reference): string {
  return JSON.stringify([from.key ?? from.name, to.key ?? to.name]);
}
