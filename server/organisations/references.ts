/** What names what: so that nothing is given to an organisation that would then name what it does not see, or be named by what
 *  others see, and so that nobody makes a name that leads from one organisation to another. */

import { assetUse } from '../../plugin/credentials/asset-use.ts';
import { ConflictError } from '../../plugin/errors.ts';
import { isTorn, mayRefer, type Owner, organisationOfContext } from '../../plugin/organisations/standing.ts';
import type { FindTorn, NewNames, TornName } from '../../plugin/organisations/torn-names.ts';
import type { BadgeDefinition } from '../../plugin/ports/badge-store.ts';
import { type BelongingStore, belongingKey, type Thing } from '../../plugin/ports/belongings.ts';
import type { Asset, CredentialConfiguration, CredentialType } from '../../plugin/ports/credential-store.ts';
import type { ProviderAccount, ProviderStore } from '../../plugin/ports/provider-store.ts';
import { holdersOf } from '../../plugin/providers/template-holders.ts';
import { readTemplateText } from '../../plugin/providers/template-text.ts';
import { templateClause } from '../../plugin/providers/template-use.ts';
import { words } from '../../plugin/words.ts';
import { OPEN_BADGES } from '../../providers/index.ts';
import type { Services } from '../http/services.ts';

/** What names something, or is named: by what it is found, and whose it is. */
export interface End {
  /** As `belongingKey`; null: its owner is given by its course. */
  readonly key: string | null;
  readonly name: string;
  readonly owner: Owner;
}

export interface Reference {
  readonly from: End;
  readonly to: End;
}

/** What documents are made by. */
export interface Designs {
  readonly types: readonly CredentialType[];
  readonly configurations: readonly CredentialConfiguration[];
  readonly assets: readonly Pick<Asset, 'slug'>[];
}

/** What is stored, as far as names go; a configuration that is not in force yet can be looked at as such a one. */
export interface NamingWorld extends Pick<Services, 'badgeUpstreams' | 'extensions'> {
  readonly badges: { list(): Promise<readonly Pick<BadgeDefinition, 'id' | 'template'>[]> };
  readonly credentials: { readonly [Kind in keyof Designs]: () => Promise<Designs[Kind]> };
  readonly providerStore: AccountsAndTemplates;
  readonly belongings: Pick<BelongingStore, 'all'>;
}

type AccountsAndTemplates = Pick<ProviderStore, 'accounts' | 'templatesById'>;

/** @throws ConflictError `conflict.organisation-reference` */
export async function assertMayBelong(world: NamingWorld, thing: Thing, owner: Owner): Promise<void> {
  const key = belongingKey(thing);
  for (const { from, to } of await referencesAbout(world, thing)) {
    if (from.key !== key && to.key !== key) continue;
    const [whose, others] = [from.key === key ? owner : from.owner, to.key === key ? owner : to.owner];
    if (mayRefer(whose, others)) continue;
    throw new ConflictError(
      'organisation-reference',
      words('{from} names {to}: that must belong to the same organisation, or be shared by all', {
        from: from.name,
        to: to.name,
      }),
    );
  }
}

/** As `crossingOnes`.
 *  @param thing only what it names itself; left out: all there are */
export async function crossingReferences(world: NamingWorld, thing?: Thing): Promise<readonly Reference[]> {
  // As long as nothing belongs to anybody nothing need be looked at.
  if ((await world.belongings.all()).length === 0) return [];
  const all = thing ? await referencesAbout(world, thing) : await allReferences(world);
  return crossingOnes(thing ? all.filter(({ from }) => from.key === belongingKey(thing)) : all);
}

/** What designs name, as if these were all there are. @throws StoreError */
export async function designReferences(
  { extensions, belongings }: Pick<NamingWorld, 'extensions' | 'belongings'>,
  designs: Designs,
): Promise<readonly Reference[]> {
  return referencesIn(designs, extensions, await endsOf({ belongings }));
}

export async function readDesigns({ credentials }: Pick<NamingWorld, 'credentials'>): Promise<Designs> {
  const [types, configurations, assets] = await Promise.all([
    credentials.types(),
    credentials.configurations(),
    credentials.assets(),
  ]);
  return { types, configurations, assets };
}

/** Names that lead to what not everybody sees who sees what names it. */
export function crossingOnes(references: readonly Reference[]): readonly Reference[] {
  return references.filter(({ from, to }) => !mayRefer(from.owner, to.owner));
}

/** Names that lead from one organisation to another. */
export function tornOnes(references: readonly Reference[]): readonly Reference[] {
  return references.filter(({ from, to }) => isTorn(from.owner, to.owner));
}

/** At least those of the thing: of many that are given away, each asks. */
async function referencesAbout(world: NamingWorld, thing: Thing): Promise<readonly Reference[]> {
  const end = await endsOf(world);
  const isOfCredentials = thing.kind === 'credential-type' || thing.kind === 'asset';
  return isOfCredentials ? credentialReferences(world, end) : badgeReferences(world, thing, end);
}

