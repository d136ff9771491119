import { expect } from 'chai';
import {
  awardRequest,
  type CredlyWorld,
  closeCredlyWorlds,
  credlyWorld,
  rejection,
} from '../../support/credly-world.ts';
import { day } from '../../support/rule-values.ts';

afterEach(closeCredlyWorlds);

const bodies = ({ credly }: CredlyWorld) =>
  credly.calls.filter(({ method, path }) => method === 'POST' && path.endsWith('/badges')).map(({ body }) => body);

describe('issuing at Credly', () => {
  it('sends every field that is required, our id of the learner, and no more than is asked for', async () => {
    const world = await credlyWorld();
    const issued = await world.provider.award(awardRequest(world.templateId));
    expect(issued.state).to.equal('pending');
    expect(issued.url).to.equal(`https://www.credly.com/badges/${issued.externalId}/accept`);
    expect(bodies(world)).to.deep.equal([
      {
        recipient_email: 'ada@example.com',
        issued_to_first_name: 'Ada',
        issued_to_last_name: 'Lovelace',
        badge_template_id: world.templateId,
        issued_at: '2026-03-01 00:00:00 +0000',
        issuer_earner_id: 'l1',
        suppress_badge_notification_email: false,
      },
    ]);
  });

  it('says when the badge was earned, not when the template was made (UD6)', async () => {
    const world = await credlyWorld();
    for (const [learnerId, at] of [
      ['l1', day(3)],
      ['l2', day(9)],
    ] as const) {
      const recipient = { learnerId, username: learnerId, name: 'Ada L', email: `${learnerId}@example.com` };
      await world.provider.award(awardRequest(world.templateId, { awardedAt: at, recipient }));
    }
    const dates = [...world.credly.badges.values()].map(({ issuedAt }) => issuedAt.toISOString().slice(0, 10));
    expect(dates).to.deep.equal([day(3).slice(0, 10), day(9).slice(0, 10)]);
  });

  it('sends the token as a user name with an empty password, and nowhere but to the API', async () => {
    const world = await credlyWorld();
    await world.provider.award(awardRequest(world.templateId));
    const expected = `Basic ${Buffer.from(`${world.account.secret}:`).toString('base64')}`;
    expect(new Set(world.credly.calls.map(({ authorization }) => authorization))).to.deep.equal(new Set([expected]));
  });

  it('has the language, the quiet and the evidence as options; evidence tells nothing of a person', async () => {
    const world = await credlyWorld({ awards: { locale: 'fr', suppressEmail: true, evidence: true } });
    const provenance = {
      ruleVersion: 3,
      recordedAt: new Date(0),
      requirements: [
        {
          requirement: 'course',
          group: 'a',
          on: 'org.openedx.learning.course.passing.status.updated.v1',
          where: 'user.pii.email = "ada@example.com"',
          events: [{ eventId: 'e1', at: day(1) }],
          more: 0,
        },
        {
          requirement: 'five',
          group: 'b',
          on: 'x.y.v1',
          where: null,
          events: [
            { eventId: 'e2', at: day(2) },
            { eventId: 'e3', at: day(4) },
          ],
          more: 3,
        },
      ],
    };
    await world.provider.award(awardRequest(world.templateId, { provenance }));
    expect(bodies(world)[0]).to.deep.include({
      locale: 'fr',
      suppress_badge_notification_email: true,
      evidence: [
        {
          type: 'PlainTextEvidence',
          title: 'course',
          description: `org.openedx.learning.course.passing.status.updated.v1: once, on ${day(1).slice(0, 10)}`,
        },
        { type: 'PlainTextEvidence', title: 'five', description: `x.y.v1: 5 times, from ${day(2).slice(0, 10)} on` },
      ],
    });
  });

  it('takes over the badge that there is when Credly answers that the learner has it', async () => {
    const world = await credlyWorld();
    const first = await world.provider.award(awardRequest(world.templateId));
    const second = await world.provider.award(awardRequest(world.templateId, { awardedAt: day(5) }));
    expect(second.externalId).to.equal(first.externalId);
    expect(world.credly.badges.size).to.equal(1);
  });

  it('takes over a badge that was given by hand, known by the address alone', async () => {
    const world = await credlyWorld();
    const recipient = { learnerId: 'old', username: 'x', name: 'A B', email: 'ada@example.com' };
    const byHand = await world.provider.award(awardRequest(world.templateId, { recipient }));
    expect((await world.provider.award(awardRequest(world.templateId))).externalId).to.equal(byHand.externalId);
  });

  it('issues again what was taken back before, also where the revoked badge stands in the way', async () => {
    for (const revokedStandInTheWay of [false, true]) {
      const world = await credlyWorld({ revokedStandInTheWay });
      const { externalId } = await world.provider.award(awardRequest(world.templateId));
      await world.provider.revoke({ uuid: 'u', templateId: world.templateId, externalId, reason: 'mistake' });
      const again = await world.provider.award(awardRequest(world.templateId, { awardedAt: day(8) }));
      expect(again.externalId).to.not.equal(externalId);
      expect(again.state).to.equal('pending');
    }
  });

  it('refuses what Credly refuses, in words that tell what to do and nothing of the learner', async () => {
    const world = await credlyWorld();
    const recipient = { learnerId: 'l1', username: 'ada', name: 'Ada L', email: 'no address' };
    const error = await rejection(world.provider.award(awardRequest(world.templateId, { recipient })));
    expect(error.code).to.equal('provider.refused');
    expect(error.message).to.equal(
      "Credly refused the request because of recipient_email; correct the learner's details or the template, then retry",
    );
  });

  it('sends somebody to look when a badge is in the way that cannot be seen', async () => {
    const world = await credlyWorld();
    const body = { data: { message: 'Validation failed: Ada ALREADY HAS THIS BADGE.' }, metadata: null };
    world.credly.fail({ match: 'POST', kind: 'status', status: 422, body, times: 2 });
    const error = await rejection(world.provider.award(awardRequest(world.templateId)));
    expect(error.code).to.equal('provider.refused');
    expect(error.message).to.equal(
      'Credly says that the learner has this badge already, but shows none that stands; look for it in Credly: ' +
        'a badge that was declined or revoked may be in the way',
    );
  });

  it('says of a template that cannot be issued that it is the template', async () => {
    const world = await credlyWorld();
    world.credly.changeTemplate(world.templateId, { state: 'archived' });
    const error = await rejection(world.provider.award(awardRequest(world.templateId)));
    expect(error.code).to.equal('provider.refused');
    expect(error.message).to.equal(
      'Credly says that the badge template is not active, or not of this organization; activate it in Credly, ' +
        'synchronise the templates, then retry',
    );
  });

  it('leaves the award pending when the token is refused, and says so with the account (UD2, U21)', async () => {
    const world = await credlyWorld();
    world.credly.tokens[0]!.expiresAt = new Date(0);
    const error = await rejection(world.provider.award(awardRequest(world.templateId)));
    const message =
      'Credly refuses the token of "Example University": it is wrong, was replaced, or is older than 180 days; ' +
      "make a new one in Credly and enter it on the account's page";
    expect([error.code, error.retry, error.retryAfterMs]).to.deep.equal(['provider.unauthorised', 'later', 600_000]);
    expect(error.message).to.equal(message);
    expect(world.reports).to.deep.equal([{ accountId: 'a1', ok: false, message }]);
  });

  it('takes a token that may not write for one that needs a person', async () => {
    const world = await credlyWorld();
    Object.assign(world.credly.tokens[0]!, { writes: false });
    const error = await rejection(world.provider.award(awardRequest(world.templateId)));
    expect([error.code, error.retry]).to.deep.equal(['provider.unauthorised', 'later']);
    expect(error.message).to.equal(
      'Credly does not let the token of "Example University" do this; give it permission to read and write in ' +
        "Credly, or enter another one on the account's page",
    );
  });

  for (const [what, fault] of [
    ['an answer that is lost', { kind: 'drop', when: 'after' }],
    ['the page of a proxy', { kind: 'html', status: 502, when: 'after' }],
  ] as const) {
    it(`issues one badge when ${what} hides the first answer (U2, U3)`, async () => {
      const world = await credlyWorld();
      world.credly.fail({ match: 'POST', ...fault });
      const error = await rejection(world.provider.award(awardRequest(world.templateId)));
      expect([error.code, error.ambiguous]).to.deep.equal(['provider.unavailable', true]);
      const found = await world.provider.findIssued(awardRequest(world.templateId));
      expect(found?.externalId).to.equal([...world.credly.badges.keys()][0]);
      expect(world.credly.badges.size).to.equal(1);
    });
  }

  it('asks what was issued when a success does not say it', async () => {
    const world = await credlyWorld();
    world.credly.fail({ match: 'POST', kind: 'status', status: 201, body: { data: {} }, when: 'after' });
    const issued = await world.provider.award(awardRequest(world.templateId));
    expect([...world.credly.badges.keys()]).to.deep.equal([issued.externalId]);
  });

  it('waits as long as it is asked to', async () => {
    const world = await credlyWorld();
    world.credly.fail({ match: 'POST', kind: 'status', status: 429, headers: { 'retry-after': '30' } });
    const error = await rejection(world.provider.award(awardRequest(world.templateId)));
    expect([error.code, error.retryAfterMs]).to.deep.equal(['provider.unavailable', 30_000]);
  });
});

