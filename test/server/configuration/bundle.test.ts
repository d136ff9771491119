import { expect } from 'chai';
import { fileNameOf } from '../../../plugin/badges/export-rules.ts';
import { saveAsset } from '../../../plugin/credentials/assets.ts';
import { ConflictError, InputError } from '../../../plugin/errors.ts';
import { bundleText, readBundle } from '../../../server/configuration/bundle.ts';
import { exportBundle } from '../../../server/configuration/export-bundle.ts';
import { importBundle } from '../../../server/configuration/import-bundle.ts';
import { countsOf, planBundle } from '../../../server/configuration/plan-bundle.ts';
import { saveImage } from '../../../server/http/providers/open-badge-images.ts';
import { storeOldBadge } from '../../support/old-badge.ts';
import { png } from '../../support/png.ts';
import { anAccount } from '../../support/provider-accounts.ts';
import { seed } from '../../support/seed.ts';
import { makeSite, type Site } from '../../support/web.ts';

const NOW = new Date('2026-06-01T09:00:00Z');

async function filled(): Promise<Site> {
  const site = makeSite();
  await seed(site);
  const { providerStore, credentials, files, issuerStore } = site.services;
  await providerStore.saveAccount(
    anAccount('university', { provider: 'hall', providerName: 'As the provider calls it' }),
  );
  await providerStore.saveAccount(anAccount('settings', { provider: 'hall', origin: 'environment' }));
  await saveAsset(
    { slug: 'seal', kind: 'image', description: 'Seal', fileName: 'seal.png', bytes: png(4, 4) },
    { store: credentials, files, generations: [], now: NOW },
  );
  const former = await issuerStore.profile();
  await issuerStore.saveProfile({
    ...{
      name: 'Example University',
      url: 'https://example.org',
      email: null,
      image: await saveImage(png(4, 4), files),
    },
    ...{ version: former?.version ?? 0, updatedAt: NOW },
  });
  return site;
}

async function textOf(site: Site): Promise<string> {
  return bundleText(await exportBundle(site.services));
}

async function refusal(work: Promise<unknown>): Promise<Error> {
  return work.then(
    () => {
      throw new Error('was not refused');
    },
    (error: Error) => error,
  );
}

const oldBadge = (id: string) => `badge "${id}" {
  requirement only in group A {
    on org.openedx.learning.course.passing.status.updated.v1
  }
}
`;

