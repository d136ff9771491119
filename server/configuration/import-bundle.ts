/** Brings a bundle into force. Every step can be repeated: who is interrupted imports the same file again, and what is
 *  there already is left alone. */

import { randomUUID } from 'node:crypto';
import { ConflictError, invariant } from '../../plugin/errors.ts';
import { belongingKey, type Thing } from '../../plugin/ports/belongings.ts';
import { OPEN_BADGES, OWN_ACCOUNT } from '../../providers/index.ts';
import { ownAccount, templateOf } from '../http/providers/open-badge-form.ts';
import { saveImage } from '../http/providers/open-badge-images.ts';
import type { Services } from '../http/services.ts';
import { type Bundle, bytesOf } from './bundle.ts';
import { applyCredentialsSetup } from './credentials-setup.ts';
import { type BundlePlan, planBundle, type Section } from './plan-bundle.ts';

export interface ImportOptions {
  /** Of the plan that somebody agreed to; null: whatever the plan is now. */
  readonly plan: string | null;
  readonly actor: string;
}

/** @returns what was done @throws InputError `input.bundle`, `input.setup` before anything is changed;
 *  ConflictError `conflict.plan-stale`; StoreError */
export async function importBundle(
  bundle: Bundle,
  { plan: agreed, actor }: ImportOptions,
  services: Services,
): Promise<BundlePlan> {
  const plan = await planBundle(bundle, services);
  if (agreed !== null && agreed !== plan.hash)
    throw new ConflictError(
      'plan-stale',
      'the configuration has changed since the plan was made, or it is another file; look at the plan again',
    );
  const changed = (section: Section, id: string): boolean =>
    plan.changes.some(
      (one) => one.section === section && one.id === id && (one.change === 'create' || one.change === 'change'),
    );

  const setUp = setupOf(bundle, changed);
  await applyCredentialsSetup(setUp, { ...partsOf(services), dryRun: true });
  const pictures = [bundle.issuer, ...bundle.openBadgeTemplates].flatMap((one) => one?.image ?? []);
  for (const name of pictures) await saveImage(bytesOf(bundle, name.replace('.png', '')), services.files);
  // Before there is what belongs to somebody, so that it is never anybody else's.
  await importBelongings(bundle, changed, services, ({ kind }) => kind !== 'provider-account');
  await importIssuer(bundle, services);
  await importTemplates(bundle, changed, services);
  await importAccounts(bundle, changed, services);
  await importBelongings(bundle, changed, services, ({ kind }) => kind === 'provider-account');
  await applyCredentialsSetup(setUp, partsOf(services));
  const rules = await services.applyRules(
    bundle.badges.map(({ file, rules: text }) => ({ name: file, text })),
    { plan: null, prune: false, exported: true, actor, reason: 'Import of a configuration' },
  );
  invariant(rules.outcome === 'applied', 'rules that were just planned can be applied');
  return plan;
}

function partsOf({ credentials, files, extensions, clock }: Services) {
  return { store: credentials, files, registry: extensions, now: clock.now() };
}

async function importIssuer({ issuer }: Bundle, { issuerStore, clock }: Services): Promise<void> {
  if (issuer === null) return;
  const former = await issuerStore.profile();
  const isSame = former && (['name', 'url', 'email', 'image'] as const).every((name) => former[name] === issuer[name]);
  if (isSame) return;
  const saved = await issuerStore.saveProfile({ ...issuer, version: former?.version ?? 0, updatedAt: clock.now() });
  if (!saved) throw savedMeanwhile('the issuer');
}

async function importTemplates(
  { openBadgeTemplates }: Bundle,
  changed: (section: Section, id: string) => boolean,
  { providerStore, openBadges, settings, clock }: Services,
): Promise<void> {
  const { addresses } = openBadges.issuer;
  const addressOf = {
    image: addresses.image,
    page: (id: string) => `${settings.publicUrl}/open-badge-templates/${encodeURIComponent(id)}`,
  };
  if (openBadgeTemplates.length > 0) await providerStore.saveAccount(ownAccount(clock.now()));
  for (const { image, ...entry } of openBadgeTemplates) {
    if (!changed('template', entry.id)) continue;
    const former = await providerStore.template(OPEN_BADGES, OWN_ACCOUNT, entry.id);
    const version = former?.version ?? 0;
    if (!(await providerStore.saveTemplate(templateOf(entry, { former, image, version, now: clock.now(), addressOf }))))
      throw savedMeanwhile(`the template "${entry.id}"`);
  }
}

async function importAccounts(
  { accounts }: Bundle,
  changed: (section: Section, id: string) => boolean,
  { providerStore, clock }: Services,
): Promise<void> {
  const stored = await providerStore.accounts();
  for (const account of accounts) {
    if (!changed('account', `${account.provider}/${account.slug}`)) continue;
    const now = clock.now();
    const former = stored.find(({ provider, slug }) => provider === account.provider && slug === account.slug) ?? {
      ...{ id: randomUUID(), sealedSecret: null, secretExpiresAt: null, origin: 'page' as const },
      ...{ lastCheck: null, lastSync: null, version: 0, createdAt: now },
    };
    if (
      !(await providerStore.saveAccount({
        ...former,
        ...account,
        providerName: account.providerName ?? null,
        updatedAt: now,
      }))
    )
      throw savedMeanwhile(`the account ${account.provider}/${account.slug}`);
  }
}

async function importBelongings(
  bundle: Bundle,
  changed: (section: Section, id: string) => boolean,
  { belongings, providerStore }: Services,
  isNow: (thing: Thing) => boolean,
): Promise<void> {
  const wanted = (bundle.belongings ?? []).filter((one) => isNow(one) && changed('belonging', belongingKey(one)));
  if (wanted.length === 0) return;
  const [stored, accounts] = await Promise.all([belongings.all(), providerStore.accounts()]);
  for (const { organisation, ...named } of wanted) {
    const account = accounts.find(({ provider, slug }) => `${provider}/${slug}` === named.id);
    if (named.kind === 'provider-account' && account === undefined) continue;
    const thing = { kind: named.kind, id: named.kind === 'provider-account' ? (account?.id ?? '') : named.id };
    const former = stored.find((one) => belongingKey(one) === belongingKey(thing))?.organisation ?? null;
    if (!(await belongings.assign(thing, organisation, former)))
      throw savedMeanwhile(`whom ${belongingKey(named)} belongs to`);
  }
}

function savedMeanwhile(what: string): ConflictError {
  return new ConflictError('stale', `somebody has saved ${what} at the same time; import the file again`);
}

/** What is new or different, as a setup of credentials. */
function setupOf(bundle: Bundle, changed: (section: Section, id: string) => boolean) {
  const value = {
    assets: bundle.assets
      .filter(({ slug }) => changed('asset', slug))
      .map(({ slug, kind, description, sha256, fileName }) => ({
        ...{ slug, kind, description },
        file: `${sha256}/${fileName}`,
      })),
    types: bundle.types.filter(({ id }) => changed('type', id)),
    configurations: bundle.configurations
      .filter(({ id }) => changed('configuration', id))
      .map(({ schedule, ...configuration }) => (schedule === null ? configuration : { ...configuration, schedule })),
  };
  return {
    name: 'the configuration',
    text: JSON.stringify(value),
    read: async (file: string) => bytesOf(bundle, file.split('/')[0] as string),
  };
}
