import { expect } from 'chai';
import { templateWarnings } from '../../../plugin/badges/template-warnings.ts';
import type { ProviderCapabilities } from '../../../plugin/ports/badge-provider.ts';
import { MemoryProviderStore } from '../../../plugin/ports/memory-provider-store.ts';
import { storedTemplate } from '../../support/credly-world.ts';
import { anAccount } from '../../support/provider-accounts.ts';

const capabilities: ProviderCapabilities = {
  ...{ synchronises: true, createsTemplates: false, revocation: 'revoke', findsIssued: true, listsIssued: true },
  ...{ webhooks: false, accounts: null },
};
const needsAccount = {
  ...{ noun: 'organization', hosts: [], externalId: null, secret: { label: 'Key', help: '' }, rotates: false },
};
const providers = new Map(
  [
    { name: 'credly', title: 'Credly', capabilities: { ...capabilities, accounts: needsAccount } },
    { name: 'accredible', title: 'Accredible', capabilities: { ...capabilities, accounts: needsAccount } },
    { name: 'openbadges', title: 'Open Badges', capabilities: { ...capabilities, createsTemplates: true } },
    { name: 'memory', title: 'Memory', capabilities },
  ].map((one) => [one.name, one]),
);

const badge = (id: string, template: string) =>
  `badge "${id}" {\n  template ${template}\n\n  requirement r { on org.x }\n}\n`;

describe('a plan and the templates that its files name', () => {
  let store: MemoryProviderStore;
  beforeEach(async () => {
    store = new MemoryProviderStore();
    for (const slug of ['a', 'b']) await store.saveAccount(anAccount(slug));
    await store.saveAccount(anAccount('off', { enabled: false }));
  });

  const template = (accountId: string, templateId: string, state: 'active' | 'draft' | 'archived' | 'retired') =>
    store.saveTemplate(
      storedTemplate({ accountId, templateId, state, name: `"${templateId}"`, syncedAt: new Date(0) }),
    );

  const said = async (...texts: readonly string[]) => {
    const files = texts.map((text, at) => ({ name: `${at}.rules`, text }));
    const warnings = await templateWarnings(files, { providers, store });
    return warnings.map(({ file, line, column, code, message, hint }) => [
      `${file}:${line}:${column}`,
      `${code}: ${message}; ${hint}`,
    ]);
  };

  it('has nothing to say of what can be issued, of other providers, and of badges without a template', async () => {
    await template('id-a', 't1', 'active');
    await template('id-b', 't1', 'archived');
    const none = 'badge "none" {\n  requirement r { on org.x }\n}\n';
    expect(
      await said(badge('one', 'credly "t1"'), badge('two', 'credly "a/t1"'), badge('three', 'memory "t9"'), none),
    ).to.deep.equal([]);
  });

  it('names the place and what to do where a template is not known here', async () => {
    const two = `# both\n${badge('one', 'credly "t9"')}\n${badge('two', 'openbadges "welcome"')}`;
    expect(await said(two, badge('three', 'accredible "12"'))).to.deep.equal([
      [
        '0.rules:3:19',
        'book.template-unknown: badge "one" could not be issued: no account at Credly has the template "t9" here; ' +
          'synchronise its account (laurel templates sync), or correct the rule',
      ],
      [
        '0.rules:9:23',
        'book.template-unknown: badge "two" could not be issued: Open Badges has no template "welcome" here; ' +
          'make it on the pages, Templates, or correct the rule',
      ],
      [
        '1.rules:2:23',
        'book.template-unknown: badge "three" could not be issued: there is no account at Accredible here; ' +
          'connect one on the pages, Providers, and synchronise its templates',
      ],
    ]);
  });

  it('says why a template that is known could not be issued by', async () => {
    await template('id-a', 'gone', 'retired');
    await template('id-a', 'draft', 'draft');
    await template('id-a', 'old', 'archived');
    await template('id-off', 'off', 'active');
    await template('id-off', 'both', 'active');
    await template('id-b', 'both', 'archived');
    for (const id of ['id-a', 'id-b']) await template(id, 'twice', 'active');
    const own = {
      provider: 'openbadges',
      accountId: 'id-own',
      templateId: 'own',
      name: 'Own',
      state: 'draft',
    } as const;
    await store.saveAccount(anAccount('own', { provider: 'openbadges' }));
    await store.saveTemplate(storedTemplate(own));
    const texts = ['gone', 'draft', 'old', 'off', 'both', 'twice'].map((id) => badge(id, `credly "${id}"`));
    const answers = (await said(...texts, badge('own', 'openbadges "own"'))).map(([, text]) => text);
    expect(answers).to.deep.equal(
      [
        'badge "gone" could not be issued: Credly does not list its template ""gone"" any more; ' +
          'where it is listed again, synchronise the account (laurel templates sync --account a); else name another template',
        'badge "draft" could not be issued: its template ""draft"" is a draft at Credly; ' +
          'make it active there and synchronise the account (laurel templates sync --account a), or name another template',
        'badge "old" could not be issued: its template ""old"" is archived at Credly; ' +
          'make it active there and synchronise the account (laurel templates sync --account a), or name another template',
        'badge "off" could not be issued: the account "OFF" of its template is disabled; ' +
          'enable it on the pages, Providers, or name another template',
        'badge "both" could not be issued: its template ""both"" is archived at Credly; ' +
          'make it active there and synchronise the account (laurel templates sync --account b), or name another template',
        'badge "twice" could not be issued: several accounts at Credly have the template "twice"; ' +
          'write "a/twice" or "b/twice"',
        'badge "own" could not be issued: its template "Own" is a draft at Open Badges; ' +
          'make it active on its page, or name another template',
      ].map((text) => `book.template-unusable: ${text}`),
    );
  });

  it('asks for each template once, and finds the places of thousands in one file', async () => {
    let asked = 0;
    const counting = {
      accounts: () => store.accounts(),
      templatesById: async () => {
        asked += 1;
        return [];
      },
    };
    const text = Array.from({ length: 3_000 }, (_, at) => badge(`b${at}`, `credly "t${at % 200}"`)).join('\n');
    const warnings = await templateWarnings([{ name: 'a.rules', text }], { providers, store: counting });
    expect([warnings.length, asked]).to.deep.equal([3_000, 200]);
    expect(warnings.at(-1)).to.include({ line: 2_999 * 6 + 2, column: 19 });
  });
});
