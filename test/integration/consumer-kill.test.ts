import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ChannelModel, connect } from 'amqplib';
import { expect } from 'chai';
import { simulate } from '../../plugin/badges/simulate.ts';
import { decodeCloudEvent } from '../../plugin/events/decode.ts';
import { silentLogger } from '../../plugin/ports/runtime.ts';
import { compose } from '../../server/compose.ts';
import { readSettings } from '../../server/config.ts';
import { projectPath } from '../../server/paths.ts';
import { RULES } from '../chaos/load.ts';
import { type RabbitMq, rabbitmq } from '../support/rabbitmq.ts';
import { randomFrom } from '../support/random.ts';

const EVENTS = 2_000;
const LEARNERS = 60;
const QUEUE = 'laurel.killed';
const EXCHANGE = 'laurel-killed';

const COURSE = 'org.openedx.learning.course.passing.status.updated.v1';

function makeEvents(seed: number): Record<string, unknown>[] {
  const random = randomFrom(seed);
  return Array.from({ length: EVENTS }, (_, n) => {
    const learner = random.below(LEARNERS) + 1;
    return {
      specversion: '1.0',
      id: `kill-${n}`,
      source: 'openedx/lms/web',
      type: COURSE,
      // Not in order of arrival: a tenth of the events is late.
      time: new Date(Date.UTC(2026, 0, 1) + (n - (random.below(10) === 0 ? 400 : 0)) * 60_000).toISOString(),
      datacontenttype: 'application/json',
      data: {
        course_passing_status: {
          is_passing: random.below(4) !== 0,
          course: { course_key: `course-v1:A+${random.below(6)}+R`, display_name: '', start: null, end: null },
          user: {
            id: learner,
            is_active: true,
            pii: {
              username: `learner-${learner}`,
              email: `learner-${learner}@example.com`,
              name: `Learner ${learner}`,
            },
          },
        },
      },
    };
  });
}

/** Then the rest is done in peace; the kill matrix has a row with many more. */
const MOST_KILLS = 15;

