import { expect } from 'chai';
import type mongoose from 'mongoose';
import sinon from 'sinon';
import type { Condition, FieldValue } from '../../../plugin/ports/records.ts';
import { silentLogger } from '../../../plugin/ports/runtime.ts';
import { allLists } from '../../../server/http/lists/all.ts';
import type { AnyList } from '../../../server/http/lists/list.ts';
import { accessModels } from '../../../server/mongo/access-models.ts';
import { MongoAccessStore } from '../../../server/mongo/access-store.ts';
import { connectDatabase, type Database } from '../../../server/mongo/connect.ts';
import { credentialModels } from '../../../server/mongo/credential-models.ts';
import { MongoCredentialStore } from '../../../server/mongo/credential-store.ts';
import { deadLetterModels, MongoDeadLetterStore } from '../../../server/mongo/dead-letter-store.ts';
import { eventModels, MongoEventLog } from '../../../server/mongo/event-log.ts';
import { jobModels, MongoJobStore } from '../../../server/mongo/job-store.ts';
import { learnerModels, MongoLearnerStore } from '../../../server/mongo/learner-store.ts';
import { MongoProgressStore, progressModels } from '../../../server/mongo/progress-store.ts';
import { CollectionIndex } from '../../../server/store/collection-index.ts';
import { parseKeyPattern } from '../../../server/store/index-keys.ts';
import { planQuery } from '../../../server/store/planner.ts';
import { testDatabase } from '../../support/database.ts';
import { makeSite } from '../../support/web.ts';
import { doc } from '../store/support/documents.ts';

/** What a list of a large collection offers, each with a place to go on behind. */
interface Offer {
  readonly label: string;
  readonly where: readonly Condition[];
  readonly order: AnyList['order'];
}

/** Filters over fields that hold several values, or rare ones: the matches are few, and are put in order by hand. */
const FEW = [
  'effects',
  'lane',
  'kind',
  'error',
  'template',
  'state-there',
  'id',
  'actor',
  'object',
  'action',
  'trigger',
];

/** Where any text will not do. */
const CHOSEN: Readonly<Record<string, string>> = {
  '/events period': 'week',
  '/effects state': 'failed',
  '/dead-letters age': '1d',
};
const PARTS = ['/effects', '/issued-badges'];

describe('the indexes of lists', () => {
  let database: Database;
  let closeServer: () => Promise<void>;
  let lists: readonly AnyList[];

  before(async () => {
    const server = await testDatabase();
    closeServer = () => server.close();
    const models = [
      ...[accessModels, credentialModels, eventModels, jobModels, progressModels],
      ...[learnerModels, deadLetterModels],
    ];
    database = await connectDatabase({ uri: server.uri, logger: silentLogger, models });
    const { connection } = database;
    const { services } = makeSite();
    lists = allLists({
      ...services,
      access: new MongoAccessStore(connection),
      credentials: new MongoCredentialStore(connection),
      events: new MongoEventLog(connection),
      jobStore: new MongoJobStore(connection),
      progress: new MongoProgressStore(connection),
      learners: new MongoLearnerStore(connection),
      deadLetters: new MongoDeadLetterStore(connection, 30),
    });
  });
  after(async () => {
    await database.close();
    await closeServer();
  });

  /** Each order with each filter; where few values come first, the stretch of one value in the order behind. */
  function offersOf(list: AnyList): readonly Offer[] {
    const fields = (isFew: boolean) =>
      list.columns.flatMap(({ order, hasFewValues = false }) => (order && hasFewValues === isFew ? order : []));
    const stretches = [[], ...fields(true).map((field): Condition[] => [{ field, in: ['x'] }])];
    return stretches.flatMap((stretch) =>
      fields(false).flatMap((field) =>
        [false, true].flatMap((descending) => {
          const where = [...(list.always ?? []), ...stretch];
          const order = { field, descending };
          const label = `${stretch.map((one) => `${'field' in one ? one.field : ''}, `)}${field} ${descending}`;
          return [
            { label, where, order },
            ...list.filters
              .filter(({ name }) => !FEW.includes(name))
              .map((filter) => ({
                label: `${filter.name} by ${label}`,
                where: [...where, ...filter.where(CHOSEN[`${list.path} ${filter.name}`] ?? 'x')],
                order,
              })),
          ];
        }),
      ),
    );
  }

  /** The first filter and order that a page asks the collection for, and the plan that they get. */
  async function planOf(list: AnyList, { where, order }: Offer) {
    const { shape } = list.records;
    const value: FieldValue = order.field.endsWith('At') || order.field === 'at' ? new Date() : 'x';
    const plain = [order.field, value, ...shape.id.map(() => 'x')].map((one) =>
      one instanceof Date ? { time: one.getTime() } : one,
    );
    const after = Buffer.from(JSON.stringify(plain)).toString('base64url');
    const models = Object.values(database.connection.models) as mongoose.Model<unknown>[];
    const spies = models.map((model) => ({ model, find: sinon.spy(model.collection, 'find') }));
    // A place among parts is one among their documents.
    await list.records.page({ where, order, limit: 10, ...(PARTS.includes(list.path) ? {} : { after }) });
    for (const { find } of spies) find.restore();
    const asked = spies.find(({ find }) => find.called) as (typeof spies)[number];
    const [filter, options] = asked.find.firstCall.args as unknown as [object, { readonly sort: object }];
    const indexes = await asked.model.collection.indexes();
    const plans = indexes.map(({ key, name }) => new CollectionIndex(doc({ key, name })));
    return planQuery(plans, doc(filter as never), parseKeyPattern(doc(options.sort as never), 'sort'));
  }

  it('tell the few values of every column that has few', async () => {
    const few = lists.flatMap((list) =>
      list.columns.flatMap((column) => (column.hasFewValues ? { list, column } : [])),
    );
    expect(few).to.have.length.at.least(9);
    for (const { list, column } of few)
      expect(await list.records.values(column.order ?? '', 10), `${list.path} ${column.name}`).to.be.an('array');
  });

  const paths = ['/effects', '/issued-badges', '/learners', '/dead-letters'];
  for (const path of [...paths, '/events', '/progress', '/credentials', '/mails', '/runs', '/jobs', '/audit']) {
    it(`serve every order and filter that ${path} offers, wherever a page begins`, async () => {
      const list = lists.find((one) => one.path === path) as AnyList;
      const offers = offersOf(list);
      expect(offers).to.have.length.at.least(2);
      for (const offer of offers) {
        const plan = await planOf(list, offer);
        expect(plan?.sorted, `${offer.label}: ${plan?.index.name}`).to.equal(true);
      }
    });
  }
});
