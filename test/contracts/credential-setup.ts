/** What every CredentialStore does with assets, types, configurations and their versions. */

import { expect } from 'chai';
import type { CredentialStore } from '../../plugin/ports/credential-store.ts';
import { aConfiguration, anAsset, aSchedule, aType, later, rejection, T0 } from './credential-facts.ts';

export function credentialSetupContract(store: () => CredentialStore): void {
  it('keeps assets by slug and replaces them', async () => {
    await store().saveAsset(anAsset({ slug: 'b' }));
    await store().saveAsset(anAsset({ slug: 'a' }));
    await store().saveAsset(anAsset({ slug: 'b', sizeBytes: 11 }));
    expect(await store().assets()).to.deep.equal([anAsset({ slug: 'a' }), anAsset({ slug: 'b', sizeBytes: 11 })]);
    expect(await store().asset('b')).to.deep.equal(anAsset({ slug: 'b', sizeBytes: 11 }));
    expect(await store().asset('c')).to.equal(null);
  });

  it('changes and deletes an asset only in the version that was looked at', async () => {
    expect(await store().changeAsset(anAsset(), T0)).to.equal('stale');
    expect(await store().changeAsset(anAsset(), null)).to.equal('saved');
    expect(await store().changeAsset(anAsset({ sizeBytes: 11 }), null)).to.equal('duplicate');
    expect(await store().changeAsset(anAsset({ sizeBytes: 12, updatedAt: later(1) }), T0)).to.equal('saved');
    expect(await store().changeAsset(anAsset({ sizeBytes: 13, updatedAt: later(2) }), T0)).to.equal('stale');
    expect(await store().deleteAsset('certificate', T0)).to.equal(false);
    expect(await store().assets()).to.deep.equal([anAsset({ sizeBytes: 12, updatedAt: later(1) })]);
    expect(await store().deleteAsset('certificate', later(1))).to.equal(true);
    expect(await store().deleteAsset('certificate', later(1))).to.equal(false);
    expect(await store().assets()).to.deep.equal([]);
  });

  it('changes and deletes a type only in the version that was looked at, and keeps names unique', async () => {
    expect(await store().changeType(aType(), null)).to.equal('saved');
    expect(await store().changeType(aType({ id: 'type-2' }), null)).to.equal('duplicate');
    expect(await store().changeType(aType({ id: 'type-2', name: 'Other' }), null)).to.equal('saved');
    expect(await store().changeType(aType({ id: 'type-2', updatedAt: later(1) }), T0)).to.equal('duplicate');
    expect(await store().changeType(aType({ name: 'New', updatedAt: later(1) }), T0)).to.equal('saved');
    expect(await store().changeType(aType({ name: 'Late', updatedAt: later(2) }), T0)).to.equal('stale');
    expect((await store().types()).map(({ name }) => name)).to.deep.equal(['New', 'Other']);
    expect(await store().deleteType('type-1', T0)).to.equal(false);
    expect(await store().deleteType('type-1', later(1))).to.equal(true);
    expect(await store().deleteType('type-1', later(1))).to.equal(false);
    expect((await store().types()).map(({ name }) => name)).to.deep.equal(['Other']);
  });

  it('changes and deletes a configuration only in the version that was looked at, with its schedule', async () => {
    expect(await store().changeConfiguration(aConfiguration(), null)).to.equal('saved');
    expect(await store().changeConfiguration(aConfiguration({ id: 'configuration-2' }), null)).to.equal('duplicate');
    await store().saveSchedule(aSchedule());
    const changed = aConfiguration({ options: { title: 'x' }, updatedAt: later(1) });
    expect(await store().changeConfiguration(changed, T0)).to.equal('saved');
    expect(await store().changeConfiguration(aConfiguration(), T0)).to.equal('stale');
    expect(await store().deleteConfiguration('configuration-1', T0)).to.equal(false);
    expect(await store().configurations()).to.deep.equal([changed]);
    expect(await store().schedules()).to.have.length(1);
    expect(await store().deleteConfiguration('configuration-1', later(1))).to.equal(true);
    expect(await store().configurations()).to.deep.equal([]);
    expect(await store().schedules()).to.deep.equal([]);
  });

  it('keeps versions as they were written, one for a time, the latest first', async () => {
    const version = {
      ...{ objectId: 'type-1', at: T0, before: null, number: 1, by: null, comment: '' },
      snapshot: { name: 'Old', options: { a: { 'b.c': [1, { $d: null }] } } },
    };
    const next = { ...version, at: later(1), before: T0, number: 2, by: 'ada', comment: 'Larger' };
    expect(await store().versions('type-1')).to.deep.equal([]);
    expect([await store().addVersion(version), await store().addVersion(next)]).to.deep.equal([true, true]);
    expect(await store().addVersion({ ...version, comment: 'Another' })).to.equal(false);
    expect(await store().addVersion({ ...version, objectId: 'type-2' })).to.equal(true);
    expect(await store().versions('type-1')).to.deep.equal([next, version]);
  });

  it('keeps types with options of any shape and keys of any characters', async () => {
    await store().saveType(aType());
    await store().saveType(aType({ options: { a: { 'b.c': [1, { $d: null }] } } }));
    expect(await store().types()).to.deep.equal([aType({ options: { a: { 'b.c': [1, { $d: null }] } } })]);
    expect(await store().type('type-1')).to.deep.equal(aType({ options: { a: { 'b.c': [1, { $d: null }] } } }));
    expect(await store().type('type-2')).to.equal(null);
  });

  it('refuses a second type of the same name', async () => {
    await store().saveType(aType());
    const error = await rejection(store().saveType(aType({ id: 'type-2' })));
    expect(error.code).to.equal('conflict.duplicate');
    expect(error.message).to.equal('there is a credential type of this name already; choose another name');
  });

  it('refuses a second configuration of the same context and type', async () => {
    await store().saveConfiguration(aConfiguration());
    await store().saveConfiguration(aConfiguration({ id: 'configuration-2', credentialTypeId: 'type-2' }));
    const error = await rejection(store().saveConfiguration(aConfiguration({ id: 'configuration-3' })));
    expect(error.code).to.equal('conflict.duplicate');
    expect(error.message).to.equal(
      'this context already has a configuration of this credential type; edit that one instead',
    );
    expect((await store().configurations()).map(({ id }) => id)).to.deep.equal(['configuration-1', 'configuration-2']);
    expect(await store().configuration('configuration-1')).to.deep.equal(aConfiguration());
    expect(await store().configuration('configuration-3')).to.equal(null);
  });
}
