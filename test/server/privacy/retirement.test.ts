import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { EventType } from '../../../dsl/index.ts';
import { ProviderError } from '../../../plugin/errors.ts';
import { encodeAvro } from '../../../plugin/events/avro.ts';
import { eventCatalogue } from '../../../plugin/events/catalogue.ts';
import type { DeadLetter, DeadMessage } from '../../../plugin/ports/dead-letters.ts';
import { traceParts } from '../../../plugin/ports/learner-traces.ts';
import { silentLogger } from '../../../plugin/ports/runtime.ts';
import { RETIRE } from '../../../plugin/privacy/retire-job.ts';
import { parseLearnerLines } from '../../../providers/index.ts';
import type { MemoryProvider } from '../../../providers/memory/provider.ts';
import { eventFromDeadLetter } from '../../../server/amqp/dead-message.ts';
import { compose, type Laurel } from '../../../server/compose.ts';
import { readSettings } from '../../../server/config.ts';
import { dataMap } from '../../../server/privacy/data-map.ts';
import {
  bystander,
  databaseOf,
  dump,
  filesBelow,
  meet,
  mentioned,
  passingOf,
  type Somebody,
  zelda,
} from '../../support/person-world.ts';

/** Nothing is under way. */
const PATIENCE = { patience: { settleMs: 0 } as never };

