/** What names what: so that nothing is given to an organisation that would then name what it does not see, or be named by what
 *  others see. */

import { assetUse } from '../../../plugin/credentials/asset-use.ts';
import { ConflictError } from '../../../plugin/errors.ts';
import { mayRefer, type Owner, organisationOfContext } from '../../../plugin/organisations/standing.ts';
import { belongingKey, type Thing } from '../../../plugin/ports/belongings.ts';
import { holdersOf } from '../../../plugin/providers/template-holders.ts';
import { readTemplateText } from '../../../plugin/providers/template-text.ts';
import { templateClause } from '../../../plugin/providers/template-use.ts';
import { words } from '../../../plugin/words.ts';
import { OPEN_BADGES } from '../../../providers/index.ts';
import type { Services } from '../services.ts';

/** What names something, or is named: by what it is found, and whose it is. */
interface End {
  /** As `belongingKey`; null: its owner is given by its course. */
  readonly key: string | null;
  readonly name: string;
  readonly owner: Owner;
}

interface Reference {
  readonly from: End;
  readonly to: End;
}

type References = Pick<
  Services,
  'badges' | 'badgeUpstreams' | 'credentials' | 'extensions' | 'providerStore' | 'belongings'
>;

/** @throws ConflictError `conflict.organisation-reference` */
export async function assertMayBelong(services: References, thing: Thing, owner: Owner): Promise<void> {
  const key = belongingKey(thing);
  for (const { from, to } of await referencesAbout(services, thing)) {
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

/** At least those of the thing: of many that are given away, each asks. */
async function referencesAbout(services: References, thing: Thing): Promise<readonly Reference[]> {
  const owners = new Map((await services.belongings.all()).map((one) => [belongingKey(one), one.organisation]));
  const end = (one: Thing, name: string): End => {
    const key = belongingKey(one);
    return { key, name, owner: owners.get(key) ?? null };
  };
  const isOfCredentials = thing.kind === 'credential-type' || thing.kind === 'asset';
  return isOfCredentials ? credentialReferences(services, end) : badgeReferences(services, thing, end);
}

type ToEnd = (thing: Thing, name: string) => End;

async function badgeReferences(
  { badges, badgeUpstreams, providerStore }: References,
  thing: Thing,
  end: ToEnd,
): Promise<readonly Reference[]> {
  const [definitions, accounts] = await Promise.all([badges.list(), providerStore.accounts()]);
  const upstreams = badgeUpstreams();
  const waitsFor = (id: string): readonly string[] => upstreams.get(id) ?? [];
  const concerned = definitions.filter(
    ({ id }) => thing.kind !== 'badge' || id === thing.id || waitsFor(id).includes(thing.id),
  );
  const found = concerned.map(async (definition): Promise<readonly Reference[]> => {
    const from = end({ kind: 'badge', id: definition.id }, definition.id);
    const waits = waitsFor(definition.id).map((id) => ({ from, to: end({ kind: 'badge', id }, id) }));
    const clause = templateClause(definition);
    if (clause === null) return waits;
    const { provider } = clause;
    const own = accounts.filter((account) => account.provider === provider);
    const { account, templateId } = readTemplateText(clause.text, own);
    if (provider === OPEN_BADGES)
      return [...waits, { from, to: end({ kind: 'open-badge-template', id: templateId }, templateId) }];
    // Who names an account means no other that has the template too.
    const meant = account ? [account] : (await holdersOf(clause, own, providerStore)).map((held) => held.account);
    return [...waits, ...meant.map(({ id, name }) => ({ from, to: end({ kind: 'provider-account', id }, name) }))];
  });
  return (await Promise.all(found)).flat();
}

async function credentialReferences(
  { credentials, extensions }: References,
  end: ToEnd,
): Promise<readonly Reference[]> {
  const [types, configurations, assets] = await Promise.all([
    credentials.types(),
    credentials.configurations(),
    credentials.assets(),
  ]);
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
