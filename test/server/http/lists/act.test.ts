import { expect } from 'chai';
import { actionParameters, createListActions } from '../../../../server/http/lists/act.ts';
import { allLists } from '../../../../server/http/lists/all.ts';
import { seed } from '../../../support/seed.ts';
import { makeSite } from '../../../support/web.ts';

describe('actions on many records', () => {
  it('replay dead letters no faster than any other replay does', async () => {
    const site = makeSite();
    await seed(site);
    const lists = allLists(site.services);
    const list = lists.find(({ path }) => path === '/dead-letters');
    const action = list?.actions?.find(({ name }) => name === 'replay');
    if (!list || !action) throw new Error('there is no such action');
    const pauses: number[] = [];
    const kind = createListActions(
      async () => lists,
      async (ms) => {
        pauses.push(ms);
      },
    );
    const job = await site.services.jobs.request({
      ...{ kind: kind.kind, title: 'Replay', requestedBy: 'ada' },
      parameters: actionParameters(
        list,
        action,
        { query: 'state=open', ids: null, until: null },
        { reason: '', choice: '' },
      ),
    });
    const step = await kind.step(job);
    expect(step).to.deep.include({ done: 2, finished: true });
    expect(pauses).to.deep.equal([20, 20]);
  });
});