describe('retiring a learner', function () {
  this.timeout(60_000);
  let folder: string;
  let laurel: Laurel;
  const open = (more: Record<string, string> = {}): Promise<Laurel> =>
    compose(readSettings({ LAUREL_DATA_DIR: join(folder, 'data'), ...more }), {
      ...{ logger: silentLogger, roles: [], ...PATIENCE },
    });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'laurel-retire-'));
  });
  afterEach(async () => {
    await laurel.stop();
    rmSync(folder, { recursive: true, maxRetries: 5 });
  });

  const retire = async (badgesThere: 'leave' | 'revoke' = 'leave', person: Somebody = zelda) => {
    const { username } = person;
    const job = await laurel.services.retirements.request({ username, badgesThere, by: 'admin' });
    return job && laurel.carryOut(job.id);
  };
  const take = (event: object) => laurel.services.processEvent(laurel.services.decodeCloudEvent(event), 'http');

  for (const where of ['in the database', 'in a folder'] as const) {
    it(`leaves no trace of username, name and e-mail address, with documents ${where}`, async () => {
      const files = join(folder, 'files');
      laurel = await open(where === 'in a folder' ? { LAUREL_FILES_DIR: files } : {});
      await meet(laurel, zelda);
      const before = new Set(mentioned(await dump(laurel), zelda).map((text) => text.split(':')[0]));
      const held = [
        'learners',
        'events',
        'dead_letters',
        'credentials',
        'learner_records',
        'jobs',
        'audit',
        'sessions',
      ];
      expect([...before]).to.include.members([...held, 'api_tokens', 'rule_versions']);
      const stored = where === 'in a folder' ? mentioned(filesBelow(files), zelda) : [...before];
      expect(stored.filter((text) => where === 'in a folder' || text?.startsWith('files.')).length).to.be.at.least(2);

      const ended = await retire();
      expect([ended?.state, ended?.error]).to.deep.equal(['done', null]);
      expect(mentioned(await dump(laurel), zelda)).to.deep.equal([]);
      if (where === 'in a folder') expect(mentioned(filesBelow(files), zelda)).to.deep.equal([]);
      expect(ended?.counts).to.deep.equal({
        ...{ 'badges left': 1, progress: 1, credentials: 3, records: 1, events: 6, letters: 6, texts: 5, learner: 1 },
      });
    });
  }

  it('lets no import of records bring somebody back, and says how many it left out', async () => {
    laurel = await open();
    await meet(laurel, zelda);
    await retire();
    const lineOf = ({ username, name, email }: Somebody) => ({
      ...{ context_key: 'course-v1:Acme+CS1+2026', username, name, email, is_active: true, completion: 1, grades: {} },
    });
    const text = [lineOf(zelda), { ...lineOf(zelda), username: zelda.username.toUpperCase() }, lineOf(bystander)]
      .map((line) => JSON.stringify(line))
      .join('\n');
    expect(await laurel.services.importRecords(parseLearnerLines(text))).to.deep.equal({
      ...{ contexts: 0, learners: 1, retired: 2 },
    });
    expect(mentioned(await dump(laurel), zelda)).to.deep.equal([]);
  });

  it('keeps what is about others, and their messages that are still to be dealt with', async () => {
    laurel = await open();
    await meet(laurel, zelda);
    const before = await dump(laurel);
    await retire();
    const after = await dump(laurel);
    for (const name of ['learners', 'progress', 'learner_records']) {
      expect(after.get(name)).to.have.length((before.get(name)?.length ?? 0) - 1);
    }
    expect(mentioned(after, bystander).length).to.be.greaterThan(5);
    const { learners, events, deadLetters } = laurel.stores;
    expect((await learners.findByUsername(bystander.username))?.email).to.equal(bystander.email);
    const coached = await events.get('coached');
    expect(coached?.event.payload)
      .to.have.nested.property('course.coach_email')
      .that.matches(/^retired~[0-9a-f]{8}$/);
    const letter = await deadLetters.letter('letter-coach');
    expect(JSON.parse(Buffer.from(letter?.body ?? []).toString())).to.have.nested.property(
      'course_passing_status.user.pii.username',
      bystander.username,
    );
    expect(letter?.bodyBytes).to.equal(letter?.body.length);
    expect((await deadLetters.letter('letter-bystander'))?.state).to.equal('open');
  });

  it('keeps the awards without the person, and says of credentials that they are not valid any more', async () => {
    laurel = await open();
    await meet(laurel, zelda);
    const learner = await laurel.stores.learners.findByUsername(zelda.username);
    const { items } = await laurel.stores.credentials.credentials({ search: zelda.username, limit: 10 });
    await retire();
    const retirement = await laurel.stores.retirements.get(learner?.id ?? '');
    expect(retirement?.sealedPerson).to.equal(null);
    expect(retirement?.awards).to.deep.equal([
      {
        ...{ badgeId: 'demo-course', number: 1, awardedAt: '2026-11-19T10:00:00.000000000Z', revokedAt: null },
        ...{ provider: 'memory', there: 'left' },
      },
    ]);
    for (const { verifyId } of items) {
      const credential = await laurel.stores.credentials.credentialByVerifyId(verifyId);
      expect([credential?.status, credential?.reason]).to.deep.equal(['invalidated', 'The learner was retired']);
      expect(credential).to.deep.include({ learnerName: '', email: '', lmsUserId: null, fileKey: null, mail: null });
    }
    expect(await laurel.stores.issuer.badges({ limit: 5 }))
      .to.have.property('items')
      .with.length(1);
  });

  it('takes badges back at the provider where that is asked for', async () => {
    laurel = await open();
    await meet(laurel, zelda);
    const learner = await laurel.stores.learners.findByUsername(zelda.username);
    const [progress] = await laurel.stores.progress.ofLearner(learner?.id ?? '');
    const [issued] = progress?.issued ?? [];
    const ended = await retire('revoke');
    expect(ended?.counts).to.include({ 'badges revoked': 1 });
    const stands = await laurel.services.providers.get('memory')?.findIssued?.({ uuid: issued?.uuid } as never);
    expect(stands?.state).to.equal('revoked');
  });

  it('takes badges of the memory provider back also from a command beside the server', async () => {
    laurel = await open();
    await meet(laurel, zelda);
    const server = laurel;
    const command = await compose(server.settings, { logger: silentLogger, roles: [], join: true, ...PATIENCE });
    try {
      const request = { username: zelda.username, badgesThere: 'revoke', by: 'cli' } as const;
      const job = await command.services.retirements.request(request);
      const ended = await command.carryOut(job?.id ?? '');
      expect(ended?.counts).to.include({ 'badges revoked': 1 }).and.not.have.property('badges refused');
      const memory = server.services.providers.get('memory') as MemoryProvider;
      expect(memory.entries.filter(({ action }) => action === 'revoke')).to.have.length(1);
    } finally {
      await command.stop();
    }
  });

  it('takes a badge back that the provider made without being heard', async () => {
    laurel = await open();
    const memory = laurel.services.providers.get('memory') as MemoryProvider;
    memory.failNext(new ProviderError('unavailable', 'no answer', { ambiguous: true }), 'after');
    await meet(laurel, zelda);
    expect((await retire('revoke'))?.counts).to.include({ 'badges revoked': 1 });
    expect(memory.entries.map(({ action }) => action)).to.include('revoke');
  });

  it('does not bring the person back when the LMS sends something about them again', async () => {
    laurel = await open();
    await meet(laurel, zelda);
    await retire();
    await take(passingOf(zelda, 'again'));
    await take(passingOf({ ...zelda, username: 'another-name' }, 'other-name'));
    await take(passingOf({ ...zelda, username: zelda.username.toUpperCase(), lmsUserId: 5 }, 'other-id'));
    const found = await dump(laurel);
    expect(mentioned(found, zelda)).to.deep.equal([]);
    expect(mentioned(found, { ...zelda, username: 'another-name' })).to.deep.equal([]);
    const { items } = await laurel.stores.events.list({ limit: 3 });
    for (const { event, outcome } of items) {
      expect([event.payload, event.user]).to.deep.equal([{}, null]);
      expect(outcome).to.deep.equal({ kind: 'ignored', reason: 'retired-learner' });
    }
    expect(items.map(({ event: { id } }) => id)).to.have.members(['again', 'other-name', 'other-id']);
  });

  for (const before of ['was done by this version', 'was done by a version that kept no keys'] as const) {
    it(`recognises the person after the secret key has changed twice, where the retirement ${before}`, async () => {
      const keys = ['the-key-of-the-year-before', 'the-key-of-last-year', 'the-key-of-this-year'] as const;
      const opened = async (LAUREL_SECRET_KEY: string, former = ''): Promise<void> => {
        const env = { LAUREL_DATA_DIR: join(folder, 'data'), LAUREL_SECRET_KEY, LAUREL_FORMER_SECRET_KEYS: former };
        laurel = await compose(readSettings(env), { logger: silentLogger, roles: ['dispatcher'], ...PATIENCE });
      };
      await opened(keys[0]);
      await meet(laurel, zelda);
      await retire();
      if (before === 'was done by a version that kept no keys')
        await databaseOf(laurel).collection('hash_keys').deleteMany({});
      for (const [index, key] of keys.entries()) {
        if (index === 0) continue;
        await laurel.stop();
        await opened(key, keys[index - 1]);
        for (const records of laurel.sealedRecords) expect((await records.reseal()).lost, records.name).to.equal(0);
      }
      await laurel.stop();
      await opened(keys[2]);
      await take(passingOf(zelda, 'again'));
      const stored = await laurel.stores.events.get('again');
      expect([stored?.event.user, stored?.outcome]).to.deep.equal([
        null,
        { kind: 'ignored', reason: 'retired-learner' },
      ]);
    });
  }

  it('is finished by whoever comes after a process that died, whatever it had done', async () => {
    laurel = await open();
    await meet(laurel, zelda);
    const { services, stores } = laurel;
    const job = await services.retirements.request({ username: zelda.username, badgesThere: 'leave', by: 'admin' });
    // Each step is done, the process dies before it is recorded, and the next process does it again.
    const checkpoint = stores.jobs.checkpoint.bind(stores.jobs);
    let lost = 0;
    stores.jobs.checkpoint = async (id, fence, change) => {
      if (lost % 2 === 0) {
        lost += 1;
        await databaseOf(laurel)
          .collection('jobs')
          .updateOne({ _id: id } as never, { $set: { dueAt: new Date(0) } });
        return null;
      }
      lost += 1;
      return checkpoint(id, fence, change);
    };
    for (let look = 0; look < 60; look++) if ((await laurel.carryOut(job?.id ?? '')) !== null) break;
    expect((await stores.jobs.get(job?.id ?? ''))?.state).to.equal('done');
    expect(lost).to.be.greaterThan(2 * traceParts.length);
    expect(mentioned(await dump(laurel), zelda)).to.deep.equal([]);
  });

  it('begins after all when the process died before it had asked for the work', async () => {
    laurel = await open();
    await meet(laurel, zelda);
    const { retirements } = laurel.services;
    const job = await retirements.request({ username: zelda.username, badgesThere: 'leave', by: 'admin' });
    await databaseOf(laurel)
      .collection('jobs')
      .deleteOne({ _id: job?.id } as never);
    expect(await retirements.takeUp()).to.equal(1);
    expect((await laurel.carryOut(job?.id ?? ''))?.state).to.equal('done');
    expect(await retirements.takeUp()).to.equal(0);
    expect(mentioned(await dump(laurel), zelda)).to.deep.equal([]);
  });

  it('goes on when it is asked for again after it had failed: the LMS repeats what did not end well', async () => {
    laurel = await open();
    await meet(laurel, zelda);
    const ask = () =>
      laurel.services.retirements.request({ username: zelda.username, badgesThere: 'leave', by: 'the LMS' });
    const job = await ask();
    const jobs = databaseOf(laurel).collection('jobs');
    await jobs.updateOne({ _id: job?.id } as never, { $set: { state: 'failed', finishedAt: new Date() } });
    const [again, atOnce] = await Promise.all([ask(), ask()]);
    expect([again?.id, again?.state, atOnce?.id, atOnce?.state]).to.deep.equal([
      job?.id,
      'waiting',
      job?.id,
      'waiting',
    ]);
    expect((await laurel.carryOut(job?.id ?? ''))?.state).to.equal('done');
    expect(mentioned(await dump(laurel), zelda)).to.deep.equal([]);
  });

  it('asked for twice is one piece of work, and of somebody unknown it is none', async () => {
    laurel = await open();
    await meet(laurel, zelda);
    const ask = (username: string) =>
      laurel.services.retirements.request({ username, badgesThere: 'leave', by: 'admin' });
    const [first, second] = [await ask(zelda.username), await ask(zelda.username)];
    expect(second?.id).to.equal(first?.id);
    expect(await ask('nobody-at-all')).to.equal(null);
    expect((await dump(laurel)).get('retirements')).to.have.length(1);
    // Asked for again after it was done, it looks for what came in meanwhile.
    await laurel.carryOut(first?.id ?? '');
    const third = await ask(zelda.username);
    expect(third?.id).to.not.equal(first?.id);
    expect((await laurel.carryOut(third?.id ?? ''))?.counts).to.deep.equal({});
  });

  it('waits until every process knows before it removes anything', async () => {
    laurel = await compose(readSettings({ LAUREL_DATA_DIR: folder }), { logger: silentLogger, roles: [] });
    await meet(laurel, zelda);
    expect(await retire()).to.equal(null);
    const { items } = await laurel.stores.jobs.list({ kind: RETIRE, limit: 1 });
    const [job] = items;
    expect(job?.state).to.equal('waiting');
    expect((job?.dueAt.getTime() ?? 0) - (job?.createdAt.getTime() ?? 0)).to.be.within(1_000, 5_000);
    expect(await laurel.stores.learners.findByUsername(zelda.username)).to.not.equal(null);
    // From now on nothing more comes in.
    await take(passingOf(zelda, 'meanwhile'));
    expect((await laurel.stores.events.get('meanwhile'))?.event.user).to.equal(null);
  });

  it('knows every collection and every field that there is', async () => {
    laurel = await open();
    await meet(laurel, zelda);
    await retire();
    const known = new Map(
      dataMap.map(({ collection, personal, other }) => [collection, [...Object.keys(personal), ...other]]),
    );
    for (const model of Object.values(laurel.stores.database.connection.models)) {
      const fields = Object.keys(model.schema.paths).map((path) => path.split('.')[0]);
      expect(known.get(model.collection.name) ?? [], model.collection.name).to.include.members(fields);
    }
    for (const [name, documents] of await dump(laurel)) {
      const fields = documents.flatMap((text) => Object.keys(JSON.parse(text) as object));
      expect(known.get(name) ?? [], name).to.include.members([...new Set(fields)]);
    }
  });
});