describe('a bundle of the configuration', () => {
  let full: Site;
  let text: string;
  before(async () => {
    full = await filled();
    text = await textOf(full);
  });

  const fresh = () => readBundle(text, 'laurel.json');
  const agree = { plan: null, actor: 'ada' };

  it('is refused where it would name what is of another organisation, and brings what is torn here already', async () => {
    const { belongings } = full.services;
    const there = makeSite();
    const types = fresh().types;
    const organisation = 'Lab';
    const torn = {
      ...fresh(),
      belongings: [{ kind: 'credential-type', id: types[0]?.id ?? '', organisation }],
    } as const;
    const context = fresh().configurations.find(({ type }) => type === types[0]?.id)?.contextKey ?? '';
    const sentence = `${context} belongs to ${context.slice(10).split('+')[0]}, and ${types[0]?.name}, which it names, to Lab; choose what is of the same organisation or shared by all`;
    const { message } = await refusal(
      importBundle({ ...torn, belongings: [...torn.belongings] }, agree, there.services),
    );
    expect(message).to.include(sentence);
    expect(await there.services.credentials.types()).to.deep.equal([]);
    expect(await there.services.belongings.all()).to.deep.equal([]);
    await importBundle(fresh(), agree, there.services);
    await there.services.belongings.claim({ kind: 'credential-type', id: types[0]?.id ?? '', organisation });
    await importBundle({ ...torn, belongings: [...torn.belongings] }, agree, there.services);
    expect(await belongings.all()).to.deep.equal([]);
  });

  it('says what belongs to organisations, accounts by their names, and brings it elsewhere before the things themselves', async () => {
    const [here, there] = [await filled(), makeSite()];
    expect(JSON.parse(await textOf(here))).not.to.have.property('belongings');
    const account = (await here.services.providerStore.accounts()).find(({ slug }) => slug === 'university');
    const things = [
      { kind: 'provider-account', id: account?.id ?? '', organisation: 'Lab' },
      { kind: 'badge', id: 'demo-course', organisation: 'Acme' },
    ] as const;
    for (const one of things) await here.services.belongings.claim(one);
    const text = await textOf(here);
    expect(JSON.parse(text).belongings).to.deep.equal([
      { kind: 'badge', id: 'demo-course', organisation: 'Acme' },
      { kind: 'provider-account', id: 'hall/university', organisation: 'Lab' },
    ]);
    const bundle = readBundle(text, 'the file');
    await importBundle(bundle, { plan: null, actor: 'Ada' }, there.services);
    expect(await textOf(there)).to.equal(text);
    expect(countsOf(await planBundle(bundle, there.services))).to.include({ create: 0, change: 0 });
    const wrong = text.replace('"Lab"', '"L+ab"');
    expect(() => readBundle(wrong, 'the file')).to.throw('belongings.1.organisation: must be the short name');
  });

  it('is the same bytes after an import into an empty installation, and again after a second import', async () => {
    const empty = makeSite();
    const plan = await importBundle(fresh(), agree, empty.services);
    expect(countsOf(plan)).to.deep.include({ change: 0, same: 0, kept: 0 });
    expect(await textOf(empty)).to.equal(text);
    expect(countsOf(await importBundle(fresh(), agree, empty.services))).to.deep.include({
      create: 0,
      change: 0,
      kept: 0,
    });
    expect(await textOf(empty)).to.equal(text);
  });

  it('brings badges back under the ids they had before ids were asked about (A2.4)', async () => {
    const old = makeSite();
    const ids = ['Not An Id!', 'new', '..', 'x'.repeat(150), 'prüfung'];
    for (const id of ids) await storeOldBadge(old.services.badges, id, oldBadge(id));
    const exported = await textOf(old);
    const empty = makeSite();
    const plan = await importBundle(readBundle(exported, 'laurel.json'), agree, empty.services);
    expect(countsOf(plan)).to.include({ create: ids.length });
    expect(await textOf(empty)).to.equal(exported);
    expect((await empty.services.badges.list()).map(({ id }) => id)).to.have.members(ids);
  });

  it('takes no odd id from a file that no export has made, and nor do rule files', async () => {
    const bundle = JSON.parse(text);
    bundle.badges = [{ file: 'exam.rules', rules: oldBadge('Not An Id!') }];
    const site = makeSite();
    const error = await refusal(importBundle(readBundle(JSON.stringify(bundle), 'laurel.json'), agree, site.services));
    expect(error.message).to.contain('exam.rules:1:7: "Not An Id!" cannot be the id of a new badge');
    const files = [{ name: fileNameOf('Not An Id!'), text: oldBadge('Not An Id!') }];
    expect((await site.services.planRules(files, { prune: false })).ok).to.equal(false);
  });

  it('holds every part of a configuration, and neither secrets nor learners', async () => {
    const bundle = fresh();
    for (const part of ['badges', 'openBadgeTemplates', 'accounts', 'assets', 'types', 'configurations'] as const)
      expect(bundle[part], part).not.to.be.empty;
    expect(bundle.issuer?.name).to.equal('Example University');
    expect(bundle.configurations.some(({ schedule }) => schedule !== null)).to.equal(true);
    expect(bundle.accounts.map(({ slug }) => slug))
      .to.include('university')
      .and.not.to.include('settings');
    for (const secret of ['sealed', 'ada@example', 'Lovelace', 'passwordHash']) expect(text).not.to.include(secret);
  });

  it('is planned without changing anything: what is new, different, the same, and only here', async () => {
    const site = makeSite();
    await importBundle(fresh(), agree, site.services);
    const bundle = fresh();
    const [type] = bundle.types;
    if (type) type.name = 'Another name';
    bundle.openBadgeTemplates.push({ ...bundle.openBadgeTemplates[0]!, id: 'brand-new' });
    const removed = bundle.badges.shift();
    const before = await textOf(site);
    const plan = await planBundle(bundle, site.services);
    const not = plan.changes.filter(({ change }) => change !== 'same');
    expect(not).to.deep.equal([
      { section: 'badge', id: removed?.file.replace('.rules', ''), change: 'kept' },
      { section: 'template', id: 'brand-new', change: 'create' },
      { section: 'type', id: type?.id, change: 'change' },
    ]);
    expect(await textOf(site)).to.equal(before);
    await importBundle(bundle, { plan: plan.hash, actor: 'ada' }, site.services);
    expect((await site.services.badges.list()).map(({ id }) => id)).to.include('data-track');
    expect((await site.services.credentials.type(type?.id ?? ''))?.name).to.equal('Another name');
  });

  it('is refused when the configuration is another one than the plan was made for', async () => {
    const site = makeSite();
    const { hash } = await planBundle(fresh(), site.services);
    await importBundle(fresh(), agree, site.services);
    const error = await refusal(importBundle(fresh(), { plan: hash, actor: 'ada' }, site.services));
    expect(error).to.be.instanceOf(ConflictError);
    expect(error.message).to.equal(
      'the configuration has changed since the plan was made, or it is another file; look at the plan again',
    );
  });

  it('says whose secrets must be entered, and brings accounts without any', async () => {
    const site = makeSite();
    const plan = await importBundle(fresh(), agree, site.services);
    expect(plan.secretsMissing).to.include('hall/university');
    const [account] = (await site.services.providerStore.accounts('hall')).filter(({ slug }) => slug === 'university');
    expect(account).to.include({ sealedSecret: null, host: 'production' });
  });

  it('leaves the secret of an account where it is, and sends it to no other place', async () => {
    const site = await filled();
    const bundle = fresh();
    const account = bundle.accounts.find(({ slug }) => slug === 'university')!;
    account.name = 'Renamed';
    await importBundle(bundle, agree, site.services);
    const stored = (await site.services.providerStore.accounts('hall')).find(({ slug }) => slug === 'university');
    expect(stored).to.include({ name: 'Renamed', sealedSecret: 'sealed secret of university' });
    account.host = 'elsewhere';
    const error = await refusal(importBundle(bundle, agree, site.services));
    expect(error.message).to.equal(
      'the configuration cannot be used:\n  account hall/university: here it is at another place; remove it on the page of providers, then import again',
    );
  });

  it('changes nothing where any part of it is wrong', async () => {
    const site = makeSite();
    const wrongRules = fresh();
    wrongRules.badges[0]!.rules = wrongRules.badges[0]!.rules.replace('is_passing', 'is_pasing');
    const wrongOptions = fresh();
    wrongOptions.types[0]!.options = { nonsense: 1 };
    const before = await textOf(site);
    for (const bundle of [wrongRules, wrongOptions])
      expect(await refusal(importBundle(bundle, agree, site.services))).to.be.instanceOf(InputError);
    expect(await textOf(site)).to.equal(before);
  });

  it('names what cannot be read', () => {
    const wrong = (change: (bundle: ReturnType<typeof fresh>) => unknown): string => {
      const bundle = fresh();
      change(bundle);
      try {
        readBundle(JSON.stringify(bundle), 'x.json');
      } catch (error) {
        return (error as Error).message;
      }
      return 'nothing';
    };
    expect(() => readBundle('{', 'x.json')).to.throw('x.json is not JSON; "laurel config export" writes the form');
    expect(wrong((bundle) => Object.assign(bundle, { laurel: 2 }))).to.equal(
      'x.json has a form that this Laurel does not know; export it with a Laurel of the same release, or bring this one up to date',
    );
    expect(wrong((bundle) => Object.assign(bundle, { files: {} }))).to.match(
      /^x\.json cannot be used:\n {2}files: [0-9a-f]{64} is missing, or is not what its name says/,
    );
    expect(wrong((bundle) => bundle.types.push(bundle.types[0]!))).to.match(/types: ".*" is there twice; keep one$/);
    expect(wrong((bundle) => Object.assign(bundle, { more: 1 }))).to.include('(whole file): Unrecognized key');
  });
});
