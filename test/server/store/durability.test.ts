import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { MongoClient } from 'mongodb';
import { temporaryFolder } from './support/folder.ts';

const ROUNDS = 20;
const WRITERS = 8;
const script = fileURLToPath(new URL('./support/killable-store.ts', import.meta.url));

/** What the writers know for certain, and what may have happened besides. */
interface Known {
  /** Acknowledged inserts that nobody deleted. */
  readonly present: Set<string>;
  readonly deleted: Set<string>;
  /** Acknowledged increments per writer; one more may have been on its way at each kill. */
  readonly counted: number[];
  readonly inFlight: number[];
  acknowledged: number;
}

/** Spawned ahead of its turn, so that loading its modules takes place while the one before it still works. */
function spawnStore(dataDir: string): ChildProcess {
  return spawn(process.execPath, ['--import', 'tsx', script, dataDir], { stdio: ['pipe', 'pipe', 'inherit'] });
}

function openStore(child: ChildProcess): Promise<string> {
  child.stdin?.write('open\n');
  return new Promise((done) => child.stdout?.once('data', (line) => done(String(line).trim())));
}

function connect(uri: string): MongoClient {
  return new MongoClient(uri, { retryWrites: false, serverSelectionTimeoutMS: 5000, monitorCommands: false });
}

/** Writes until the store dies. */
async function write(client: MongoClient, known: Known, writer: number, round: number): Promise<void> {
  const counters = client.db().collection<{ _id: number; n: number }>('counters');
  const entries = client.db().collection<{ _id: string; group: number; key: string }>('entries');
  try {
    for (let i = 0; ; i++) {
      const _id = `${round}-${writer}-${i}`;
      await entries.insertOne({ _id, group: i % 5, key: `k${_id}` });
      known.present.add(_id);
      known.acknowledged++;
      known.inFlight[writer] = (known.inFlight[writer] ?? 0) + 1;
      await counters.updateOne({ _id: writer }, { $inc: { n: 1 } }, { upsert: true });
      known.counted[writer] = (known.counted[writer] ?? 0) + 1;
      known.inFlight[writer] = (known.inFlight[writer] ?? 0) - 1;
      if (i % 3 !== 0) continue;
      known.present.delete(_id);
      await entries.deleteOne({ _id });
      known.deleted.add(_id);
    }
  } catch {
    // The store was killed under it: what matters is what it had acknowledged.
  }
}

async function verify(client: MongoClient, known: Known): Promise<void> {
  const stored = await client.db().collection<{ _id: string; group: number; key: string }>('entries').find().toArray();
  const ids = new Set(stored.map(({ _id }) => _id));
  expect(
    [...known.present].filter((id) => !ids.has(id)),
    'lost inserts',
  ).to.deep.equal([]);
  expect(
    [...known.deleted].filter((id) => ids.has(id)),
    'lost deletes',
  ).to.deep.equal([]);
  const counters = await client.db().collection<{ _id: number; n: number }>('counters').find().toArray();
  for (const { _id, n } of counters) {
    expect(n).to.be.within(known.counted[_id] ?? 0, (known.counted[_id] ?? 0) + (known.inFlight[_id] ?? 0));
  }
  await verifyIndexes(client, stored);
}

/** Each index must find every document and nothing else. */
async function verifyIndexes(
  client: MongoClient,
  stored: { _id: string; group: number; key: string }[],
): Promise<void> {
  const entries = client.db().collection<{ _id: string; group: number; key: string }>('entries');
  const byKey = await entries
    .find({ key: { $gte: '' } })
    .sort({ key: 1 })
    .toArray();
  expect(byKey.map(({ key }) => key)).to.deep.equal(stored.map(({ key }) => key).sort());
  for (let group = 0; group < 5; group++) {
    const wanted = stored.filter((entry) => entry.group === group).length;
    expect(await entries.countDocuments({ group })).to.equal(wanted);
  }
}

describe('the durability of the embedded store', function () {
  this.timeout(120_000);

  it(`loses no acknowledged write when its process is killed ${ROUNDS} times under ${WRITERS} writers`, async () => {
    const dataDir = temporaryFolder();
    const known: Known = { present: new Set(), deleted: new Set(), counted: [], inFlight: [], acknowledged: 0 };
    let next = spawnStore(dataDir);
    for (let round = 0; round <= ROUNDS; round++) {
      const child = next;
      const client = connect(await openStore(child));
      await client
        .db()
        .collection('entries')
        .createIndexes([{ key: { key: 1 }, unique: true }, { key: { group: 1 } }]);
      await verify(client, known);
      const last = round === ROUNDS;
      if (!last) {
        next = spawnStore(dataDir);
        const writers = Array.from({ length: WRITERS }, (_, writer) => write(client, known, writer, round));
        await acknowledged(known, 10 + Math.random() * 60);
        const dead = new Promise((done) => child.once('exit', done));
        child.kill('SIGKILL');
        await Promise.all([dead, ...writers]);
      }
      await client.close();
      if (last) child.kill('SIGKILL');
    }
    expect(known.acknowledged).to.be.greaterThan(ROUNDS * 10);
  });
});

/** Waits until so many more inserts were acknowledged. */
async function acknowledged(known: Known, more: number): Promise<void> {
  const wanted = known.acknowledged + more;
  while (known.acknowledged < wanted) await new Promise((done) => setTimeout(done, 1));
}