describe('a consumer killed at random moments', function () {
  this.timeout(300_000);

  let broker: RabbitMq;
  let dataDir: string;
  let child: ChildProcess | null = null;
  let connection: ChannelModel | null = null;

  before(async function () {
    this.timeout(60_000);
    broker = await rabbitmq(this);
    dataDir = mkdtempSync(join(tmpdir(), 'laurel-killed-'));
  });
  after(async () => {
    child?.kill('SIGKILL');
    await connection?.close().catch(() => {});
    rmSync(dataDir, { recursive: true, force: true });
  });

  const settings = () =>
    readSettings({
      LAUREL_DATA_DIR: dataDir,
      AMQP_URL: broker.url,
      LAUREL_AMQP_QUEUE: QUEUE,
      LAUREL_AMQP_EXCHANGE: EXCHANGE,
      LAUREL_LOG_LEVEL: 'silent',
    });

  function startConsumer(): Promise<ChildProcess> {
    const started = spawn(process.execPath, ['--import', 'tsx', projectPath('server', 'main.ts'), 'consume'], {
      cwd: projectPath(),
      env: {
        PATH: process.env.PATH,
        LAUREL_DATA_DIR: dataDir,
        AMQP_URL: broker.url,
        LAUREL_AMQP_QUEUE: QUEUE,
        LAUREL_AMQP_EXCHANGE: EXCHANGE,
        LAUREL_LOG_LEVEL: 'error',
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    return new Promise((resolve, reject) => {
      let heard = '';
      started.stderr?.on('data', (chunk: Buffer) => {
        heard += chunk.toString();
        if (heard.includes('consuming')) resolve(started);
      });
      started.once('exit', (code) => reject(new Error(`the consumer ended with ${code}: ${heard}`)));
    });
  }

  it('ends with exactly the state and the awards of an undisturbed run', async () => {
    const prepared = await compose(settings(), { logger: silentLogger, roles: ['consumer'] });
    for (const rule of RULES) {
      const saved = await prepared.services.saveBadge(rule, { expectedVersion: 0, actor: 'test' });
      expect(saved.ok).to.equal(true);
    }
    await prepared.stop();

    const events = makeEvents(20260301);
    connection = await connect(broker.url);
    // Left open by a failure, it would hear the broker end, and nobody would hear it.
    connection.on('error', () => {});
    const channel = await connection.createConfirmChannel();
    for (const event of events) {
      const { data, ...attributes } = event;
      channel.publish(EXCHANGE, COURSE, Buffer.from(JSON.stringify(data)), {
        persistent: true,
        messageId: String(event.id),
        contentType: 'application/json',
        headers: {
          ce_id: attributes.id,
          ce_type: attributes.type,
          ce_source: attributes.source,
          ce_time: attributes.time,
          ce_specversion: '1.0',
        },
      });
    }
    await channel.waitForConfirms();

    const waiting = async (): Promise<number> => {
      const queues = await Promise.all([QUEUE, `${QUEUE}.suspects`].map((name) => channel.checkQueue(name)));
      return queues.reduce((sum, { messageCount }) => sum + messageCount, 0);
    };
    const random = randomFrom(7);
    let kills = 0;
    for (;;) {
      child = await startConsumer();
      // By what is done, not by the clock: a fast machine is done before it could be killed often.
      const enough = kills === MOST_KILLS ? 0 : Math.max(0, (await waiting()) - 20 - random.below(250));
      const patience = Date.now() + (kills === MOST_KILLS ? 120_000 : 2_500);
      while ((await waiting()) > enough && Date.now() < patience) await sleep(10);
      await sleep(random.below(120));
      if ((await waiting()) === 0) break;
      const gone = new Promise((resolve) => child?.once('exit', resolve));
      child.kill('SIGKILL');
      await gone;
      kills += 1;
    }
    // The last one is left alone until everything is acknowledged and every effect done.
    const last = child;
    const ended = new Promise<number | null>((resolve) => last.once('exit', resolve));
    await sleep(2_000);
    last.kill('SIGTERM');
    expect(await ended).to.equal(0);
    child = null;
    expect(kills).to.be.greaterThan(3);
    expect(await waiting()).to.equal(0);
    expect((await channel.checkQueue(`${QUEUE}.dead`)).messageCount).to.equal(0);
    await connection.close();
    connection = null;

    // An effect that a killed process had taken is free again when its lease has ended: this process lives that much later.
    const later = { now: () => new Date(Date.now() + 10 * 60_000) };
    const laurel = await compose(settings(), { logger: silentLogger, roles: [], clock: later });
    try {
      await laurel.settleEffects();
      expect((await laurel.services.progress.effectCounts()).pending).to.equal(0);
      expect((await laurel.services.progress.effectCounts()).failed).to.equal(0);
      expect(await laurel.services.deadLetters.openCounts()).to.deep.equal([]);
      const badges = [...laurel.ruleBook.index().badges()];
      const expected = simulate(
        badges,
        events.map((event) => decodeCloudEvent(event)),
      );
      const touched = new Map<string, unknown>();
      const standing: string[] = [];
      for (const { username, id } of (await laurel.services.learners.list({ limit: 1_000 })).items) {
        for (const line of await laurel.badgeLines(username)) touched.set(`${line.learner} ${line.badge}`, line);
        for (const progress of await laurel.services.progress.ofLearner(id)) {
          for (const issued of progress.issued) {
            if (issued.revokedAt !== null) continue;
            standing.push(issued.uuid);
            expect(issued.externalId, `badge ${progress.badgeId} was issued`).to.be.a('string');
          }
        }
      }
      const matched = expected.filter((line) => line.status !== 'none' || touched.has(`${line.learner} ${line.badge}`));
      const linesOf = (lines: readonly unknown[]) => lines.map((line) => JSON.stringify(line)).sort();
      expect(linesOf([...touched.values()])).to.deep.equal(linesOf(matched));
      expect(matched.length).to.be.greaterThan(100);

      // The record of every event: once, and what it says agrees with what was counted.
      const counted = new Map<string, readonly string[]>();
      for await (const { entry } of laurel.services.events.scan({})) {
        expect(counted.has(entry.event.id), entry.event.id).to.equal(false);
        expect(entry.door).to.equal('amqp');
        counted.set(entry.event.id, entry.outcome.kind === 'matched' ? entry.outcome.badgeIds : []);
      }
      expect(counted.size).to.equal(EVENTS);
      const index = laurel.ruleBook.index();
      for (const event of events.map((value) => decodeCloudEvent(value))) {
        expect(counted.get(event.id), event.id).to.have.members(index.match(event).map(({ badge }) => badge.id));
      }

      // What the provider saw: every badge once, and those standing are those that stand here.
      const journal = readFileSync(join(dataDir, 'memory-provider.jsonl'), 'utf8')
        .split('\n')
        .flatMap((line) => {
          try {
            return [JSON.parse(line) as { action: 'award' | 'revoke'; uuid: string }];
          } catch {
            return [];
          }
        });
      const awarded = journal.filter((entry) => entry.action === 'award').map((entry) => entry.uuid);
      const revoked = new Set(journal.filter((entry) => entry.action === 'revoke').map((entry) => entry.uuid));
      expect(new Set(awarded).size).to.equal(awarded.length);
      expect(awarded.filter((uuid) => !revoked.has(uuid))).to.have.members(standing);
    } finally {
      await laurel.stop();
    }
  });
});
