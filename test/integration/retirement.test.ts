/** Retirement where learners leave most behind: documents as they are really made, and a RabbitMQ in which messages about them
 *  still wait while nobody receives. */

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { silentLogger } from '../../plugin/ports/runtime.ts';
import { compose, type Laurel, type Role } from '../../server/compose.ts';
import { readSettings } from '../../server/config.ts';
import { applyCredentialsSetup } from '../../server/configuration/credentials-setup.ts';
import { projectPath } from '../../server/paths.ts';
import { shownTexts } from '../support/pdf.ts';
import { bystander, dump, filesBelow, mentioned, passingOf, type Somebody, zelda } from '../support/person-world.ts';
import { rabbitmq } from '../support/rabbitmq.ts';
import { DEMO_COURSE, demoRules } from '../support/seed.ts';
import { BusUnderTest, eventually, headersOf } from './amqp-support.ts';

const CONFIGURATION = 'demo-course-certificate';

describe('retiring a learner, with RabbitMQ and documents', function () {
  this.timeout(120_000);
  let bus: BusUnderTest;
  let folder: string;
  let files: string;
  let laurel: Laurel;

  const open = (...roles: Role[]): Promise<Laurel> =>
    compose(
      readSettings({
        LAUREL_DATA_DIR: join(folder, 'data'),
        LAUREL_FILES_DIR: files,
        AMQP_URL: url,
        LAUREL_AMQP_EXCHANGE: bus.topology.exchange,
        LAUREL_AMQP_QUEUE: bus.topology.queue,
      }),
      { logger: silentLogger, roles, patience: { settleMs: 0 } as never },
    );
  let url: string;

  before(async function () {
    ({ url } = await rabbitmq(this));
    bus = new BusUnderTest(url);
    folder = mkdtempSync(join(tmpdir(), 'laurel-retire-'));
    files = join(folder, 'files');
  });
  after(async () => {
    await laurel?.stop();
    await bus?.close();
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  const { username } = zelda;
  const retire = async (): Promise<Readonly<Record<string, number>>> => {
    const job = await laurel.services.retirements.request({ username, badgesThere: 'leave', by: 'admin' });
    return (await laurel.carryOut(job?.id ?? ''))?.counts ?? {};
  };

  it('leaves no document, and no message that waited brings anybody back', async () => {
    laurel = await open('consumer');
    await laurel.services.saveBadge(demoRules, { expectedVersion: 0, actor: 'test' });
    await send('of-zelda', zelda);
    await eventually(async () => (await laurel.stores.learners.findByUsername(username)) !== null);
    await makeDocuments();
    expect(await namedInDocuments(zelda.name)).to.have.length(2);
    const standing = await namedInDocuments(bystander.name);
    expect(standing).to.have.length(1);

    // Nobody receives, and messages wait: to be processed, and dead for a reason that is over.
    await laurel.stop();
    await send('waiting', zelda);
    await send('of-another', bystander);
    await send('dead', zelda, bus.topology.deadLetters);
    await send('damaged', zelda, bus.topology.exchange, '{"course_passing_status":');
    laurel = await open();
    expect(await retire()).to.include({ progress: 1, credentials: 2, records: 1, events: 1, learner: 1 });
    expect(await namedInDocuments(zelda.name)).to.deep.equal([]);
    expect(await namedInDocuments(bystander.name)).to.deep.equal(standing);
    expect(mentioned(filesBelow(files), zelda)).to.deep.equal([]);

    await laurel.stop();
    laurel = await open('consumer');
    const { stores } = laurel;
    await eventually(async () => (await stores.learners.findByUsername(bystander.username)) !== null);
    await eventually(async () => (await stores.deadLetters.count({ state: 'open' })) === 1);
    await eventually(async () => (await stores.events.get('waiting')) !== null);
    const { queue, deadLetters, suspects } = bus.topology;
    for (const name of [queue, deadLetters, suspects]) expect(await bus.depth(name), name).to.equal(0);
    const waiting = await stores.events.get('waiting');
    expect([waiting?.event.user, waiting?.event.payload]).to.deep.equal([null, {}]);
    expect(waiting?.outcome).to.deep.equal({ kind: 'ignored', reason: 'retired-learner' });
    // Of a damaged message nobody can tell whose it is: it is kept, and goes when the retirement is asked for again.
    const left = mentioned(await dump(laurel), zelda).map((text) => text.split(':')[0]);
    expect(left).to.deep.equal(['dead_letters']);
    expect(await retire()).to.deep.equal({ letters: 1 });
    expect(mentioned(await dump(laurel), zelda)).to.deep.equal([]);
  });

  async function send(id: string, person: Somebody, exchange = bus.topology.exchange, beginning = ''): Promise<void> {
    const channel = await bus.channel();
    const { type, data } = passingOf(person, id) as { readonly type: string; readonly data: object };
    const content = Buffer.from(beginning + JSON.stringify(data));
    const headers = {
      ...headersOf(id),
      ...(exchange === bus.topology.deadLetters && { 'laurel-reason': 'bug.unexpected' }),
    };
    channel.publish(exchange, type, content, { contentType: 'application/json', messageId: id, headers });
    await channel.close();
  }

  /** One for each, and for the person a former one too. */
  async function makeDocuments(): Promise<void> {
    const { services, stores, registry, runner } = laurel;
    const setup = { store: stores.credentials, files: stores.files, registry, now: new Date() };
    await applyCredentialsSetup(projectPath('examples', 'credentials', 'example.json'), setup);
    const learner = (one: Somebody) => ({
      ...one,
      isActive: true,
      completion: 1,
      grades: { 'Final Exam': 1, total: 1 },
    });
    await services.importRecords([
      { kind: 'context', contextKey: DEMO_COURSE, name: 'The demonstration', steps: [] },
      ...[zelda, bystander].map((one) => ({
        ...{ kind: 'learner' as const, contextKey: DEMO_COURSE, learner: learner(one) },
      })),
    ]);
    await runner.wait(await services.generateNow(CONFIGURATION, 'test'));
    const [first] = (await stores.credentials.credentials({ search: username, limit: 5 })).items;
    await services.credentialLife.reissue(first?.id ?? '', 'admin');
  }

  /** Paths of the documents that show the name, as a reader program would. */
  async function namedInDocuments(name: string): Promise<readonly string[]> {
    const found: string[] = [];
    for (const entry of readdirSync(files, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      const bytes = entry.isFile() ? readFileSync(path) : Buffer.alloc(0);
      if (bytes.toString('latin1', 0, 5) !== '%PDF-') continue;
      if ((await shownTexts(bytes)).some(({ text }) => text.includes(name))) found.push(path);
    }
    return found;
  }
});
