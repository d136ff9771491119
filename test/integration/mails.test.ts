/** Laurel and a mail server, each as it runs: credentials are made, learners are told, documents downloaded. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { defaultRetryPolicy } from '../../plugin/effects/retry-policy.ts';
import { silentLogger } from '../../plugin/ports/runtime.ts';
import { parseLearnerLines } from '../../providers/index.ts';
import { compose, type Laurel } from '../../server/compose.ts';
import { readSettings } from '../../server/config.ts';
import { applyCredentialsSetup } from '../../server/configuration/credentials-setup.ts';
import { projectPath } from '../../server/paths.ts';
import { type SmtpWorld, smtpWorld } from '../support/smtp-world.ts';
import { eventually } from './amqp-support.ts';

const COURSE = 'course-v1:OpenedX+DemoX+Demo_Course';
const CONFIGURATION = 'demo-course-certificate';

describe('Laurel with a mail server', function () {
  this.timeout(60_000);
  let folder: string;
  let server: SmtpWorld;
  let laurel: Laurel | null = null;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'laurel-mail-'));
    server = await smtpWorld();
  });
  afterEach(async () => {
    await laurel?.stop();
    laurel = null;
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const start = (env: Readonly<Record<string, string>> = {}): Promise<Laurel> =>
    compose(
      readSettings({
        PORT: '0',
        LAUREL_DATA_DIR: join(folder, 'data'),
        LAUREL_SMTP_URL: server.url,
        LAUREL_MAIL_FROM: 'credentials@example.org',
        ...env,
      }),
      {
        logger: silentLogger,
        roles: ['web', 'dispatcher', 'scheduler'],
        patience: { policy: { ...defaultRetryPolicy, baseMs: 100 } },
      },
    );

  async function generate({ services, registry, stores, runner }: Laurel): Promise<void> {
    const { credentials: store, files, clock } = services;
    const path = projectPath('examples', 'credentials', 'example.json');
    await applyCredentialsSetup(path, { store, files, registry, now: clock.now() });
    await stores.records.importLines(
      parseLearnerLines(
        [
          { context_key: COURSE, context_name: 'Demonstration Course' },
          {
            ...{ context_key: COURSE, username: 'ada', name: 'Ada Lovelace', email: 'ada@example.com' },
            ...{ completion: 1, grades: { 'Final Exam': 0.9, total: 0.92 } },
          },
        ]
          .map((line) => JSON.stringify(line))
          .join('\n'),
      ),
    );
    await runner.wait(await services.generateNow(CONFIGURATION, 'test'));
  }

  const decoded = (raw: string) =>
    raw
      .replace(/=\r?\n/g, '')
      .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

  it('tells the learner once, through refusals and dropped connections, and the document is where the mail says', async () => {
    let answers = 0;
    server.onData = () => {
      answers += 1;
      return answers === 1 ? 'drop' : answers === 2 ? { code: 451, text: 'later' } : null;
    };
    laurel = await start();
    const { services } = laurel;
    await generate(laurel);
    await eventually(async () => (await services.credentials.mailCounts()).sent === 1, 20_000);
    expect(server.received).to.have.length(3);
    const ids = server.received.map(({ raw }) => /^Message-ID: (.*)$/m.exec(raw)?.[1]?.trim());
    expect(new Set(ids).size).to.equal(1);

    const address = /http:\/\/\S+\/download\/\S+/.exec(decoded(server.received[2]?.raw ?? ''))?.[0] ?? '';
    const answer = await fetch(address);
    expect(answer.status).to.equal(200);
    expect(Buffer.from(await answer.arrayBuffer()).toString('latin1', 0, 5)).to.equal('%PDF-');
    const { items } = await services.credentials.credentials({ limit: 9 });
    await services.credentialLife.invalidate(items[0]?.id ?? '', 'A mistake');
    expect((await fetch(address)).status).to.equal(404);
  });

  it('keeps mails without a mail server, and sends them once there is one', async () => {
    laurel = await start({ LAUREL_SMTP_URL: '', LAUREL_MAIL_FROM: '' });
    await generate(laurel);
    expect(await laurel.services.credentials.mailCounts()).to.include({ pending: 1, sent: 0 });
    await laurel.stop();
    laurel = await start();
    const { credentials } = laurel.services;
    await eventually(async () => (await credentials.mailCounts()).sent === 1, 20_000);
    expect(server.received).to.have.length(1);
  });
});
