/** The kill matrix: what is done to Laurel, one row each. What must hold is the same for all of them (verdict.ts): the end
 *  state of an undisturbed run, every badge issued once, every announcement made, every event recorded once, and the poison
 *  and nothing else among the dead letters. */

import { toCloudEvent } from '../../plugin/events/decode.ts';
import type { Random } from '../support/random.ts';
import type { CrashPointName } from './crash-points.ts';
import {
  credentialProblems,
  credentialsUnfinished,
  halfFiles,
  mailProblems,
  mailsUnfinished,
  prepareCredentials,
  reportedFailures,
} from './credentials.ts';
import { limitFiles } from './disk.ts';
import { killerMessage, type Message } from './load.ts';
import { LEASE_MS } from './patience.ts';
import type { WorkerRole } from './processes.ts';
import type { Wire } from './wire.ts';
import { type AlsoDone, TOKEN, type World } from './world.ts';

/** For a run to begin, to fail and to be looked at, on a busy machine. */
const TOLD_WITHIN_MS = 60_000;

export interface Scenario {
  /** Its number in the kill matrix, or a word of ours. */
  readonly id: string;
  readonly title: string;
  /** Processes at the start. */
  readonly roles: readonly WorkerRole[];
  /** Places at which they die, as often as there are kills; each process draws one. */
  readonly crashes?: readonly CrashPointName[];
  readonly kills?: number;
  /** Of the first message or effect at which a process dies. */
  readonly nth?: number;
  /** While the load is sent. */
  readonly trouble?: (world: World, random: Random, wire: Wire) => Promise<void>;
  /** The trouble sends the load itself, part by part. */
  readonly sends?: true;
  /** Processes find the broker at the other end of a wire. */
  readonly wired?: boolean;
  /** More messages than the load's, with the reason why they end as dead letters. */
  readonly poison?: readonly (readonly [message: Message, reason: string])[];
  /** Kills the database, which must be ours then. */
  readonly killsDatabase?: true;
  /** Beside the events. */
  readonly also?: AlsoDone;
  /** Part of the quick run. */
  readonly quick?: true;
}

const credentials: AlsoDone = {
  prepare: prepareCredentials,
  unfinished: credentialsUnfinished,
  problems: credentialProblems,
};

const mails: AlsoDone = { ...credentials, mails: true, unfinished: mailsUnfinished, problems: mailProblems };

const THREE = ['consume', 'consume', 'consume'] as const;

function dying(id: string, title: string, crashes: readonly CrashPointName[], more: Partial<Scenario> = {}): Scenario {
  return { id, title, roles: THREE, crashes, kills: 5, nth: 6, ...more };
}