async function allReferences(world: NamingWorld): Promise<readonly Reference[]> {
  const end = await endsOf(world);
  return [...(await badgeReferences(world, null, end)), ...(await credentialReferences(world, end))];
}

type ToEnd = (thing: Thing, name: string) => End;

async function endsOf({ belongings }: Pick<NamingWorld, 'belongings'>): Promise<ToEnd> {
  const owners = new Map((await belongings.all()).map((one) => [belongingKey(one), one.organisation]));
  return (one, name) => {
    const key = belongingKey(one);
    return { key, name, owner: owners.get(key) ?? null };
  };
}

async function badgeReferences(
  { badges, badgeUpstreams, providerStore }: Pick<NamingWorld, 'badges' | 'badgeUpstreams' | 'providerStore'>,
  thing: Thing | null,
  end: ToEnd,
): Promise<readonly Reference[]> {
  const [definitions, accounts] = await Promise.all([badges.list(), providerStore.accounts()]);
  const upstreams = badgeUpstreams();
  const waitsFor = (id: string): readonly string[] => upstreams.get(id) ?? [];
  const concerned = definitions.filter(
    ({ id }) => thing?.kind !== 'badge' || id === thing.id || waitsFor(id).includes(thing.id),
  );
  const found = concerned.map(async (definition): Promise<readonly Reference[]> => {
    const from = end({ kind: 'badge', id: definition.id }, definition.id);
    const waits = waitsFor(definition.id).map((id) => ({ from, to: end({ kind: 'badge', id }, id) }));
    const clause = templateClause(definition);
    const meant = clause === null ? [] : await meantBy(clause, accounts, providerStore, end);
    return [...waits, ...meant.map((to) => ({ from, to }))];
  });
  return (await Promise.all(found)).flat();
}

/** What goes with the template that a rule means. */
async function meantBy(
  clause: { readonly provider: string; readonly text: string },
  accounts: readonly ProviderAccount[],
  store: AccountsAndTemplates,
  end: ToEnd,
): Promise<readonly End[]> {
  const { provider } = clause;
  const own = accounts.filter((account) => account.provider === provider);
  const { account, templateId } = readTemplateText(clause.text, own);
  if (provider === OPEN_BADGES) return [end({ kind: 'open-badge-template', id: templateId }, templateId)];
  // Who names an account means no other that has the template too.
  const meant = account ? [account] : (await holdersOf(clause, own, store)).map((held) => held.account);
  return meant.map(({ id, name }) => end({ kind: 'provider-account', id }, name));
}

async function credentialReferences(world: NamingWorld, end: ToEnd): Promise<readonly Reference[]> {
  return referencesIn(await readDesigns(world), world.extensions, end);
}

function referencesIn(
  { types, configurations, assets }: Designs,
  extensions: NamingWorld['extensions'],
  end: ToEnd,
): readonly Reference[] {
  const typeEnd = (id: string): End =>
    end({ kind: 'credential-type', id }, types.find((type) => type.id === id)?.name ?? id);
  const contextEnd = (contextKey: string): End => ({
    key: null,
    name: contextKey,
    owner: organisationOfContext(contextKey),
  });
  return [
    ...configurations.map(({ contextKey, credentialTypeId }) => ({
      from: contextEnd(contextKey),
      to: typeEnd(credentialTypeId),
    })),
    ...assets.flatMap(({ slug }) => {
      const to = end({ kind: 'asset', id: slug }, slug);
      const uses = assetUse(slug, extensions, { types, configurations });
      return [
        ...uses.types.map(({ id }) => ({ from: typeEnd(id), to })),
        ...uses.configurations.map(({ contextKey }) => ({ from: contextEnd(contextKey), to })),
      ];
    }),
  ];
}

/** For the rules: asks anew each time whose everything is. */
export function createFindTorn({
  belongings,
  providerStore,
}: Pick<NamingWorld, 'belongings' | 'providerStore'>): FindTorn {
  return async (names) => {
    const end = await endsOf({ belongings });
    const accounts = names.some(({ template }) => template !== null) ? await providerStore.accounts() : [];
    const found = names.map(async (one): Promise<readonly TornName[]> => {
      const organisation = end({ kind: 'badge', id: one.id }, one.id).owner;
      if (organisation === null) return [];
      return (await namedBy(one, accounts, providerStore, end)).flatMap(({ ends, ...name }) => {
        // Of several accounts that have the template, one that is another's is enough.
        const other = ends.find(({ owner }) => isTorn(organisation, owner))?.owner ?? null;
        return other === null ? [] : [{ badge: one.id, ...name, organisation, other }];
      });
    });
    return (await Promise.all(found)).flat();
  };
}

async function namedBy(
  { template, upstreams }: NewNames,
  accounts: readonly ProviderAccount[],
  store: AccountsAndTemplates,
  end: ToEnd,
) {
  const waits = upstreams.map((id) => ({ names: 'badge', text: id, ends: [end({ kind: 'badge', id }, id)] }) as const);
  if (template === null) return waits;
  const { text } = template;
  return [{ names: 'template', text, ends: await meantBy(template, accounts, store, end) } as const, ...waits];
}
