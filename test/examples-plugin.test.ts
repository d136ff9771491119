/** The example of a provider in a package of its own does what every provider promises, and can be plugged in. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { MemoryProviderStore } from '../plugin/ports/memory-provider-store.ts';
import { silentLogger, systemClock } from '../plugin/ports/runtime.ts';
import { createAccountDirectory } from '../plugin/providers/account-directory.ts';
import { createHttpClient } from '../providers/index.ts';
import { compose, type Laurel } from '../server/compose.ts';
import { readSettings } from '../server/config.ts';
import { projectPath } from '../server/paths.ts';
import { loadPlugins, pluginProviders } from '../server/plugins.ts';
import { badgeProviderContract } from './contracts/badge-provider.ts';
import { anAccount, aTemplate } from './contracts/provider-store.ts';
import { BOARD_TEMPLATE, type Board, startBoard } from './support/board.ts';
import { runLaurel } from './support/command.ts';
import { openSecretBox } from './support/secret-box.ts';
import { passingEvent } from './support/seed.ts';

const PACKAGE = projectPath('examples', 'plugin-provider');
const RULES = `badge "best" {
  template board "gold"
  active true
  requirement r { on org.openedx.learning.course.passing.status.updated.v1 where is_passing }
}`;

describe('examples/plugin-provider', () => {
  let board: Board;
  beforeEach(async () => {
    board = await startBoard();
    process.env.BOARD_URL = `${board.origin}/api`;
  });
  afterEach(async () => {
    delete process.env.BOARD_URL;
    await board.close();
  });

  badgeProviderContract('the package', async () => {
    const store = new MemoryProviderStore();
    const secrets = openSecretBox();
    const account = anAccount({ provider: 'board', slug: 'town', sealedSecret: secrets.seal('key-1', 'account:a1') });
    await store.saveAccount(account);
    await store.saveTemplate(aTemplate({ provider: 'board', templateId: BOARD_TEMPLATE }));
    const [provider] = pluginProviders(await loadPlugins([PACKAGE], { taken: [] }), {
      accounts: createAccountDirectory({ store, secrets, clock: systemClock, logger: silentLogger }),
      connect: (options) => createHttpClient(options, { internalHosts: ['127.0.0.1'], sleep: async () => {} }),
      publicUrl: () => 'http://127.0.0.1',
      clock: systemClock,
      logger: silentLogger,
    });
    if (provider === undefined) throw new Error('the package brings no provider');
    const { id, slug, name, host, externalId } = account;
    return {
      provider,
      countIssued: async () => board.badges.size,
      templateId: BOARD_TEMPLATE,
      account: { id, slug, name, host, externalId, secret: 'key-1' },
    };
  });

  describe('plugged in', function () {
    this.timeout(60_000);
    let dataDir: string;
    let env: Readonly<Record<string, string>>;
    beforeEach(() => {
      dataDir = mkdtempSync(join(tmpdir(), 'laurel-plugin-'));
      env = {
        LAUREL_PLUGINS: './examples/plugin-provider',
        LAUREL_DATA_DIR: dataDir,
        LAUREL_INTERNAL_HOSTS: new URL(board.origin).host,
        LAUREL_LOG_LEVEL: 'silent',
        PORT: '0',
      };
    });
    afterEach(() => rmSync(dataDir, { recursive: true }));

    async function withServer(work: (laurel: Laurel) => Promise<void>, changes: object = {}): Promise<void> {
      const laurel = await compose(readSettings({ ...env, ...changes }), {
        logger: silentLogger,
        roles: ['web'],
      });
      try {
        await work(laurel);
      } finally {
        await laurel.stop();
      }
    }

    it('issues badges by rules that say its word', async () => {
      await withServer(async ({ services, process: take, settleEffects, badgeLines }) => {
        const entry = { slug: 'town', host: '', externalId: null, secret: 'key-1' };
        const { id } = await services.accounts.add('board', entry);
        await services.providerStore.saveTemplate(
          aTemplate({ provider: 'board', accountId: id, templateId: BOARD_TEMPLATE }),
        );
        const saved = await services.saveBadge(RULES, { expectedVersion: 0, actor: 'ada' });
        expect(saved.ok).to.equal(true);
        await take(services.decodeCloudEvent(passingEvent({ user: 'ada', at: '2026-03-02T10:15:00Z' })), 'http');
        await settleEffects();
        expect(await badgeLines('ada')).to.have.length(1);
        expect([...board.badges.values()]).to.deep.equal(['issued']);
      });
    });

    it('has what waits for a good secret issued after a start with one', async () => {
      const given = (key: string) => ({ LAUREL_PROVIDER_ACCOUNTS: `board/town=${key}` });
      await withServer(async ({ services, stores, process: take, settleEffects }) => {
        const [account] = await services.providerStore.accounts();
        const template = { provider: 'board', accountId: account?.id ?? '', templateId: BOARD_TEMPLATE };
        await services.providerStore.saveTemplate(aTemplate(template));
        await services.saveBadge(RULES, { expectedVersion: 0, actor: 'ada' });
        await take(services.decodeCloudEvent(passingEvent({ user: 'ada', at: '2026-03-02T10:15:00Z' })), 'http');
        await settleEffects();
        const [group] = await stores.progress.effectGroups();
        expect(group).to.include({ state: 'pending', lane: 'board', error: 'provider.unauthorised' });
      }, given('key-0'));
      expect(board.badges.size).to.equal(0);
      await withServer(async ({ services, carryOut, settleEffects }) => {
        const [job] = (await services.jobStore.list({ kind: 'settle-effects', limit: 1 })).items;
        expect(await carryOut(job?.id ?? '')).to.deep.include({ state: 'done', counts: { retried: 1 } });
        await settleEffects();
      }, given('key-1'));
      expect([...board.badges.values()]).to.deep.equal(['issued']);
    });

    it('has its accounts on the command line', async () => {
      await withServer(({ services }) =>
        services.accounts
          .add('board', { slug: 'town', host: '', externalId: null, secret: 'key-1' })
          .then(() => undefined),
      );
      const laurel = (...args: string[]) => runLaurel(args, { env });
      expect(await laurel('providers', 'list')).to.deep.equal({
        code: 0,
        stdout: 'board/town  production  works      expires 2126-01-01  Hall of the town\n',
        stderr: '',
      });
      const rotated = await laurel('providers', 'rotate', 'board/town', '--json');
      expect(JSON.parse(rotated.stdout))
        .to.include({ slug: 'town', enabled: true })
        .and.not.have.property('sealedSecret');
      expect(rotated.stdout).not.to.contain('key-');
      expect(board.key()).to.equal('key-2');
      expect((await laurel('providers', 'check')).code).to.equal(0);
      expect((await laurel('secrets', 'rotate')).stdout).to.contain(
        'accounts at badge providers: 0 sealed anew, 1 were up to date\n',
      );
      const unknown = await laurel('providers', 'check', 'board/none');
      expect([unknown.code, unknown.stderr]).to.deep.equal([
        66,
        'laurel: there is no account board/none; there are board/town\n',
      ]);
      board.answers((response) => response.writeHead(401).end());
      const failing = await laurel('providers', 'check', 'board/town');
      expect([failing.code, failing.stdout]).to.deep.equal([
        1,
        'board/town  production  failing    expires 2126-01-01  Hall of the town: The board refuses the secret of the account (status 401); give the account a new one\n',
      ]);
    });

    it('seals anew what was sealed under a former key', async () => {
      const given = { LAUREL_PROVIDER_ACCOUNTS: 'board/town=key-1' };
      await withServer(async () => {}, { ...given, LAUREL_SECRET_KEY: 'the-key-of-last-year' });
      const now = { ...env, LAUREL_SECRET_KEY: 'the-key-of-this-year' };
      const lost = await runLaurel(['secrets', 'rotate'], { env: now });
      expect([lost.code, lost.stdout.split('\n')[0]]).to.deep.equal([
        1,
        'accounts at badge providers: 0 sealed anew, 0 were up to date, 1 secret cannot be opened: add the key that sealed it to LAUREL_FORMER_SECRET_KEYS, or enter it again',
      ]);
      const former = { ...now, LAUREL_FORMER_SECRET_KEYS: 'the-key-of-last-year' };
      const rotated = await runLaurel(['secrets', 'rotate', '--json'], { env: former });
      expect(JSON.parse(rotated.stdout.split('\n')[0] ?? '')).to.deep.equal({
        records: 'accounts at badge providers',
        current: 0,
        resealed: 1,
        lost: 0,
      });
      expect((await runLaurel(['secrets', 'rotate'], { env: now })).code).to.equal(0);
    });

    it('is known to the commands over rule files', async () => {
      const input = RULES;
      const known = await runLaurel(['rules', 'check', '-'], { input, env });
      expect([known.code, known.stdout]).to.deep.equal([0, '1 file, 1 badge: 0 errors, 0 warnings\n']);
      const unknown = await runLaurel(['rules', 'check', '-'], { input });
      expect(unknown.code).to.equal(1);
      expect(unknown.stdout + unknown.stderr).to.contain('board');
    });
  });
});