export const scenarios: readonly Scenario[] = [
  dying('K1', 'kill -9 between the delivery and the first write', ['delivered']),
  dying('K2', 'kill -9 between the record of the learner and the progress', ['learner-stored']),
  dying('K3', 'kill -9 between progress with its effects and the record of the event', ['progress-stored']),
  dying('K4', 'kill -9 between taking an effect and calling the provider', ['effect-taken']),
  dying('K5', 'kill -9 between the answer of the provider and keeping what it said', ['badge-issued'], { quick: true }),
  dying('K6', 'kill -9 between the last write and the acknowledgement, or the next effect', [
    'event-recorded',
    'issue-stored',
  ]),
  dying('K7', 'kill -9 between an announcement and its mark', ['announced'], { quick: true }),
  dying(
    'K8',
    'kill -9 while a PDF is written, before and after it is named and recorded',
    ['pdf-begun', 'pdf-unnamed', 'pdf-stored', 'credential-stored'],
    { roles: ['serve', 'serve'], also: credentials, trouble: lookForHalfFiles },
  ),
  dying(
    'K9',
    'kill -9 between the answer of the mail server and its mark: one more copy of what was in hand at most, never none',
    ['mail-sent'],
    { roles: ['serve', 'serve'], also: mails },
  ),
  {
    id: 'K10',
    title: 'kill -9 of RabbitMQ under load',
    roles: ['consume', 'consume'],
    quick: true,
    async trouble(world, random) {
      await world.pause(random.below(1_500));
      await world.broker.node.kill();
      await world.broker.node.start();
      world.struck();
    },
  },
  {
    id: 'K11',
    title: 'memory alarm of RabbitMQ',
    roles: ['consume', 'consume'],
    async trouble(world, random) {
      await world.pause(random.below(500));
      await world.broker.node.management('set_vm_memory_high_watermark', '0.00001');
      try {
        await world.pause(5_000 + random.below(5_000));
      } finally {
        await world.broker.node.management('set_vm_memory_high_watermark', '0.6');
        world.struck();
      }
    },
  },
  {
    id: 'K12',
    title: 'the queue is deleted under the consumers, empty as it is then',
    roles: ['consume', 'consume'],
    sends: true,
    async trouble(world, random) {
      const { messages } = world.load;
      const middle = random.below(messages.length);
      await world.send(messages.slice(0, middle));
      // what lies in a queue is gone with it: no consumer can help that
      await world.settled();
      await world.deleteQueue();
      world.struck();
      await world.send(messages.slice(middle));
    },
  },
  {
    id: 'K13',
    title: 'kill -9 of the database, back after a while',
    roles: ['consume', 'consume'],
    killsDatabase: true,
    quick: true,
    async trouble(world, random) {
      await world.pause(random.below(1_500));
      await world.store.kill();
      await world.pause(random.below(4_000));
      await world.store.start();
      world.struck();
    },
  },
  {
    id: 'K14',
    title: 'a process stands still for longer than its leases, then goes on (SIGSTOP, SIGCONT)',
    roles: THREE,
    async trouble(world, random) {
      for (let time = 0; time < 2; time += 1) {
        await world.pause(random.below(800));
        const child = world.processes.pick(random.below(3))?.child;
        child?.kill('SIGSTOP');
        await world.pause(LEASE_MS + 1_000 + random.below(2_000));
        child?.kill('SIGCONT');
        world.struck();
      }
    },
  },
  {
    id: 'K15',
    title: 'SIGTERM under load: ends by itself with 0 within 25 s',
    roles: ['consume', 'consume'],
    quick: true,
    async trouble(world, random) {
      for (let time = 0; time < 3; time += 1) {
        await world.pause(random.below(600));
        const worker = world.processes.pick(random.below(2));
        if (!worker) continue;
        const started = Date.now();
        worker.child.kill('SIGTERM');
        const { code, signal } = await worker.ended;
        const took = Date.now() - started;
        if (code !== 0) world.problems.push(`SIGTERM ended a process with ${signal ?? code}`);
        if (took > 25_000) world.problems.push(`SIGTERM took ${took} ms`);
        world.struck();
        await world.processes.start('consume').ready;
      }
    },
  },
  {
    id: 'K16',
    title: 'the network to RabbitMQ is slow, then dead without a word (half-open)',
    roles: ['consume', 'consume'],
    wired: true,
    async trouble(world, random, wire) {
      wire.delayMs = 50 + random.below(150);
      await world.pause(2_000);
      wire.cut();
      world.struck();
      wire.delayMs = 0;
    },
  },
  {
    id: 'K17',
    title: 'poison: no JSON, no event of its type, and one that kills whoever handles it',
    roles: ['consume'],
    crashes: ['killer-delivered'],
    kills: 30,
    nth: 1,
    poison: [[killerMessage(), 'rabbitmq.delivery-limit']],
  },
  {
    id: 'K18',
    title: 'the disk is full: of the files of credentials, then of the database, whose process then is started again',
    roles: ['serve', 'consume'],
    also: credentials,
    killsDatabase: true,
    async trouble(world, random) {
      const web = await world.processes.running('serve');
      await limitFiles(web.child.pid ?? 0, 0);
      await world.pause(6_000 + random.below(4_000));
      const giveUpAt = Date.now() + TOLD_WITHIN_MS;
      while (!(await reportedFailures(world)).includes('store.files')) {
        if (Date.now() > giveUpAt) {
          world.problems.push('nobody was told that files cannot be stored');
          break;
        }
        await world.pause(500);
      }
      await limitFiles(web.child.pid ?? 0, null);
      world.struck();
      await world.store.fillDisk();
      await world.pause(2_000 + random.below(3_000));
      await world.store.kill();
      await world.store.start();
      world.struck();
    },
  },
  dying(
    'K19',
    'kill -9 at any of these places',
    [
      'delivered',
      'learner-stored',
      'progress-stored',
      'event-recorded',
      'effect-taken',
      'badge-issued',
      'issue-stored',
      'announced',
      'letter-arrived',
      'letter-stored',
    ],
    { kills: 9, nth: 5 },
  ),
  {
    id: 'provider',
    title: 'a provider that is slow, loses answers, refuses for a while (429, 503), then is well again',
    roles: ['consume', 'consume'],
    quick: true,
    async trouble(world, random) {
      for (const mood of ['lossy', 'busy', 'down', 'lossy'] as const) {
        world.desk.mood = mood;
        world.desk.delayMs = random.below(100);
        await world.pause(1_000 + random.below(1_000));
      }
      world.desk.mood = 'well';
      world.struck();
    },
  },
  {
    id: 'web',
    title: 'kill -9 of the web process while events come in by HTTP; who sends them sends again what was not answered',
    roles: ['serve', 'consume'],
    kills: 3,
    async trouble(world, random) {
      const events = world.load.events.map((event) => toCloudEvent(event));
      const killer = (async () => {
        for (let time = 0; time < 3; time += 1) {
          await world.pause(300 + random.below(700));
          await world.processes.running('serve').then(({ child }) => child.kill('SIGKILL'));
        }
      })();
      for (const event of events.slice(0, 150)) {
        while (!(await posted(world, event))) await world.pause(100);
      }
      await killer;
    },
  },
  {
    id: 'often',
    title:
      'kill -9 of the only consumer, again and again before it has done much, and more often than a message is given up after',
    roles: ['consume'],
    async trouble(world, random) {
      for (let time = 0; time < 45; time += 1) {
        await world.processes.running('consume');
        await world.pause(random.below(250));
        world.processes.pick(0)?.child.kill('SIGKILL');
        world.struck();
      }
    },
  },
  {
    id: 'random',
    title: 'kill -9 of whatever comes: consumers, database, RabbitMQ',
    roles: THREE,
    killsDatabase: true,
    async trouble(world, random) {
      for (let time = 0; time < 6; time += 1) {
        await world.pause(random.below(1_500));
        const dice = random.below(10);
        if (dice < 7) world.processes.pick(random.below(3))?.child.kill('SIGKILL');
        else if (dice < 9) {
          await world.store.kill();
          await world.store.start();
        } else {
          await world.broker.node.kill();
          await world.broker.node.start();
        }
        world.struck();
      }
    },
  },
];

/** While credentials are made. */
async function lookForHalfFiles(world: World): Promise<void> {
  for (const end = Date.now() + 60_000; Date.now() < end && (await credentialsUnfinished(world)) !== null; ) {
    world.problems.push(...(await halfFiles(world)));
    await world.pause(100);
  }
}

async function posted(world: World, event: object): Promise<boolean> {
  const { url } = await world.processes.running('serve');
  try {
    const response = await fetch(`${url}/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/cloudevents+json' },
      body: JSON.stringify(event),
    });
    return response.ok;
  } catch {
    return false;
  }
}
