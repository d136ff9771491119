import { expect } from 'chai';
import mongoose from 'mongoose';
import { insertMany } from '../../../server/mongo/insert-many.ts';
import { rejection } from '../../contracts/credential-store.ts';

const { MongoNetworkError, MongoServerError } = mongoose.mongo;

interface Thing {
  readonly _id: string;
}

const things: readonly Thing[] = [{ _id: 'a' }, { _id: 'b' }];

/** @param answers of the database, one after the other; errors are thrown */
function database(...answers: readonly object[]) {
  const sent: object[] = [];
  const command = async (one: object) => {
    const answer = answers[sent.push(one) - 1] as object;
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const model = { collection: { collectionName: 'things' }, db: { db: { command } } };
  return { sent, insert: () => insertMany(model as unknown as mongoose.Model<Thing>, things) };
}

function newPrimary(): Error {
  const error = new MongoNetworkError('connection 3 to mongodb://ada:secret@host closed');
  error.addErrorLabel('RetryableWriteError');
  return error;
}

describe('many documents inserted', () => {
  it('are one command, in any order, that waits until they are durable', async () => {
    const { sent, insert } = database({ ok: 1, n: 2 });
    expect(await insert()).to.deep.equal({ refusals: [], notDurable: null });
    expect(sent).to.deep.equal([
      { insert: 'things', documents: things, ordered: false, writeConcern: { w: 'majority', j: true } },
    ]);
  });

  it('say which were refused, and when the others are not known to be durable', async () => {
    const writeErrors = [{ index: 1, code: 11000, errmsg: 'E11000' }];
    const { insert } = database({ ok: 1, n: 1, writeErrors, writeConcernError: { code: 64, errmsg: 'timed out' } });
    expect(await insert()).to.deep.equal({ refusals: writeErrors, notDurable: 64 });
  });

  it('are sent once more when another server has become the primary, and not a third time', async () => {
    const once = database(newPrimary(), { ok: 1, n: 2 });
    expect((await once.insert()).refusals).to.deep.equal([]);
    expect(once.sent).to.have.length(2);
    const twice = database(newPrimary(), newPrimary(), { ok: 1, n: 2 });
    expect(await rejection(twice.insert())).to.include({ code: 'store.unavailable', retry: 'later' });
    expect(twice.sent).to.have.length(2);
  });

  for (const [what, answer, error] of [
    ['the connection is lost', new MongoNetworkError('closed'), 'MongoNetworkError'],
    ['the disk takes nothing', new MongoServerError({ ok: 0, code: 1, errmsg: 'no more writes' }), 'MongoServerError'],
    ['the answer accounts for too few', { ok: 1, n: 1 }, 'IncompleteReply'],
  ] as const)
    it(`are not taken to be there, nor to be at fault, when ${what}`, async () => {
      const { sent, insert } = database(answer);
      const { code, retry, details } = await rejection(insert());
      expect([code, retry, details]).to.deep.equal(['store.unavailable', 'later', { error }]);
      expect(sent).to.have.length(1);
    });
});