describe('giving a learner another username', function () {
  this.timeout(60_000);
  let folder: string;
  let laurel: Laurel;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'laurel-rename-'));
    laurel = await compose(readSettings({ LAUREL_DATA_DIR: folder }), { logger: silentLogger, roles: [] });
    await meet(laurel, zelda);
  });
  afterEach(async () => {
    await laurel.stop();
    rmSync(folder, { recursive: true, maxRetries: 5 });
  });
  const rename = async (former: string, next: string) =>
    (await laurel.services.retirements.rename(former, next, 'admin')).outcome;
  /** To the end of the job. */
  const renameEverywhere = async (former: string, next: string) => {
    const { job } = await laurel.services.retirements.rename(former, next, 'admin');
    return job && laurel.carryOut(job.id);
  };
  const username = zelda.username;
  const formerIn = async (name: string) =>
    mentioned(new Map([[name, (await dump(laurel)).get(name) ?? []]]), { ...zelda, email: '\u0000', name: '\u0000' });

  it('changes it wherever the learner is found by it, and can be repeated', async () => {
    expect(await rename(zelda.username, 'link')).to.equal('renamed');
    expect(await rename(zelda.username, 'link')).to.equal('unknown');
    const found = await dump(laurel);
    const renamed = ['learners', 'credentials', 'learner_records', 'progress'];
    const places = mentioned(found, { ...zelda, email: '\u0000', name: '\u0000' }).map(
      (text) => text.split(':')[0] ?? '',
    );
    for (const name of renamed) expect(places).to.not.include(name);
    const { learners, credentials, events } = laurel.stores;
    const learner = await learners.findByUsername('link');
    expect(learner?.lmsUserId).to.equal(zelda.lmsUserId);
    expect((await credentials.credentials({ search: 'link', limit: 9 })).items).to.have.length(3);
    expect((await events.get('ignored'))?.event.user?.username).to.equal('link');
    expect(await laurel.badgeLines('link')).to.have.length(1);
  });

  it('reaches dead letters, which a replay then finds to be of the same learner, and whatever people wrote', async () => {
    const note = { at: new Date(), by: 'admin', note: `${username}: see (${username}), not ${username}@example.org` };
    await laurel.stores.deadLetters.discard({ ids: ['letter-escaped'] }, note);
    const ended = await renameEverywhere(username, 'link');
    expect([ended?.state, ended?.error]).to.deep.equal(['done', null]);
    expect(ended?.counts).to.deep.equal({ letters: 1, texts: 3 });
    const { deadLetters } = laurel.stores;
    const letter = await deadLetters.letter('letter-own');
    expect(JSON.parse(Buffer.from(letter?.body ?? []).toString())).to.have.nested.include({
      'course_passing_status.user.pii.username': 'link',
      'course_passing_status.user.pii.email': zelda.email,
    });
    expect(letter?.bodyBytes).to.equal(letter?.body.length);
    const settled = (await deadLetters.letter('letter-escaped'))?.settled;
    expect(settled?.note).to.equal(`link: see (link), not ${username}@example.org`);
    for (const name of ['jobs', 'audit', 'sessions']) expect(await formerIn(name), name).to.deep.equal([]);
    // Between letters it may be a part of another word, and an address stays as it is.
    expect((await formerIn('dead_letters')).map((text) => /letter-\w+/.exec(text)?.[0])).to.have.members([
      ...['letter-damaged', 'letter-escaped'],
    ]);
  });

  it('leaves dead letters alone that are of somebody else who had the username', async () => {
    const body = Buffer.from(JSON.stringify((passingOf({ ...zelda, lmsUserId: 5 }, 'x') as { data: object }).data));
    const letter = await laurel.stores.deadLetters.letter('letter-own');
    await laurel.stores.deadLetters.add({
      ...(letter as DeadMessage),
      id: 'letter-namesake',
      body,
      bodyBytes: body.length,
    });
    await renameEverywhere(username, 'link');
    const after = await laurel.stores.deadLetters.letter('letter-namesake');
    expect(Buffer.from(after?.body ?? []).toString()).to.equal(body.toString());
  });

  it('leaves a message in Avro readable', async () => {
    const { type, data } = passingOf(zelda, 'avro') as { type: string; data: object };
    const body = encodeAvro(eventCatalogue.get(type) as EventType, data as never);
    const letter = (await laurel.stores.deadLetters.letter('letter-own')) as DeadMessage;
    const avro = { id: 'letter-avro', contentType: 'application/avro', eventType: type, body, bodyBytes: body.length };
    await laurel.stores.deadLetters.add({ ...letter, ...avro });
    await renameEverywhere(username, 'link');
    const after = (await laurel.stores.deadLetters.letter('letter-avro')) as DeadLetter;
    expect(eventFromDeadLetter(after).user).to.deep.include({ username: 'link', lmsUserId: zelda.lmsUserId });
    expect(after.bodyBytes).to.equal(after.body.length);
  });

  it('asks for the rest again where a process died before it had asked, and of nobody for nothing', async () => {
    const { job } = await laurel.services.retirements.rename(username, 'link', 'admin');
    await databaseOf(laurel)
      .collection('jobs')
      .deleteOne({ _id: job?.id } as never);
    expect((await renameEverywhere(username, 'link'))?.counts).to.deep.equal({ letters: 1, texts: 2 });
    expect(await renameEverywhere('nobody-at-all', 'somebody')).to.equal(null);
  });

  it('gives whoever repeats the call the first job, open or done, and not another', async () => {
    const call = async (former = username, next = 'link') =>
      (await laurel.services.retirements.rename(former, next, 'admin')).job?.id ?? '';
    const first = await call();
    expect(first)
      .to.match(/^rename-/)
      .and.not.include(username)
      .and.not.include('link');
    expect(await call()).to.equal(first);
    await laurel.carryOut(first);
    expect(await call()).to.equal(first);
    const kinds = (await laurel.stores.jobs.list({ kind: 'rename-learner', limit: 9 })).items;
    expect(kinds.map(({ id, state }) => [id, state])).to.deep.equal([[first, 'done']]);
    // There and back, and there again: what was written in between has to be looked through.
    const back = await call('link', username);
    expect(back).to.not.equal(first);
    const again = await call();
    expect([first, back]).to.not.include(again);
    await laurel.services.jobs.cancel(again);
    expect([first, back, again]).to.not.include(await call());
  });

  it('is not undone by an event from before', async () => {
    await rename(zelda.username, 'link');
    await laurel.services.processEvent(laurel.services.decodeCloudEvent(passingOf(zelda, 'late')), 'http');
    expect((await laurel.stores.learners.findByUsername('link'))?.lmsUserId).to.equal(zelda.lmsUserId);
    expect(await laurel.stores.learners.findByUsername(zelda.username)).to.equal(null);
  });

  it('is refused where somebody else has the new one, and of nobody it is nothing', async () => {
    expect(await rename(zelda.username, bystander.username)).to.equal('taken');
    expect(await laurel.stores.learners.findByUsername(zelda.username)).to.not.equal(null);
    expect(await rename('nobody-at-all', 'somebody')).to.equal('unknown');
  });
});
