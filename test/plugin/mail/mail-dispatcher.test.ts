import { expect } from 'chai';
import { invalidateCredential } from '../../../plugin/credentials/invalidate-credential.ts';
import { MailError, StoreError } from '../../../plugin/errors.ts';
import { createMailDispatcher, type MailDispatcherParts } from '../../../plugin/mail/mail-dispatcher.ts';
import type { CredentialMail } from '../../../plugin/ports/credential-store.ts';
import type { OutgoingMail } from '../../../plugin/ports/mailer.ts';
import { silentLogger } from '../../../plugin/ports/runtime.ts';
import { rejection } from '../../contracts/credential-store.ts';
import { CONFIGURATION, type CredentialWorld, credentialWorld } from '../../support/credential-world.ts';

describe('sending mails', () => {
  let world: CredentialWorld;
  let sent: OutgoingMail[];
  let answer: () => Error | null;

  beforeEach(async () => {
    world = await credentialWorld();
    sent = [];
    answer = () => null;
    await generate();
  });

  async function generate(): Promise<void> {
    const runner = world.runner();
    await runner.wait(await runner.runNow(CONFIGURATION, 'manual', world.clock.at));
    await runner.stop();
  }

  function dispatcher(changes: Partial<MailDispatcherParts> = {}) {
    return createMailDispatcher({
      store: world.store,
      mailer: {
        domain: 'example.org',
        async send(mail) {
          sent.push(mail);
          const error = answer();
          if (error) throw error;
        },
        close() {},
      },
      write: async ({ contextName }) => ({ subject: contextName, text: 'text', html: 'html' }),
      clock: world.clock,
      logger: silentLogger,
      ...changes,
    });
  }

  const mailOf = async (username: string) => (await world.credential(username))?.mail as CredentialMail;
  const later = (ms: number) => {
    world.clock.at = new Date(world.clock.at.getTime() + ms);
  };

  it('B15: tells each learner once that a credential is available', async () => {
    expect(await dispatcher().runDue()).to.equal(3);
    expect(await dispatcher().runDue()).to.equal(0);
    const ada = await world.credential('ada');
    expect(sent.filter(({ messageId }) => messageId === `${ada?.id}@example.org`)).to.deep.equal([
      {
        to: 'ada@example.com',
        subject: 'Demonstration Course',
        text: 'text',
        html: 'html',
        messageId: `${ada?.id}@example.org`,
      },
    ]);
    expect(await mailOf('ada')).to.include({ state: 'sent', attempts: 1, dueAt: null });
    await generate();
    later(86_400_000);
    expect(await dispatcher().runDue()).to.equal(0);
  });

  it('several processes at once send each mail once', async () => {
    await Promise.all([1, 2, 3].map(() => dispatcher().runDue()));
    expect(sent.map(({ messageId }) => messageId)).to.have.length(3);
    expect(new Set(sent.map(({ messageId }) => messageId)).size).to.equal(3);
  });

  it('U17: what failed for now is tried again, later and later, under the same message id', async () => {
    answer = () => new MailError('deferred', 'the mail server cannot take the mail now (451)');
    await dispatcher().runDue();
    expect(await mailOf('ada')).to.include({ state: 'pending', attempts: 1 });
    expect((await mailOf('ada')).lastError).to.deep.equal({
      code: 'mail.deferred',
      message: 'the mail server cannot take the mail now (451)',
    });
    answer = () => null;
    later(3_600_000);
    await dispatcher().runDue();
    expect(await mailOf('ada')).to.include({ state: 'sent', attempts: 2, lastError: null });
    expect(sent).to.have.length(6);
    expect(new Set(sent.map(({ messageId }) => messageId)).size).to.equal(3);
  });

  it('what was refused for good waits for a person, who may retry it or give it up', async () => {
    answer = () => new MailError('refused', 'the mail server refused the mail (550)');
    await dispatcher().runDue();
    expect(await mailOf('ada')).to.include({ state: 'failed', dueAt: null });
    later(86_400_000);
    expect(await dispatcher().runDue()).to.equal(0);

    const { id = '' } = (await world.credential('ada')) ?? {};
    await dispatcher().giveUp(id);
    expect((await mailOf('ada')).state).to.equal('given-up');
    expect((await rejection(dispatcher().giveUp(id))).message).to.equal(
      'the mail was given up; there is nothing left to do',
    );
    answer = () => null;
    await dispatcher().retry(id);
    await dispatcher().runDue();
    expect((await mailOf('ada')).state).to.equal('sent');
    expect((await rejection(dispatcher().retry(id))).message).to.equal(
      'the mail was sent; there is nothing left to do',
    );
    expect((await rejection(dispatcher().retry('nobody'))).message).to.equal(
      'there is no such mail; the list of mails shows those there are',
    );
  });

  it('K14: a process that stood still for longer than its lease does not send, since another one may be sending', async () => {
    const slow = dispatcher({
      concurrency: 1,
      write: async () => {
        later(120_000);
        return { subject: 'late', text: 'text', html: 'html' };
      },
    });
    await slow.runDue();
    expect(sent).to.deep.equal([]);
    expect(await dispatcher().runDue()).to.equal(3);
    expect(sent.map(({ subject }) => subject)).to.not.include('late');
  });

  it('a process that dies before it recorded the answer leaves a repetition with the same message id', async () => {
    const { store } = world;
    const broken: MailDispatcherParts['store'] = {
      credential: (id) => store.credential(id),
      dueMails: (now, limit) => store.dueMails(now, limit),
      async updateCredential(credential, expected) {
        if (credential.mail?.state === 'sent') throw new StoreError('unavailable', 'the database is away');
        return store.updateCredential(credential, expected);
      },
    };
    await dispatcher({ store: broken }).runDue();
    expect(await dispatcher().runDue()).to.equal(0);
    later(120_001);
    expect(await dispatcher().runDue()).to.equal(3);
    expect(sent).to.have.length(6);
    expect(new Set(sent.map(({ messageId }) => messageId)).size).to.equal(3);
    expect((await mailOf('ada')).state).to.equal('sent');
  });

  it('leaves a server alone that does not answer, and tries with one mail at a time', async () => {
    answer = () => new MailError('unavailable', 'the mail server did not answer to the end');
    const one = dispatcher({ breakerPolicy: { failures: 2, firstMs: 5_000, capMs: 60_000 }, concurrency: 1 });
    await one.runDue();
    expect(sent).to.have.length(2);
    expect(one.state().state).to.equal('open');
    expect(await one.runDue()).to.equal(0);
    later(5_000);
    answer = () => null;
    await one.runDue();
    expect(one.state().state).to.equal('closed');
  });

  it('tells nobody of a credential that is invalidated before its mail went out', async () => {
    const { id = '' } = (await world.credential('ada')) ?? {};
    await invalidateCredential(id, 'A mistake', { ...world.parts(), newId: () => crypto.randomUUID() });
    expect(await dispatcher().runDue()).to.equal(2);
    expect((await world.store.credential(id))?.mail).to.include({ state: 'superseded', dueAt: null });
    expect((await rejection(dispatcher().retry(id))).message).to.equal(
      'the mail is about a credential that is invalidated; there is nothing left to do',
    );
  });

  it('keeps mails while there is no mail server', async () => {
    expect(await dispatcher({ mailer: null }).runDue()).to.equal(0);
    expect((await mailOf('ada')).state).to.equal('pending');
    expect(await world.store.mailCounts()).to.include({ pending: 3 });
  });

  it('writes no address and no name into the log', async () => {
    const lines: unknown[] = [];
    const log = (...line: unknown[]) => void lines.push(line);
    const logger = { ...silentLogger, debug: log, info: log, warn: log, error: log };
    answer = () => new Error('550 ada@example.com Ada Lovelace');
    await dispatcher({ logger }).runDue();
    expect(lines).not.to.have.length(0);
    // a random id may hold any three letters of them
    const said = (value: unknown) => JSON.stringify(value).replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'id');
    expect(said(lines)).not.to.match(/ada|lovelace|@example\.com/i);
    expect(said(await mailOf('ada'))).not.to.match(/ada|@example\.com/i);
    expect((await mailOf('ada')).state).to.equal('failed');
  });

  it('is not for learners without an address, without an account, or where the configuration says so', async () => {
    const { aLearnerRecord, DEMO_COURSE } = await import('../../contracts/learner-records.ts');
    world.records.add(DEMO_COURSE, 'Demonstration Course', [
      aLearnerRecord({ username: 'eve', email: '' }),
      aLearnerRecord({ username: 'fay', isActive: false }),
    ]);
    await generate();
    later(1_000);
    await generate();
    expect([await mailOf('eve'), await mailOf('fay')]).to.deep.equal([null, null]);
    const configuration = await world.store.configuration(CONFIGURATION);
    if (!configuration) throw new Error('the configuration is gone');
    await world.store.saveConfiguration({ ...configuration, options: { send_mail: false } });
    world.records.add(DEMO_COURSE, 'Demonstration Course', [aLearnerRecord({ username: 'gus' })]);
    later(1_000);
    await generate();
    expect((await world.credential('gus'))?.status).to.equal('available');
    expect(await mailOf('gus')).to.equal(null);
  });
});
