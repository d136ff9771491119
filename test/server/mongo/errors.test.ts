import { expect } from 'chai';
import mongoose from 'mongoose';
import sinon from 'sinon';
import { InputError } from '../../../plugin/errors.ts';
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

  it('does not take a query that makes no sense for a database that is away', async () => {
    const mistake = new mongoose.Error.CastError('string', { $in: ['a'] }, 'state');
    const passedOn = (error: Error) => withDatabase(() => Promise.reject(error)).catch((given: unknown) => given);
    expect(await passedOn(mistake)).to.equal(mistake);
    const unknown = new mongoose.Error.StrictModeError('nowhere');
    expect(await passedOn(unknown)).to.equal(unknown);
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