describe('finding badges at Credly', () => {
  it('ignores what was declined, revoked or replaced', async () => {
    const world = await credlyWorld();
    const request = awardRequest(world.templateId);
    const { externalId } = await world.provider.award(request);
    for (const state of ['rejected', 'revoked'] as const) {
      world.credly.changeBadge(externalId, state);
      expect(await world.provider.findIssued(request)).to.equal(null);
    }
    world.credly.changeBadge(externalId, 'accepted');
    world.credly.badges.get(externalId)!.replacedBy = world.templateId;
    expect(await world.provider.findIssued(request)).to.equal(null);
  });

  it('finds one also when its template has been archived since', async () => {
    const world = await credlyWorld();
    const { externalId } = await world.provider.award(awardRequest(world.templateId));
    world.archived.add(world.templateId);
    expect((await world.provider.findIssued(awardRequest(world.templateId)))?.externalId).to.equal(externalId);
    expect((await rejection(world.provider.award(awardRequest(world.templateId)))).code).to.equal('provider.refused');
  });

  it('tells awards of one learner apart where a template allows several', async () => {
    const world = await credlyWorld();
    world.credly.changeTemplate(world.templateId, { allowsDuplicates: true });
    const first = await world.provider.award(awardRequest(world.templateId));
    const second = awardRequest(world.templateId, { awardedAt: day(7), uuid: '7d9f1c0a-2f43-4a57-9d3e-0a1f0c1f5a12' });
    expect(await world.provider.findIssued(second)).to.equal(null);
    const issued = await world.provider.award(second);
    expect(issued.externalId).to.not.equal(first.externalId);
    expect((await world.provider.findIssued(second))?.externalId).to.equal(issued.externalId);
  });

  it('takes nobody else for the learner when a filter is not understood there', async () => {
    const world = await credlyWorld();
    const recipient = { learnerId: 'l2', username: 'bob', name: 'Bob B', email: 'bob@example.com' };
    await world.provider.award(awardRequest(world.templateId, { recipient }));
    world.credly.ignoresFilters = true;
    expect(await world.provider.findIssued(awardRequest(world.templateId))).to.equal(null);
  });

  it('asks for addresses with a plus as they are', async () => {
    const world = await credlyWorld();
    const email = 'ada+test@example.com';
    const byHand = { learnerId: 'old', username: 'x', name: 'A B', email };
    const first = await world.provider.award(awardRequest(world.templateId, { recipient: byHand }));
    const recipient = { learnerId: 'l1', username: 'ada', name: 'A B', email };
    const second = await world.provider.award(awardRequest(world.templateId, { recipient }));
    expect(second.externalId).to.equal(first.externalId);
  });
});
