import { expect } from 'chai';
import { MemoryProviderStore } from '../../../plugin/ports/memory-provider-store.ts';
import {
  badgesUsing,
  type TemplateTrouble,
  templateClause,
  templateTroubles,
} from '../../../plugin/providers/template-use.ts';
import { storedTemplate } from '../../support/credly-world.ts';
import { anAccount } from '../../support/provider-accounts.ts';

const badge = (id: string, template: string | null, active = true) => ({ id, name: null, template, active });

describe('the use of templates', () => {
  it('is found by id, and by account where the rule names one', () => {
    const accounts = [anAccount('a'), anAccount('b'), anAccount('a', { id: 'id-other', provider: 'accredible' })];
    const badges = ['credly:t1', 'credly:a/t1', 'credly:b/t1', 'credly:t2', 'accredible:t1', null].map(
      (template, index) => badge(String(index), template),
    );
    const used = badgesUsing(storedTemplate({ accountId: 'id-a' }), badges, accounts);
    expect(used.map(({ template }) => template)).to.deep.equal(['credly:t1', 'credly:a/t1']);
  });

  it('leaves ids with colons and slashes whole', () => {
    expect(templateClause(badge('x', 'openbadges:a:b/c'))).to.deep.equal({ provider: 'openbadges', text: 'a:b/c' });
    expect(templateClause(badge('x', null))).to.equal(null);
  });

  it('is in trouble where an award of an active badge would not find the one account that can issue it', async () => {
    const store = new MemoryProviderStore();
    for (const slug of ['a', 'b']) await store.saveAccount(anAccount(slug));
    await store.saveAccount(anAccount('c', { enabled: false }));
    for (const accountId of ['id-a', 'id-b', 'id-c'])
      await store.saveTemplate(storedTemplate({ accountId, templateId: 'both' }));
    await store.saveTemplate(storedTemplate({ accountId: 'id-a', state: 'archived' }));
    await store.saveTemplate(storedTemplate({ accountId: 'id-b' }));
    const badges = [
      badge('either', 'credly:t1'),
      badge('of-a', 'credly:a/t1'),
      badge('of-b', 'credly:b/t1'),
      badge('off', 'credly:a/t1', false),
      badge('unknown', 'credly:t9'),
      badge('both', 'credly:both'),
      badge('one-of-both', 'credly:a/both'),
      badge('of-c', 'credly:c/both'),
      badge('elsewhere', 'memory:t9'),
      badge('none', null),
    ];
    const troubles = await templateTroubles(badges, store, new Set(['credly']));
    const slugsOf = ({ standing }: TemplateTrouble) =>
      'held' in standing ? [standing.held].flat().map(({ account }) => account.slug) : [];
    expect(troubles.map((one) => [one.badge.id, one.standing.kind, ...slugsOf(one)])).to.deep.equal([
      ['of-a', 'archived', 'a'],
      ['unknown', 'unknown'],
      ['both', 'several', 'a', 'b'],
      ['of-c', 'disabled', 'c'],
    ]);
  });
});
