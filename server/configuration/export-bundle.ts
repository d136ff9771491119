/** The configuration that is in force, as a bundle. What is written is named here, one by one: a secret cannot slip in. */

import { compareCodePoints } from '../../dsl/index.ts';
import { assetKey } from '../../plugin/credentials/assets.ts';
import { NotFoundError } from '../../plugin/errors.ts';
import { type Belonging, belongingKey } from '../../plugin/ports/belongings.ts';
import type { Schedule } from '../../plugin/ports/credential-store.ts';
import type { BadgeTemplate, ProviderAccount } from '../../plugin/ports/provider-store.ts';
import { OPEN_BADGES, OWN_ACCOUNT, openBadgeDetails } from '../../providers/index.ts';
import { entryOf } from '../http/providers/open-badge-form.ts';
import { imageKey } from '../http/providers/open-badge-images.ts';
import type { Services } from '../http/services.ts';
import { BUNDLE_VERSION, type Bundle } from './bundle.ts';

type Parts = Pick<Services, 'exportRules' | 'issuerStore' | 'providerStore' | 'credentials' | 'files' | 'belongings'>;

/** @throws NotFoundError where a file of the configuration is gone; StoreError */
export async function exportBundle(services: Parts): Promise<Bundle> {
  const { exportRules, issuerStore, providerStore, credentials, belongings } = services;
  const [rules, profile, templates, accounts, assets, types, configurations, schedules, owned] = await Promise.all([
    exportRules(),
    issuerStore.profile(),
    ownTemplates(providerStore),
    providerStore.accounts(),
    credentials.assets(),
    credentials.types(),
    credentials.configurations(),
    credentials.schedules(),
    belongings.all(),
  ]);
  const scheduleOf = new Map(schedules.map((schedule) => [schedule.configurationId, schedule]));
  const bundle: Omit<Bundle, 'files'> = {
    laurel: BUNDLE_VERSION,
    badges: rules.files.map(({ name, text }) => ({ file: name, rules: text })),
    issuer: profile && { name: profile.name, url: profile.url, email: profile.email, image: profile.image },
    openBadgeTemplates: byId(templates.map(toTemplate), ({ id }) => id),
    accounts: byId(
      accounts
        // Those of the settings come from the settings again, and Laurel itself is no account to enter.
        .filter(({ origin, id }) => origin === 'page' && id !== OWN_ACCOUNT)
        .map(({ provider, slug, name, providerName, host, externalId, enabled }) => ({
          ...{ provider, slug, name, host, externalId, enabled },
          ...(providerName !== null && { providerName }),
        })),
      ({ provider, slug }) => `${provider}/${slug}`,
    ),
    assets: byId(
      assets.map(({ slug, kind, description, fileName, sha256 }) => ({ slug, kind, description, fileName, sha256 })),
      ({ slug }) => slug,
    ),
    types: byId(
      types.map(({ id, name, retrievalFunction, generationFunction, options }) => ({
        ...{ id, name, retrievalFunction, generationFunction, options },
      })),
      ({ id }) => id,
    ),
    configurations: byId(
      configurations.map(({ id, credentialTypeId: type, contextKey, options }) => ({
        ...{ id, type, contextKey, options, schedule: toSchedule(scheduleOf.get(id)) },
      })),
      ({ id }) => id,
    ),
  };
  const belong = owned.flatMap((one) => toBelonging(one, accounts));
  return {
    ...bundle,
    ...(belong.length > 0 && { belongings: byId(belong, belongingKey) }),
    files: await filesOf(bundle, services),
  };
}

/** Ids of accounts are of one installation: elsewhere they are told by their names. */
function toBelonging(belonging: Belonging, accounts: readonly ProviderAccount[]): readonly Belonging[] {
  if (belonging.kind !== 'provider-account') return [belonging];
  const account = accounts.find(({ id }) => id === belonging.id);
  return account ? [{ ...belonging, id: `${account.provider}/${account.slug}` }] : [];
}

async function ownTemplates(store: Parts['providerStore']): Promise<readonly BadgeTemplate[]> {
  const all: BadgeTemplate[] = [];
  for (let after: string | undefined; ; ) {
    const page = await store.templates({ provider: OPEN_BADGES, accountId: OWN_ACCOUNT, after, limit: 200 });
    all.push(...page.items);
    if (page.next === null) return all;
    after = page.next;
  }
}

function toTemplate(template: BadgeTemplate): Bundle['openBadgeTemplates'][number] {
  return { ...entryOf(template), image: openBadgeDetails(template).image };
}

function toSchedule(schedule: Schedule | undefined): Bundle['configurations'][number]['schedule'] {
  if (!schedule) return null;
  const { enabled, rule, oneOff, startAt, expiresAt, overlap, catchUp, deadlineMs } = schedule;
  return {
    ...{ enabled, oneOff, overlap, catchUp, deadlineMs },
    rule: rule.kind === 'clocked' ? { kind: rule.kind, at: rule.at.toISOString() } : rule,
    startAt: startAt?.toISOString() ?? null,
    expiresAt: expiresAt?.toISOString() ?? null,
  };
}

async function filesOf(
  { issuer, openBadgeTemplates, assets }: Omit<Bundle, 'files'>,
  { files }: Parts,
): Promise<Bundle['files']> {
  const wanted = new Map<string, string>();
  for (const asset of assets) wanted.set(asset.sha256, assetKey(asset));
  for (const image of [issuer?.image, ...openBadgeTemplates.map((one) => one.image)]) {
    const key = image && imageKey(image);
    if (key) wanted.set(image.replace('.png', ''), key);
  }
  const found: Record<string, string> = {};
  for (const [sha256, key] of [...wanted].toSorted(([a], [b]) => compareCodePoints(a, b))) {
    const file = await files.get(key);
    if (!file)
      throw new NotFoundError('file', `the file ${key} of the configuration is gone; bring it again, then export`);
    found[sha256] = Buffer.from(file.bytes).toString('base64');
  }
  return found;
}

function byId<Item>(items: readonly Item[], idOf: (item: Item) => string): Item[] {
  return items.toSorted((a, b) => compareCodePoints(idOf(a), idOf(b)));
}
