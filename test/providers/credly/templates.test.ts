import { expect } from 'chai';
import { all, type CredlyWorld, closeCredlyWorlds, credlyWorld, rejection } from '../../support/credly-world.ts';

afterEach(closeCredlyWorlds);

describe('the templates of a Credly organization', () => {
  async function manyTemplates(count: number): Promise<CredlyWorld> {
    const world = await credlyWorld();
    for (let number = 1; number < count; number++) {
      const state = number % 40 === 0 ? ('draft' as const) : ('active' as const);
      world.credly.addTemplate(world.account.externalId as string, { name: `Template ${number}`, state });
    }
    world.credly.forgetCalls();
    return world;
  }

  it('are asked for with our own parameters on every page, at our own address (U4)', async () => {
    const world = await manyTemplates(120);
    const templates = await all(world.provider.listTemplates(world.account));
    expect(templates).to.have.length(118);
    expect(templates.every(({ state }) => state === 'active')).to.equal(true);
    expect(world.credly.calls.map(({ path, query }) => `${path}?${query}`)).to.deep.equal(
      [1, 2, 3].map(
        (page) =>
          `/v1/organizations/${world.account.externalId}/badge_templates?sort=created_at&filter=state%3A%3Aactive%2Carchived&page=${page}`,
      ),
    );
  });

  it('are neither complete nor gone when the list changes while it is read', async () => {
    const world = await manyTemplates(70);
    const listing = (async () => {
      for await (const { name } of world.provider.listTemplates(world.account)) {
        if (name === 'Template 1') world.credly.changeTemplate(world.templateId, { state: 'draft' });
      }
    })();
    const error = await rejection(listing);
    expect([error.code, error.retry]).to.deep.equal(['provider.unavailable', 'later']);
    expect(error.message).to.equal(
      'the list changed at Credly while it was read, so it may be incomplete; nothing was taken for gone; try again',
    );
  });

  for (const [what, data] of [
    ['no id', { name: 'x', state: 'active' }],
    ['an id that leads elsewhere', { id: '../../tokens', name: 'x', state: 'active' }],
    ['no name', { id: '43aaea02-0000-4000-8000-000000000002', name: '\u0007 ', state: 'active' }],
    ['an unknown state', { id: '43aaea02-0000-4000-8000-000000000002', name: 'x', state: 'gone' }],
  ] as const) {
    it(`are refused with ${what}`, async () => {
      const world = await credlyWorld();
      const body = { data: [data], metadata: { current_page: 1, total_pages: 1, total_count: 1 } };
      world.credly.fail({ kind: 'status', status: 200, body });
      expect((await rejection(all(world.provider.listTemplates(world.account)))).code).to.equal(
        'provider.unexpected-reply',
      );
    });
  }

  it('are not read for ever', async () => {
    const world = await credlyWorld();
    const endless = { data: [], metadata: { current_page: 1, total_pages: 9_999_999, total_count: 9 } };
    world.credly.fail({ kind: 'status', status: 200, body: endless });
    expect((await rejection(all(world.provider.listTemplates(world.account)))).message).to.equal(
      'Credly speaks of more than 400 pages, which Laurel does not understand; nothing was changed; try again, ' +
        'and report this if it stays',
    );
    const same = { data: [], metadata: { current_page: 1, total_pages: 3, total_count: 9 } };
    world.credly.fail({ kind: 'status', status: 200, body: same, times: 2 });
    expect((await rejection(all(world.provider.listTemplates(world.account)))).message).to.equal(
      'Credly gave page 1 for page 2, which Laurel does not understand; nothing was changed; try again, ' +
        'and report this if it stays',
    );
  });

  it('come without what could harm: control characters, endless texts, addresses other than https', async () => {
    const world = await credlyWorld();
    const template = {
      id: '43AAEA02-0000-4000-8000-000000000002',
      name: `Bad\u202e\u0000 name ${'x'.repeat(500)}`,
      state: 'active',
      description: `one\r\ntwo\u0007 ${'y'.repeat(9_000)}`,
      image_url: 'javascript:alert(1)',
      url: 'http://www.credly.com/org/x',
      skills: ['Statistics', { id: 1, name: 'R' }],
      something_new: { nested: true },
    };
    const body = { data: [template], metadata: { current_page: 1, total_pages: 1, total_count: 1, new_thing: 1 } };
    world.credly.fail({ kind: 'status', status: 200, body });
    const [read] = await all(world.provider.listTemplates(world.account));
    expect(read).to.deep.include({ id: '43aaea02-0000-4000-8000-000000000002', imageUrl: null, dashboardUrl: null });
    expect(read?.name).to.match(/^Bad {3}name x{180,}$/);
    expect(read?.name).to.have.length(200);
    expect(read?.description).to.match(/^one\ntwo {2}y+$/);
    expect(read?.description).to.have.length(4_000);
    expect(read?.details.skills).to.deep.equal(['Statistics', 'R']);
  });
});
