/** Laurel and Credly's stand-in, each as it runs: an account from the settings, templates, an award, a notice. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { defaultRetryPolicy } from '../../plugin/effects/retry-policy.ts';
import { silentLogger } from '../../plugin/ports/runtime.ts';
import { compose, type Laurel } from '../../server/compose.ts';
import { readSettings } from '../../server/config.ts';
import { addExamples, EXAMPLE_ORGANIZATION, OTHER_ORGANIZATION } from '../../server/stand-ins/credly/example.ts';
import { CredlyStandIn } from '../../server/stand-ins/credly/server.ts';
import { passing } from '../support/badge-world.ts';
import { runLaurel } from '../support/command.ts';

const TEMPLATE = '43aaea02-0000-4000-8000-000000000002';
const rules = `badge "analysis" {
  template credly "${TEMPLATE}"
  active   true

  requirement pass {
    on org.openedx.learning.course.passing.status.updated.v1
  }
}
`;

const PATIENCE = { policy: { ...defaultRetryPolicy, baseMs: 100 } };

describe('Laurel with Credly', function () {
  this.timeout(60_000);
  let folder: string;
  let credly: CredlyStandIn;
  let env: Record<string, string>;
  let laurel: Laurel | null = null;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'laurel-credly-'));
    credly = new CredlyStandIn({ webhooks: { firstPauseMs: 20 } });
    addExamples(credly);
    await credly.open();
    env = {
      PORT: '0',
      LAUREL_DATA_DIR: join(folder, 'data'),
      LAUREL_CREDLY_URL: `${credly.url}/v1/`,
      LAUREL_INTERNAL_HOSTS: new URL(credly.url).host,
      LAUREL_PROVIDER_ACCOUNTS: [EXAMPLE_ORGANIZATION, OTHER_ORGANIZATION]
        .map(({ id, token, name }) => `credly/${name.split(' ')[1]?.toLowerCase()}=${id}:${token}`)
        .join('\n'),
    };
  });
  afterEach(async () => {
    await laurel?.stop();
    laurel = null;
    await credly.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const start = async (): Promise<Laurel> => {
    laurel = await compose(readSettings(env), {
      logger: silentLogger,
      roles: ['web', 'dispatcher'],
      patience: PATIENCE,
    });
    return laurel;
  };

  it('synchronises on the command line, and lists what came', async () => {
    await (await start()).stop();
    const lines = async (...args: string[]) => {
      const { stdout, stderr, code } = await runLaurel(['templates', ...args], { env });
      return {
        code,
        stderr,
        lines: stdout
          .replace(/job \S+/g, 'job ID')
          .trimEnd()
          .split('\n'),
      };
    };
    expect(await lines('sync', '--account', 'university')).to.deep.equal({
      code: 0,
      stderr: '',
      lines: ['credly/university: 3 added, 0 changed, 0 unchanged, 0 gone', 'job ID is done'],
    });
    credly.fail({ match: '/badge_templates', kind: 'status', status: 403 });
    expect(await lines('sync')).to.deep.equal({
      code: 1,
      stderr:
        'credly/college: Credly does not let the token of "college" do this; give it permission to read and ' +
        "write in Credly, or enter another one on the account's page\n",
      lines: [
        'credly/college: 0 added, 0 changed, 0 unchanged, 0 gone',
        'credly/university: 0 added, 0 changed, 3 unchanged, 0 gone',
        'job ID is done',
      ],
    });
    expect((await lines('list', '--search', 'data', '--account', 'credly/university')).lines).to.deep.equal([
      `credly/university         ${TEMPLATE}  active    Data Analysis`,
      'credly/university         43aaea02-0000-4000-8000-000000000003  active    Data Engineering',
    ]);
    const json = (await lines('list', '--json', '--state', 'active')).lines.map((line) => JSON.parse(line));
    expect(json).to.have.length(3);
    expect(json[0]).to.deep.include({ provider: 'credly', account: 'university', id: TEMPLATE, state: 'active' });
    expect((await lines('list', '--state', 'gone')).stderr).to.equal(
      'laurel: --state gone is not a state; write one of active, draft, archived, retired\n',
    );
    expect((await lines('sync', '--account', 'none')).stderr).to.equal(
      'laurel: there is no account "none" whose templates can be synchronised; there are: college, university\n',
    );
  });

  it('prints what would change, and applies exactly that on the command line', async () => {
    await (await start()).stop();
    const run = async (...args: string[]) => {
      const { stdout, stderr, code } = await runLaurel(['templates', 'sync', ...args], { env });
      const id = /job (\S+) is/.exec(stdout)?.[1] ?? '';
      const text = `${stdout}${stderr}`;
      return { code, id, text: id === '' ? text : text.replaceAll(id, 'ID') };
    };
    await run('--account', 'university');
    const audited = [...credly.templates.values()].find(({ name }) => name === 'Data Engineering');
    const before = audited?.description;
    credly.changeTemplate(audited?.id as string, { description: 'Pipelines.' });
    credly.templates.delete(TEMPLATE);
    const found = await run('--account', 'university', '--dry-run');
    expect(found.code).to.equal(0);
    expect(found.text).to.equal(
      [
        'credly/university: 0 added, 1 changed, 1 unchanged, 1 gone',
        `  ~ ${audited?.id}  Data Engineering`,
        `      description: ${JSON.stringify(before)} -> "Pipelines."`,
        `  - ${TEMPLATE}  Data Analysis  (no badge uses it)`,
        'job ID is done',
        '',
        'To apply exactly this:',
        '  laurel templates sync --plan ID',
        '',
      ].join('\n'),
    );
    credly.changeTemplate(audited?.id as string, { description: 'Pipelines and more.' });
    const other = await run('--plan', found.id);
    expect(other.code).to.equal(1);
    expect(other.text).to.contain('credly/university: would be 0 added, 1 changed, 1 unchanged, 1 gone');
    expect(other.text).to.contain(
      'credly/university: what would change in "university" is no longer what was looked at; nothing was ' +
        'changed: look at the difference, and apply it if it is right',
    );
    expect(await run('--plan', other.id)).to.deep.include({
      code: 0,
      text: 'credly/university: 0 added, 1 changed, 1 unchanged, 1 gone\njob ID is done\n',
    });
    expect((await run('--plan', 'none')).text).to.equal(
      'laurel: there is no such synchronisation, or it is not kept any more; preview it again\n',
    );
  });

  it('issues one badge although Credly is away and then an answer is lost (U2, U3, UD2), and follows its learner by notices', async () => {
    const { services, carryOut, stores, process, settleEffects } = await start();
    const { id } = await services.jobs.request({
      kind: 'sync-templates',
      title: 'all',
      parameters: { accounts: (await services.providerStore.accounts()).map((account) => account.id) },
      requestedBy: 'test',
    });
    while ((await services.jobStore.get(id))?.state !== 'done') {
      await carryOut(id);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await services.saveBadge(rules, { expectedVersion: 0, actor: 'test' });

    const account = (await services.providerStore.accounts('credly')).find(({ slug }) => slug === 'university');
    const path = services.notices.pathOf(account as NonNullable<typeof account>);
    const organization = credly.organizations.get(EXAMPLE_ORGANIZATION.id)!;
    organization.webhookUrl = services.settings.publicUrl + path;

    credly.fail({ match: '/badges', kind: 'status', status: 503, times: 4 });
    credly.fail({ match: 'POST', kind: 'drop', when: 'after' });
    await process(passing(true, 1), 'http');
    const issuedBadge = async () => {
      const learner = await services.learners.findByUsername('ada');
      return (await stores.progress.ofLearner(learner?.id ?? ''))[0]?.issued[0];
    };
    const until = async (state: string) => {
      for (let look = 0; look < 400 && (await issuedBadge())?.externalState !== state; look++) {
        await settleEffects();
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
      return issuedBadge();
    };
    const issued = await until('pending');
    expect([...credly.badges.keys()]).to.deep.equal([issued?.externalId]);

    credly.changeBadge(issued?.externalId as string, 'accepted');
    const accepted = await until('accepted');
    expect(accepted?.externalUrl).to.equal(`https://www.credly.com/badges/${issued?.externalId}`);

    credly.changeTemplate(TEMPLATE, { state: 'archived' });
    for (let look = 0; look < 400; look++) {
      const template = await services.providerStore.template('credly', account?.id ?? '', TEMPLATE);
      if (template?.state === 'archived') break;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    expect((await services.providerStore.template('credly', account?.id ?? '', TEMPLATE))?.state).to.equal('archived');
    await credly.webhooks.settled();
    expect(credly.webhooks.deliveries.map(({ lastStatus }) => lastStatus)).to.deep.equal([200, 200, 200]);
  });
});
