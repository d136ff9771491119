import { expect } from 'chai';
import { badgeEvent, type PublishedBadge } from '../../../plugin/badges/public-event.ts';
import { eventCatalogue } from '../../../plugin/events/catalogue.ts';
import { day } from '../../support/rule-values.ts';

const badge: PublishedBadge = {
  badgeId: 'demo',
  badgeName: 'Demo',
  issued: {
    number: 1,
    uuid: '7d9f1c0a-2f43-4a57-9d3e-0a1f0c1f5a11',
    awardedAt: day(1),
    eventId: 'e1',
    revokedAt: null,
    ruleVersion: 1,
    template: { provider: 'credly', id: '9f3c1d0e-0d4b-4a8e-9a51-3f0c7a1b2c3d' },
    provenance: null,
    externalId: null,
    externalState: null,
    externalUrl: null,
  },
  learner: {
    id: 'l1',
    username: 'ada',
    lmsUserId: 7,
    name: 'Ada Lovelace',
    email: 'ada@example.com',
    isActive: true,
    asOf: day(1),
  },
  template: {
    id: 'x',
    name: 'At Credly',
    description: 'For Ada',
    imageUrl: 'https://x.org/a.png',
    state: 'active',
    dashboardUrl: null,
    details: {},
  },
};

describe('the public events about badges', () => {
  it('say who got which badge when', () => {
    expect(badgeEvent('publish-awarded', badge)).to.deep.equal({
      id: 'a39de2a6-6a12-57d4-b8b6-f19200b6562f',
      type: 'org.openedx.learning.badge.awarded.v1',
      time: day(1),
      data: {
        badge: {
          uuid: '7d9f1c0a-2f43-4a57-9d3e-0a1f0c1f5a11',
          user: { id: 7, is_active: true, pii: { username: 'ada', email: 'ada@example.com', name: 'Ada Lovelace' } },
          template: {
            uuid: '9f3c1d0e-0d4b-4a8e-9a51-3f0c7a1b2c3d',
            origin: 'credly',
            name: 'Demo',
            description: 'For Ada',
            image_url: 'https://x.org/a.png',
          },
        },
      },
    });
  });

  it('say what little is known of a badge that no provider issues', () => {
    const plain = {
      ...badge,
      badgeName: null,
      template: null,
      issued: { ...badge.issued, template: null, revokedAt: day(4) },
      learner: { ...badge.learner, lmsUserId: null },
    };
    const event = badgeEvent('publish-revoked', plain);
    expect(event).to.deep.include({ type: 'org.openedx.learning.badge.revoked.v1', time: day(4) });
    expect(event.data).to.deep.nested.include({
      'badge.template': { uuid: 'demo', origin: 'laurel', name: 'demo', description: null, image_url: null },
      'badge.user.id': 0,
    });
  });

  it('have an id of their own that every repetition shares', () => {
    const awarded = badgeEvent('publish-awarded', badge).id;
    const revoked = badgeEvent('publish-revoked', { ...badge, issued: { ...badge.issued, revokedAt: day(2) } }).id;
    expect(awarded).to.match(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(badgeEvent('publish-awarded', { ...badge, badgeName: 'Renamed' }).id).to.equal(awarded);
    expect(revoked).to.not.equal(awarded);
  });

  it('have the fields of their type in the catalogue, in its order', () => {
    const event = badgeEvent('publish-awarded', badge);
    const type = eventCatalogue.get(event.type);
    const payload = event.data[type?.payload ?? ''] as Record<string, unknown>;
    expect(Object.keys(payload)).to.deep.equal(type?.fields.map(({ name }) => name));
    const template = type?.fields.find(({ name }) => name === 'template')?.type;
    const fields = template?.kind === 'record' ? template.fields.map(({ name }) => name) : [];
    expect(Object.keys(payload.template as object)).to.deep.equal(fields);
  });
});
