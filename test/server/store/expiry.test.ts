import { expect } from 'chai';
import { toDocument } from '../../../server/store/bson.ts';
import { Catalog } from '../../../server/store/catalog.ts';
import { CollectionIndex } from '../../../server/store/collection-index.ts';
import { removeExpired } from '../../../server/store/expiry.ts';
import { Journal } from '../../../server/store/journal.ts';
import { temporaryFolder } from './support/folder.ts';

const DAY = 86_400_000;

describe('expiry', () => {
  it('follows the clock, the index as it is now, and the limit', async () => {
    const journal = new Journal(temporaryFolder());
    const catalog = new Catalog(journal);
    const events = catalog.findOrCreate('laurel', 'events');
    for (let day = 0; day < 10; day++) events.insertDocument(toDocument({ _id: day, receivedAt: new Date(day * DAY) }));
    const keepFor = (days: number) => {
      events.dropIndex('ttl');
      events.addIndex(
        new CollectionIndex(
          toDocument({ v: 2, key: { receivedAt: 1 }, name: 'ttl', expireAfterSeconds: days * 86_400 }),
        ),
      );
    };
    keepFor(90);
    expect(removeExpired(catalog, new Date(90 * DAY - 1))).to.equal(0);
    expect(removeExpired(catalog, new Date(91 * DAY))).to.equal(2);
    keepFor(85);
    expect(removeExpired(catalog, new Date(91 * DAY), 3)).to.equal(3);
    expect(removeExpired(catalog, new Date(91 * DAY), 3)).to.equal(2);
    expect(events.size).to.equal(3);
    await journal.settled();
    await journal.close();
  });
});
