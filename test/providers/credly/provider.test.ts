import { expect } from 'chai';
import { CredlyProvider } from '../../../providers/credly/provider.ts';
import { badgeProviderContract } from '../../contracts/badge-provider.ts';
import {
  all,
  awardRequest,
  type CredlyWorld,
  closeCredlyWorlds,
  credlyWorld,
  rejection,
} from '../../support/credly-world.ts';
import { day } from '../../support/rule-values.ts';

afterEach(closeCredlyWorlds);

badgeProviderContract('Credly', async () => {
  const { credly, provider, templateId } = await credlyWorld();
  return { provider, templateId, countIssued: async () => credly.badges.size };
});

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

describe('a Credly organization as an account', () => {
  it('is proved by its own answer, with the end of its token', async () => {
    const { credly, provider, account } = await credlyWorld();
    const facts = await provider.checkAccount(account);
    expect(facts).to.deep.equal({
      name: 'Example University',
      secretExpiresAt: credly.tokens[0]!.expiresAt,
      notes: [],
    });
  });

  it('says that a token cannot issue', async () => {
    const { credly, provider, account } = await credlyWorld();
    Object.assign(credly.tokens[0]!, { writes: false });
    expect((await provider.checkAccount(account)).notes).to.deep.equal([
      'The token may only read: badges cannot be issued with it.',
    ]);
  });

  it('is fine when its token may not list tokens', async () => {
    const { credly, provider, account } = await credlyWorld();
    credly.fail({ match: '/authorization_tokens', kind: 'status', status: 403 });
    expect(await provider.checkAccount(account)).to.deep.equal({
      name: 'Example University',
      secretExpiresAt: null,
      notes: ['Credly does not say how long the token lives: tokens end 180 days after they were made.'],
    });
  });

  it('is refused where the token is of another organization', async () => {
    const { provider, account } = await credlyWorld();
    const error = await rejection(
      provider.checkAccount({ ...account, externalId: '43aaea02-0000-4000-8000-0000000000ff' }),
    );
    expect(error.message).to.equal(
      'Credly shows this token no organization with this id; check that both are of the same organization, and that ' +
        'the host is right: the sandbox knows nothing of the real Credly',
    );
  });

  it('gets a new token, and knows when the answer with it was lost', async () => {
    const { credly, provider, account } = await credlyWorld();
    const { secret, expiresAt } = await provider.rotateSecret(account);
    expect([secret, expiresAt]).to.deep.equal([credly.tokens[0]!.token, credly.tokens[0]!.expiresAt]);
    const renewed = { ...account, secret };

    credly.fail({ match: 'POST', kind: 'drop' });
    const untouched = await rejection(provider.rotateSecret(renewed));
    expect(untouched.code).to.equal('provider.unavailable');
    expect(credly.tokens[0]!.token).to.equal(secret);

    credly.fail({ match: 'POST', kind: 'drop', when: 'after' });
    const lost = await rejection(provider.rotateSecret(renewed));
    expect(lost.code).to.equal('provider.unauthorised');
    expect(lost.message).to.equal(
      'Credly has replaced the token of "Example University", but the answer with the new one was lost; ' +
        "make a new one in Credly and enter it on the account's page",
    );
  });

  it('keeps the token out of every error (U8)', async () => {
    const { credly, provider, account } = await credlyWorld();
    for (const status of [401, 403, 404, 422, 500]) {
      credly.fail({ kind: 'status', status, body: { data: { message: account.secret } }, times: 3 });
      const error = await rejection(provider.checkAccount(account));
      credly.recover();
      expect(JSON.stringify([error.message, error.details, String(error.cause), error.stack])).to.not.contain(
        account.secret,
      );
    }
  });
});

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

describe('the Credly provider', () => {
  it('knows no host but those it was given', async () => {
    const { account } = await credlyWorld();
    const provider = new CredlyProvider({
      accounts: {} as never,
      connect: () => {
        throw new Error('no call is made');
      },
    });
    const error = await rejection(provider.checkAccount({ ...account, host: 'elsewhere' }));
    expect(error.message).to.equal('Credly has no host "elsewhere"; choose another one on the account\'s page');
  });
});
