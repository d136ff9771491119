import { expect } from 'chai';
import { awardRequest, type CredlyWorld, closeCredlyWorlds, credlyWorld } from '../../support/credly-world.ts';

afterEach(closeCredlyWorlds);

describe('notices of Credly', () => {
  const notice = ({ credly }: CredlyWorld) => {
    const { id, organizationId, type } = credly.events.at(-1)!;
    return { id, organization_id: organizationId, event_type: type, occurred_at: '2026-02-04T08:00:00.000Z' };
  };

  it('make it ask for the badge, and only that is believed (UD11, U6)', async () => {
    const world = await credlyWorld();
    const { externalId } = await world.provider.award(awardRequest(world.templateId));
    world.credly.changeBadge(externalId, 'accepted');
    const forged = { ...notice(world), event_type: 'badge_template.deleted', badge: { state: 'revoked' } };
    const result = await world.provider.readWebhook(forged);
    expect(result).to.deep.include({ outcome: 'badge-changed', accountId: 'a1' });
    expect(result.badge).to.deep.include({ externalId, state: 'accepted', stands: true, templateId: world.templateId });
  });

  it('tell the state of today, also those that come late', async () => {
    const world = await credlyWorld();
    world.credly.changeTemplate(world.templateId, { state: 'archived' });
    const late = notice(world);
    world.credly.changeTemplate(world.templateId, { state: 'active' });
    expect((await world.provider.readWebhook(late)).template?.state).to.equal('active');
    world.credly.changeTemplate(world.templateId, { state: 'archived' });
    const result = await world.provider.readWebhook(notice(world));
    expect(result).to.deep.include({ outcome: 'template-changed', accountId: 'a1' });
    expect(result.template).to.deep.include({ id: world.templateId, state: 'archived', name: 'Data Analysis' });
  });

  it('speak of deleted badges', async () => {
    const world = await credlyWorld();
    const { externalId } = await world.provider.award(awardRequest(world.templateId));
    const late = notice(world);
    world.credly.badges.delete(externalId);
    expect((await world.provider.readWebhook(late)).badge).to.deep.include({
      ...{ externalId, state: 'deleted', stands: false, templateId: world.templateId },
    });
  });

  it('are ignored from an organization that is not ours, without asking anybody', async () => {
    const world = await credlyWorld();
    world.credly.forgetCalls();
    const foreign = { ...notice(world), organization_id: '43aaea02-0000-4000-8000-0000000000ff' };
    expect(await world.provider.readWebhook(foreign)).to.deep.equal({ outcome: 'ignored', accountId: null });
    expect(world.credly.calls).to.deep.equal([]);
  });

  it('are ignored when Credly knows no such event, or has it of another organization', async () => {
    const world = await credlyWorld();
    const unknown = { ...notice(world), id: '43aaea02-0000-4000-8000-0000000000ff' };
    expect(await world.provider.readWebhook(unknown)).to.deep.equal({ outcome: 'ignored', accountId: 'a1' });
    const { id } = notice(world);
    const elsewhere = { id, organization_id: '43aaea02-0000-4000-8000-0000000000ff', event_type: 'badge.created' };
    world.credly.fail({ kind: 'status', status: 200, body: { data: elsewhere } });
    expect((await world.provider.readWebhook(notice(world))).outcome).to.equal('ignored');
  });

  it('are ignored when they are of a kind that does not concern us', async () => {
    const world = await credlyWorld();
    const { id, organization_id } = notice(world);
    const event = { id, organization_id, event_type: 'employee.created', employee: {} };
    world.credly.fail({ kind: 'status', status: 200, body: { data: event } });
    expect((await world.provider.readWebhook(notice(world))).outcome).to.equal('ignored');
  });

  for (const body of [
    null,
    'text',
    {},
    { id: '../authorization_tokens', organization_id: '43aaea02-0000-4000-8000-000000000002' },
    { id: ['43aaea02-0000-4000-8000-000000000002'], organization_id: '43aaea02-0000-4000-8000-000000000002' },
  ]) {
    it(`are refused when they are ${JSON.stringify(body)} (U6)`, async () => {
      const { credly, provider } = await credlyWorld();
      let told = '';
      await provider.readWebhook(body).catch((error: Error & { code: string }) => {
        told = `${error.code}: ${error.message}`;
      });
      expect(told).to.equal('input.webhook: this is no notice of Credly: it needs id and organization_id');
      expect(credly.calls).to.deep.equal([]);
    });
  }
});
