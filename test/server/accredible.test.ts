/** Laurel and Accredible's stand-in, each as it runs: an account from the settings, templates, awards, a comparison. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { defaultRetryPolicy } from '../../plugin/effects/retry-policy.ts';
import { silentLogger } from '../../plugin/ports/runtime.ts';
import { compose, type Laurel } from '../../server/compose.ts';
import { readSettings } from '../../server/config.ts';
import { AccredibleStandIn, DEMO_KEY } from '../../server/stand-ins/accredible/server.ts';
import { passing } from '../support/badge-world.ts';
import { type CommandResult, runLaurel } from '../support/command.ts';

const GROUP = 12472;
const rules = `badge "analysis" {
  template accredible "${GROUP}"
  active   true

  requirement pass {
    on org.openedx.learning.course.passing.status.updated.v1
  }
}
`;

describe('Laurel with Accredible', function () {
  this.timeout(60_000);
  let folder: string;
  let accredible: AccredibleStandIn;
  let env: Record<string, string>;
  let laurel: Laurel | null = null;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'laurel-accredible-'));
    accredible = new AccredibleStandIn({ groups: [{ id: GROUP }, { id: 1 }], credits: 100 });
    await accredible.open();
    env = {
      PORT: '0',
      LAUREL_DATA_DIR: join(folder, 'data'),
      LAUREL_ACCREDIBLE_URL: `${accredible.url}/`,
      LAUREL_INTERNAL_HOSTS: new URL(accredible.url).host,
      LAUREL_PROVIDER_ACCOUNTS: `accredible/main=${DEMO_KEY}`,
    };
    const patience = { policy: { ...defaultRetryPolicy, baseMs: 100 } };
    laurel = await compose(readSettings(env), { logger: silentLogger, roles: ['dispatcher'], patience });
    await laurel.services.saveBadge(rules, { expectedVersion: 0, actor: 'test' });
    await laurel.stop();
  });
  after(async () => {
    await laurel?.stop();
    await accredible.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  const command = (...args: string[]): Promise<CommandResult> => runLaurel(args, { env });
  const reconcile = async (...args: string[]) => {
    const { code, stdout, stderr } = await command('providers', 'reconcile', ...args);
    return {
      code,
      stderr,
      lines: stdout
        .replace(/job \S+/g, 'job ID')
        .trimEnd()
        .split('\n'),
    };
  };

  it('takes the groups over and issues, with the calls counted in the database', async () => {
    expect((await command('templates', 'sync')).code).to.equal(0);
    laurel = await compose(readSettings(env), { logger: silentLogger, roles: ['dispatcher'] });
    for (const [at, username] of ['ada', 'bob', 'cleo'].entries())
      await laurel.process(passing(true, at, { username, lmsUserId: at + 1, name: username }), 'http');
    for (let look = 0; look < 400 && accredible.world.credentials.length < 3; look++) {
      await laurel.settleEffects();
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    await laurel.settleEffects();
    await laurel.stop();
    expect(accredible.world.credentials.map(({ recipient }) => recipient.name).sort()).to.deep.equal([
      'ada',
      'bob',
      'cleo',
    ]);
    expect(accredible.world.credits).to.equal(97);
  });

  it('finds nothing to put right', async () => {
    expect(await reconcile()).to.deep.equal({
      code: 0,
      stderr: '',
      lines: ['accredible/main: job ID is done, 3 same'],
    });
  });

  it('names the differences, and puts right what is asked for', async () => {
    const { world } = accredible;
    const bob = world.credentials.find(({ recipient }) => recipient.name === 'bob');
    const cleo = world.credentials.find(({ recipient }) => recipient.name === 'cleo');
    if (!bob || !cleo) throw new Error('nothing was issued');
    world.remove(bob);
    cleo.expiredOn = '2026-03-02';
    const zoe = world.create({ group_id: 1, recipient: { name: 'Zoe', email: 'zoe@example.com' } }, null);
    const found = [
      `extra-unknown  (not known)  (no badge)  ${zoe.id}  here none, there accepted`,
      `missing        bob  analysis  ${bob.id}  here accepted, there not there`,
      `revoked-there  cleo  analysis  ${cleo.id}  here accepted, there expired`,
      'accredible/main: job ID is done, 1 same, 1 revoked-there, 1 extra-unknown, 1 missing',
    ];
    expect(await reconcile('--account', 'main')).to.deep.equal({ code: 1, stderr: '', lines: found });
    const mended = await reconcile('--mend', 'missing, revoked-there');
    expect([mended.code, mended.lines.at(-1)]).to.deep.equal([1, 'job ID is done, 2 put right']);
    const { stdout, code } = await command('providers', 'reconcile', '--json');
    expect(code).to.equal(1);
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).to.deep.equal([
      {
        ...{ kind: 'extra-unknown', username: null, badgeId: null, number: null, externalId: String(zoe.id) },
        ...{ templateId: '1', here: null, there: 'accepted' },
      },
    ]);
  });

  it('says what cannot be put right, and which account there is', async () => {
    expect((await reconcile('--mend', 'extra-known')).stderr).to.equal(
      'laurel: "extra-known" cannot be put right; choose from missing, unconfirmed, stands-there, revoked-there, state\n',
    );
    expect((await reconcile('--account', 'none')).stderr).to.equal(
      'laurel: there is no account "none"; those there are: accredible/main\n',
    );
  });
});
