import { expect } from 'chai';
import { all, awardRequest, closeCredlyWorlds, credlyWorld, rejection } from '../../support/credly-world.ts';

afterEach(closeCredlyWorlds);

describe('taking badges back at Credly', () => {
  it('gives the reason, and finds a badge that is revoked already as it should be', async () => {
    const { credly, provider, templateId } = await credlyWorld();
    const { externalId } = await provider.award(awardRequest(templateId));
    const reference = { uuid: 'u', templateId, externalId, reason: 'grade corrected' };
    expect(await provider.revoke(reference)).to.deep.equal({ externalId, state: 'revoked', url: null });
    expect(credly.calls.findLast(({ method }) => method === 'PUT')?.body).to.deep.equal({
      reason: 'grade corrected',
      suppress_revoke_notification_email: false,
    });
    expect(credly.badges.get(externalId)?.revocationReason).to.equal('grade corrected');
    expect((await provider.revoke({ ...reference, reason: 'again' })).state).to.equal('revoked');
    expect(credly.badges.get(externalId)?.revocationReason).to.equal('grade corrected');
  });

  it('takes back the badge that replaced the one it knows', async () => {
    const world = await credlyWorld();
    const { externalId } = await world.provider.award(awardRequest(world.templateId));
    await fetch(`${world.credly.url}/v1/organizations/${world.account.externalId}/badges/${externalId}/replace`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`${world.account.secret}:`).toString('base64')}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ badge_template_id: world.templateId, issued_at: '2026-02-03 10:00:00 +0000' }),
    });
    const current = world.credly.badges.get(externalId)?.replacedBy as string;
    const reference = { uuid: 'u', templateId: world.templateId, externalId };
    expect((await world.provider.issuedState(reference))?.externalId).to.equal(current);
    const revoked = await world.provider.revoke({ ...reference, reason: 'mistake' });
    expect(revoked).to.deep.equal({ externalId: current, state: 'revoked', url: null });
    expect(world.credly.badges.get(externalId)?.state).to.equal('pending');
  });

  it('goes on to the badge that Credly names when it says that this one was replaced', async () => {
    const { credly, provider, templateId } = await credlyWorld();
    credly.changeTemplate(templateId, { allowsDuplicates: true });
    const { externalId } = await provider.award(awardRequest(templateId));
    const current = (await provider.award(awardRequest(templateId))).externalId;
    const body = { data: { message: 'already replaced' }, metadata: { current_badge_id: current } };
    credly.fail({ match: 'PUT', kind: 'status', status: 422, body });
    const revoked = await provider.revoke({ uuid: 'u', templateId, externalId, reason: 'mistake' });
    expect(revoked).to.deep.equal({ externalId: current, state: 'revoked', url: null });
  });

  it('takes a badge for revoked when somebody was faster, and leaves a refusal a refusal', async () => {
    const { credly, provider, templateId } = await credlyWorld();
    const { externalId } = await provider.award(awardRequest(templateId));
    const reference = { uuid: 'u', templateId, externalId, reason: 'mistake' };
    credly.fail({ match: 'PUT', kind: 'status', status: 422, body: { data: { message: 'no' }, metadata: null } });
    expect((await rejection(provider.revoke(reference))).code).to.equal('provider.refused');
    credly.fail({ match: 'PUT', kind: 'status', status: 422, when: 'after' });
    expect((await provider.revoke(reference)).state).to.equal('revoked');
  });

  it('has nothing to do where the badge was deleted', async () => {
    const { credly, provider, templateId } = await credlyWorld();
    const { externalId } = await provider.award(awardRequest(templateId));
    credly.badges.delete(externalId);
    const reference = { uuid: 'u', templateId, externalId };
    expect(await provider.issuedState(reference)).to.equal(null);
    expect((await provider.revoke({ ...reference, reason: 'x' })).state).to.equal('deleted');
  });

  it('tells what learners did, and that a badge has expired', async () => {
    const { credly, provider, templateId } = await credlyWorld();
    const { externalId } = await provider.award(awardRequest(templateId));
    const reference = { uuid: 'u', templateId, externalId };
    credly.changeBadge(externalId, 'accepted');
    expect(await provider.issuedState(reference)).to.deep.equal({
      externalId,
      state: 'accepted',
      url: `https://www.credly.com/badges/${externalId}`,
    });
    Object.assign(credly.badges.get(externalId)!, { expiresAt: new Date(0) });
    expect((await provider.issuedState(reference))?.state).to.equal('expired');
  });

  it('lists everything that was issued, standing or not', async () => {
    const world = await credlyWorld();
    for (let number = 1; number <= 60; number++) {
      const recipient = { learnerId: `l${number}`, username: 'x', name: 'A B', email: `l${number}@example.com` };
      await world.provider.award(awardRequest(world.templateId, { recipient }));
    }
    const [first] = world.credly.badges.keys();
    world.credly.changeBadge(first as string, 'revoked');
    const listed = await all(world.provider.listIssued(world.account));
    expect(listed).to.have.length(60);
    expect(listed[0]).to.deep.include({ externalId: first, state: 'revoked', stands: false, learnerId: 'l1' });
    expect(listed[59]).to.deep.include({
      state: 'pending',
      stands: true,
      recipientEmail: 'l60@example.com',
      templateId: world.templateId,
    });
  });
});
