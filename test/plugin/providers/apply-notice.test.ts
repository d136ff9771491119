import { expect } from 'chai';
import { StoreError } from '../../../plugin/errors.ts';
import type { ProviderTemplate } from '../../../plugin/ports/badge-provider.ts';
import { MemoryProgressStore } from '../../../plugin/ports/memory-progress-store.ts';
import { MemoryProviderStore } from '../../../plugin/ports/memory-provider-store.ts';
import type { Progress } from '../../../plugin/ports/progress-store.ts';
import { applyNotice } from '../../../plugin/providers/apply-notice.ts';
import { day } from '../../support/rule-values.ts';

const NOW = new Date('2026-11-20T08:00:00Z');
const account = { id: 'a1', provider: 'credly' } as const;
const badge = {
  externalId: 'x-1',
  state: 'accepted',
  url: 'https://www.credly.com/badges/x-1',
  templateId: 't1',
  uuid: null,
  learnerId: 'l1',
  recipientEmail: null,
  issuedAt: null,
  stands: true,
};
const template: ProviderTemplate = {
  id: 't1',
  name: 'Data Analysis',
  description: '',
  imageUrl: null,
  state: 'active',
  dashboardUrl: null,
  details: {},
};

function issued(provider: string): Progress {
  return {
    learnerId: 'l1',
    badgeId: 'b1',
    version: 0,
    ruleVersion: 1,
    evaluated: false,
    contributions: [],
    outcome: {
      ...{ status: 'awarded', progress: 1, groups: {}, fulfilled: [], awardedAt: day(1), awards: 1, history: [] },
      requirements: {},
    },
    issued: [
      {
        ...{
          number: 1,
          uuid: 'u1',
          awardedAt: day(1),
          eventId: 'e1',
          revokedAt: null,
          ruleVersion: 1,
          provenance: null,
        },
        template: { provider, id: 't1' },
        ...{ externalId: 'x-1', externalState: 'pending', externalUrl: null },
      },
    ],
    effects: [],
    updatedAt: new Date(0),
  };
}

function world() {
  const parts = {
    store: new MemoryProviderStore(),
    progress: new MemoryProgressStore(),
    clock: { now: () => NOW },
  };
  return {
    ...parts,
    apply: (what: object) => applyNotice(account, { outcome: 'badge-changed', accountId: 'a1', ...what }, parts),
    issuedNow: async () => (await parts.progress.load('l1', 'b1'))?.issued[0],
  };
}

describe('a notice of a provider', () => {
  it('brings the state of an issued badge up to date, once', async () => {
    const { progress, apply, issuedNow } = world();
    await progress.save(issued('credly'));
    expect(await apply({ badge })).to.equal(true);
    expect(await issuedNow()).to.deep.include({ externalState: 'accepted', externalUrl: badge.url });
    expect(await apply({ badge })).to.equal(false);
    expect((await progress.load('l1', 'b1'))?.version).to.equal(2);
  });

  it('does not touch a badge of another provider that has the same id', async () => {
    const { progress, apply, issuedNow } = world();
    await progress.save(issued('accredible'));
    expect(await apply({ badge })).to.equal(false);
    expect(await issuedNow()).to.deep.include({ externalState: 'pending' });
  });

  it('is written into whatever is the latest', async () => {
    const { progress, apply, issuedNow } = world();
    await progress.save(issued('credly'));
    const save = progress.save.bind(progress);
    let raced = false;
    progress.save = async (next) => {
      if (!raced) {
        raced = true;
        const latest = (await progress.load('l1', 'b1')) as Progress;
        await save({ ...latest, ruleVersion: 7 });
      }
      return save(next);
    };
    expect(await apply({ badge })).to.equal(true);
    expect(await issuedNow()).to.deep.include({ externalState: 'accepted' });
    expect((await progress.load('l1', 'b1'))?.ruleVersion).to.equal(7);
  });

  it('gives up when nothing can be saved', async () => {
    const { progress, apply } = world();
    await progress.save(issued('credly'));
    progress.save = async () => false;
    let told: unknown;
    await apply({ badge }).catch((error: unknown) => {
      told = error;
    });
    expect(told).to.be.instanceOf(StoreError);
  });

  it('adds a template that can be issued, changes it, and keeps what is archived (U6)', async () => {
    const { store, apply } = world();
    const state = async () => (await store.template('credly', 'a1', 't1'))?.state;
    expect(await apply({ template: { ...template, state: 'archived' } })).to.equal(false);
    expect(await state()).to.equal(undefined);
    expect(await apply({ template })).to.equal(true);
    expect(await apply({ template })).to.equal(false);
    expect(await apply({ template: { ...template, state: 'archived' } })).to.equal(true);
    expect(await state()).to.equal('archived');
  });

  it('does nothing where it was ignored', async () => {
    expect(await world().apply({ outcome: 'ignored' })).to.equal(false);
  });
});
