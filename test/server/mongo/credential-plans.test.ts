/** What is asked every second, or for every learner, is found by an index: the questions as the store asks them, planned as the
 *  embedded store plans them over the indexes that the models ask for. */

import { expect } from 'chai';
import mongoose from 'mongoose';
import { credentialModels } from '../../../server/mongo/credential-models.ts';
import { CollectionIndex } from '../../../server/store/collection-index.ts';
import { parseKeyPattern } from '../../../server/store/index-keys.ts';
import { planQuery } from '../../../server/store/planner.ts';
import { doc } from '../store/support/documents.ts';

type Fields = Record<string, unknown>;

const models = credentialModels(mongoose.createConnection());
const now = new Date('2026-03-01T12:00:00Z');

const QUESTIONS: readonly (readonly [string, keyof typeof models, Fields, Fields, string])[] = [
  [
    'X14: the schedules that are due',
    'schedules',
    { enabled: true, nextDueAt: { $lte: now } },
    { nextDueAt: 1 },
    'enabled_1_nextDueAt_1, sorted',
  ],
  [
    'X14: the runs of a schedule that is due',
    'runs',
    { configurationId: 'a' },
    { startedAt: -1, _id: -1 },
    'configurationId_1_startedAt_1__id_1, sorted',
  ],
  [
    'the runs whose process is gone',
    'runs',
    { state: 'running', leaseUntil: { $lte: now } },
    { leaseUntil: 1 },
    'state_1_leaseUntil_1, sorted',
  ],
  [
    'whether learners have a credential',
    'credentials',
    { configurationId: 'a', status: { $ne: 'invalidated' }, username: { $in: ['ada', 'ben'] } },
    {},
    'username_1_configurationId_1',
  ],
  [
    'what holds the places of learners',
    'credentials',
    { configurationId: 'a', username: { $in: ['ada', 'ben'] }, live: true },
    {},
    'configurationId_1_username_1',
  ],
  [
    'the mails that are due',
    'credentials',
    { 'mail.state': 'pending', 'mail.dueAt': { $lte: now } },
    { 'mail.dueAt': 1 },
    'mail.state_1_mail.dueAt_1, sorted',
  ],
];

describe('the indexes of credentials', () => {
  for (const [what, model, filter, sort, expected] of QUESTIONS) {
    it(`find ${what}`, () => {
      const indexes = models[model].schema.indexes().map(
        ([key, options]) =>
          new CollectionIndex(
            doc({
              ...{ key, name: Object.entries(key).flat().join('_') },
              ...(options.unique ? { unique: true } : {}),
              ...(options.partialFilterExpression
                ? { partialFilterExpression: options.partialFilterExpression as Fields }
                : {}),
            }),
          ),
      );
      const plan = planQuery(indexes, doc(filter), parseKeyPattern(doc(sort), 'sort'));
      expect(`${plan?.index.name}${plan?.sorted ? ', sorted' : ''}`).to.equal(expected);
    });
  }
});
