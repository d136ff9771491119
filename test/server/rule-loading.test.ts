import { expect } from 'chai';
import { loadRules } from '../../dsl/index.ts';
import { loadBadges } from '../../server/rule-loading.ts';
import { rejection } from '../contracts/credential-store.ts';
import { makeSite, type Site } from '../support/web.ts';

const TYPE = 'org.openedx.learning.course.passing.status.updated.v1';

function block(id: string, body = `requirement passed { on ${TYPE} where is_passing = true }`): string {
  return `badge "${id}" {\n  name "${id}"\n  template memory "${id}"\n  active true\n  ${body}\n}\n`;
}

describe('loading rule files', () => {
  let site: Site;
  beforeEach(() => {
    site = makeSite();
  });

  const load = (...texts: readonly string[]) => {
    const files = texts.map((text) => ({ text, badges: loadRules(text, site.services.environment).badges }));
    return loadBadges(files, site.services, 'cli');
  };
  const source = async (id: string) => (await site.services.badges.get(id))?.source ?? '';

  it('says of every badge whether it is new, changed or as it was', async () => {
    expect(await load(block('a'), block('b'))).to.deep.equal([
      { id: 'a', change: 'added' },
      { id: 'b', change: 'added' },
    ]);
    expect(await load(block('a'), block('b').replace('is_passing = true', 'is_passing = false'))).to.deep.equal([
      { id: 'a', change: 'unchanged' },
      { id: 'b', change: 'changed' },
    ]);
    expect((await site.services.badges.get('a'))?.version).to.equal(1);
    expect((await site.services.badges.get('b'))?.version).to.equal(2);
  });

  it('takes the comments above a badge along, and not those of its neighbours', async () => {
    await load(`# about a\n${block('a')}\n# about b\n${block('b')}`);
    expect(await source('a')).to.match(/^# about a\n/);
    expect(await source('a')).not.to.contain('about b');
    expect(await source('b')).to.match(/^# about b\n/);
  });

  it('puts the badges in force', async () => {
    await load(block('a'));
    expect(site.services.checkBadge(block('a'))).to.deep.equal([]);
    expect((await site.services.badges.list()).map(({ id, updatedBy }) => [id, updatedBy])).to.deep.equal([
      ['a', 'cli'],
    ]);
  });

  it('names the badge that cannot be saved beside those stored', async () => {
    const { services } = site;
    const refuse: typeof services.saveBadge = async () => ({ ok: false, diagnostics: [] });
    const { badges } = loadRules(block('a'), services.environment);
    const error = await rejection(
      loadBadges([{ text: block('a'), badges }], { badges: services.badges, saveBadge: refuse }, 'cli'),
    );
    expect([error.code, error.message]).to.deep.equal([
      'input.badge-refused',
      'badge "a" was not saved: its text is not valid',
    ]);
  });
});
