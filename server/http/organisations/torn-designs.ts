/** What a type or a configuration of one organisation may not name because it is another's, whoever saves it. What it names already
 *  it may go on naming. */

import type { Asset, CredentialConfiguration, CredentialType } from '../../../plugin/ports/credential-store.ts';
import { type FilledWords, words } from '../../../plugin/words.ts';
import type { FieldError } from '../forms/forms.ts';
import { crossingReferences, type NamingWorld, type Reference, tornOnes } from './references.ts';

type DesignWorld = Pick<NamingWorld, 'credentials' | 'extensions' | 'belongings'>;

/** @throws StoreError */
export async function tornTypeErrors(world: DesignWorld, wanted: CredentialType): Promise<readonly FieldError[]> {
  const former = (await world.credentials.types()).filter(({ id }) => id === wanted.id);
  const of = (types: readonly CredentialType[]) => tornIn(world, { types, configurations: [] });
  return errorsOf(withoutKnown(await of([wanted]), await of(former)));
}

/** @throws StoreError */
export async function tornConfigurationErrors(
  world: DesignWorld,
  wanted: CredentialConfiguration,
): Promise<readonly FieldError[]> {
  const [types, all] = await Promise.all([world.credentials.types(), world.credentials.configurations()]);
  const former = all.filter(({ id }) => id === wanted.id);
  const of = async (configurations: readonly CredentialConfiguration[]) =>
    (await tornIn(world, { types, configurations })).filter(({ from }) => from.key === null);
  return errorsOf(withoutKnown(await of([wanted]), await of(former)));
}

/** Those that were not there before. */
function withoutKnown(torn: readonly Reference[], before: readonly Reference[]): readonly Reference[] {
  const known = new Set(before.map(keyOf));
  return torn.filter((one) => !known.has(keyOf(one)));
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

/** What a configuration names, by itself and by its type, that others do not see. @throws StoreError */
export async function configurationCrossings(
  world: DesignWorld,
  configuration: CredentialConfiguration,
): Promise<readonly Reference[]> {
  const [types, assets] = await Promise.all([world.credentials.types(), world.credentials.assets()]);
  const crossing = await crossingReferences(designWorld(world, { types, configurations: [configuration], assets }));
  return crossing.filter(({ from }) => from.key === null);
}

function keyOf({ from, to }: Reference): string {
  return JSON.stringify([from.key ?? from.name, to.key ?? to.name]);
}

/** As if these were all there are. */
async function tornIn(
  world: DesignWorld,
  only: Pick<Designs, 'types' | 'configurations'>,
): Promise<readonly Reference[]> {
  return tornOnes(await crossingReferences(designWorld(world, { ...only, assets: await world.credentials.assets() })));
}

interface Designs {
  readonly types: readonly CredentialType[];
  readonly configurations: readonly CredentialConfiguration[];
  readonly assets: readonly Pick<Asset, 'slug'>[];
}

function designWorld({ extensions, belongings }: Omit<DesignWorld, 'credentials'>, designs: Designs): NamingWorld {
  return {
    ...{ extensions, belongings },
    badges: { list: async () => [] },
    badgeUpstreams: () => new Map(),
    providerStore: { accounts: async () => [], templatesById: async () => [] },
    credentials: designsThere(designs),
  };
}

export function designsThere({ types, configurations, assets }: Designs): NamingWorld['credentials'] {
  return { types: async () => types, configurations: async () => configurations, assets: async () => assets };
}

/** What would lead from one organisation to another with these designs, and does not now. @throws StoreError */
export async function newlyTornDesigns(world: DesignWorld, designs: Designs): Promise<readonly Reference[]> {
  const { credentials } = world;
  const [types, configurations, assets] = await Promise.all([
    credentials.types(),
    credentials.configurations(),
    credentials.assets(),
  ]);
  return newlyTorn(designWorld(world, { types, configurations, assets }), designWorld(world, designs));
}

/** What leads from one organisation to another then, and does not now. @throws StoreError */
export async function newlyTorn(now: NamingWorld, then: NamingWorld): Promise<readonly Reference[]> {
  const torn = tornOnes(await crossingReferences(then));
  return torn.length === 0 ? [] : withoutKnown(torn, tornOnes(await crossingReferences(now)));
}

function errorsOf(torn: readonly Reference[]): readonly FieldError[] {
  return torn.slice(0, 1).map((one) => ({ field: 'options', message: tornWords(one) }));
}
