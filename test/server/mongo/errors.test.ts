import { expect } from 'chai';
import mongoose from 'mongoose';
import sinon from 'sinon';
import { InputError } from '../../../plugin/errors.ts';
import { refusalError } from '../../../server/mongo/bulk.ts';
import { withDatabase } from '../../../server/mongo/errors.ts';
import { rejection } from '../../contracts/credential-store.ts';

describe('work against the database', () => {
  it('passes on what it results in, and errors of others', async () => {
    expect(await withDatabase(async () => 7)).to.equal(7);
    const ours = new InputError('option', 'm');
    expect(await rejection(withDatabase(() => Promise.reject(ours)))).to.equal(ours);
  });

  it('says what to look at when the database cannot be reached', async () => {
    const lost = new mongoose.mongo.MongoNetworkError('connection 3 to mongodb://ada:secret@host closed');
    const error = await rejection(withDatabase(() => Promise.reject(lost)));
    expect([error.code, error.message, error.details]).to.deep.equal([
      'store.unavailable',
      'the database does not answer; check that MongoDB is running and that MONGODB_URI leads to it',
      { error: 'MongoNetworkError' },
    ]);
  });

  it('takes a socket that leads nowhere any more for a database that is away, as the driver passes it on', async () => {
    for (const code of ['EPIPE', 'ECONNRESET', 'ERR_STREAM_DESTROYED']) {
      const gone = Object.assign(new Error(`write ${code}`), { code, syscall: 'write' });
      const error = await rejection(withDatabase(() => Promise.reject(gone)));
      expect(error, code).to.include({ code: 'store.unavailable', retry: 'later' });
    }
    const full = Object.assign(new Error('no space left on device, write'), { code: 'ENOSPC', syscall: 'write' });
    expect(await withDatabase(() => Promise.reject(full)).catch((given: unknown) => given)).to.equal(full);
  });

  it('does not take a query that makes no sense for a database that is away', async () => {
    const mistake = new mongoose.Error.CastError('string', { $in: ['a'] }, 'state');
    const passedOn = (error: Error) => withDatabase(() => Promise.reject(error)).catch((given: unknown) => given);
    expect(await passedOn(mistake)).to.equal(mistake);
    const unknown = new mongoose.Error.StrictModeError('nowhere');
    expect(await passedOn(unknown)).to.equal(unknown);
  });

  it('takes a server that is going away for one that is away, also where it puts no label on what it says', async () => {
    const codes = {
      ShutdownInProgress: 91,
      PrimarySteppedDown: 189,
      NotWritablePrimary: 10107,
      InterruptedAtShutdown: 11600,
    };
    for (const [codeName, code] of Object.entries(codes)) {
      const answer = new mongoose.mongo.MongoServerError({ message: 'interrupted', code, codeName });
      const error = await rejection(withDatabase(() => Promise.reject(answer)));
      expect(error, codeName).to.include({ code: 'store.unavailable', retry: 'later' });
      const one = { index: 0, code, errmsg: 'interrupted' } as mongoose.mongo.WriteError;
      expect(refusalError(one), codeName).to.include({ code: 'store.unavailable' });
    }
    const refusal = new mongoose.mongo.MongoServerError({ message: 'unknown operator', code: 2 });
    const passedOn = await withDatabase(() => Promise.reject(refusal)).catch((given: unknown) => given);
    expect(passedOn).to.equal(refusal);
  });

  it('takes a write for not done when it is not known to be durable', async () => {
    const result = { ok: 1, writeConcernError: { code: 64, errmsg: 'waiting for replication timed out' } };
    const unsure = new mongoose.mongo.MongoWriteConcernError(result);
    const error = await rejection(withDatabase(() => Promise.reject(unsure)));
    expect(error).to.include({ code: 'store.unavailable', retry: 'later' });
  });

  it('ends also when the driver never answers, as for a command written while its connection is lost', async () => {
    const clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const given = rejection(withDatabase(() => new Promise(() => {})));
    await clock.tickAsync(20_000);
    expect(await given).to.include({ code: 'store.unavailable', retry: 'later' });
  });

  it('leaves no timer behind', async () => {
    const clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    await withDatabase(async () => {});
    expect(clock.countTimers()).to.equal(0);
  });
});
