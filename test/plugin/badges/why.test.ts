import { expect } from 'chai';
import { createWhy, type Why } from '../../../plugin/badges/why.ts';
import { NotFoundError } from '../../../plugin/errors.ts';
import { DEMO_COURSE, passingEvent } from '../../support/seed.ts';
import { makeSite, type Site } from '../../support/web.ts';

const PASSING = 'org.openedx.learning.course.passing.status.updated.v1';
const rules = (active: boolean, where: string, more = ''): string => `badge "demo" {
  name "Demo"
  active ${active}
  requirement pass in group A {
    on ${PASSING}
    where ${where}
    ${more}
  }
  penalty fail {
    on ${PASSING}
    where is_passing = false and course.course_key = "${DEMO_COURSE}"
    resets pass
  }
}`;
const PASSES = `is_passing = true and course.course_key = "${DEMO_COURSE}"`;

describe('why', () => {
  let site: Site;
  let version: number;
  beforeEach(() => {
    site = makeSite();
    version = 0;
  });

  /** A minute later each, so that it is clear which rules were in force when an event came. */
  async function save(text: string): Promise<void> {
    site.advance(60_000);
    const saved = await site.services.saveBadge(text, { expectedVersion: version++, actor: 'Ada' });
    expect(saved.ok).to.equal(true);
    site.advance(60_000);
  }
  async function send(id: string, day: number, facts: Partial<Parameters<typeof passingEvent>[0]> = {}): Promise<void> {
    const event = passingEvent({ user: 'ada', at: `2026-03-0${day}T10:00:00Z`, id, ...facts });
    await site.services.processEvent(site.services.decodeCloudEvent(event), 'http');
  }
  async function why(badge = 'demo'): Promise<Why> {
    const learner = await site.services.learners.resolve(
      { username: 'ada', lmsUserId: 11, email: 'ada@example.com', name: 'Ada Lovelace', isActive: true },
      '2026-01-01T00:00:00.000000000Z' as never,
    );
    return createWhy(site.services)(learner, badge);
  }

  it('says by which event, when and under which version a requirement was fulfilled, clause by clause', async () => {
    await save(rules(true, PASSES));
    await send('e1', 1);
    const { status, decided, inForce, issued, looked } = await why();
    expect(status).to.equal('awarded');
    expect(inForce).to.equal(null);
    expect(decided).to.include({ version: 1, savedBy: 'Ada', active: true });
    expect(decided.hash).to.match(/^[0-9a-f]{64}$/);
    expect(decided.explanation?.awards[0]?.text).to.equal('awarded at 2026-03-01T10:00:00Z with event e1');
    const [pass] = decided.explanation?.requirements ?? [];
    expect(pass?.contributions).to.deep.equal([
      {
        eventId: 'e1',
        at: '2026-03-01T10:00:00Z',
        badge: null,
        fate: 'counts',
        value: null,
        discardedBy: null,
        inLog: true,
        text: 'counts',
        clauses: [
          { text: 'is_passing = true', holds: true, found: [{ path: 'is_passing', value: 'true' }] },
          {
            text: `course.course_key = "${DEMO_COURSE}"`,
            holds: true,
            found: [{ path: 'course.course_key', value: `"${DEMO_COURSE}"` }],
          },
        ],
      },
    ]);
    expect(issued[0]?.provenance?.requirements[0]).to.deep.include({
      requirement: 'pass',
      on: PASSING,
      where: PASSES,
      events: [{ eventId: 'e1', at: '2026-03-01T10:00:00Z' }],
    });
    expect(looked).to.deep.equal([{ type: PASSING, events: 1, more: false }]);
  });

  it('says what was seen that did not match, the first condition that failed, and how much is missing', async () => {
    await save(rules(true, PASSES, 'count 3'));
    await send('e1', 1);
    await send('e2', 2, { course: 'course-v1:OtherX+HIST1+2026' });
    const { status, decided } = await why();
    expect(status).to.equal('in-progress');
    const [pass] = decided.explanation?.requirements ?? [];
    expect(pass).to.include({ counted: 1, needed: 3, missing: 2, others: 0, olderContributions: 0 });
    expect(pass?.nearest.map(({ eventId, text, failed }) => [eventId, text, failed?.text])).to.deep.equal([
      [
        'e2',
        `does not count: course.course_key is "course-v1:OtherX+HIST1+2026", but must be "${DEMO_COURSE}"`,
        `course.course_key = "${DEMO_COURSE}"`,
      ],
    ]);
    expect(pass?.nearest[0]?.clauses.map(({ holds }) => holds)).to.deep.equal([true, false]);
  });

  it('says which event took the badge back', async () => {
    await save(rules(true, PASSES));
    await send('e1', 1);
    await send('e2', 2, { passing: false });
    const { status, decided, issued } = await why();
    expect(status).to.equal('revoked');
    expect(decided.explanation?.awards[0]).to.include({ eventId: 'e1', revokedBy: 'e2' });
    expect(decided.explanation?.requirements[0]?.contributions[0]?.text).to.equal(
      'was discarded by penalty fail with event e2 at 2026-03-02T10:00:00Z',
    );
    expect(issued[0]?.revokedAt).to.equal('2026-03-02T10:00:00Z');
    expect(issued[0]?.provenance?.requirements[0]?.events).to.have.length(1);
  });

  it('explains events that match and were not recorded by what was in force when they came', async () => {
    await send('before', 1);
    await save(rules(false, PASSES));
    await send('inactive', 2);
    await save(rules(true, 'is_passing = false'));
    await send('narrow', 3);
    await save(rules(true, PASSES));
    const { decided } = await why();
    const texts = decided.explanation?.requirements[0]?.nearest.map(({ eventId, text }) => [eventId, text]);
    expect(texts).to.deep.equal([
      ['narrow', 'matches, but was not recorded when it came, under version 2 of the rules'],
      ['inactive', 'matches, but came while the badge was not active (version 1 of the rules)'],
      ['before', 'matches, but came before the badge was made'],
    ]);
  });

  it('says which matching events could not be processed', async () => {
    await save(rules(true, PASSES));
    const outcomes = ['failed', 'dead'] as const;
    await site.services.events.record(
      outcomes.map((kind, n) => ({
        event: site.services.decodeCloudEvent(
          passingEvent({ user: 'ada', at: `2026-03-0${n + 1}T00:00:00Z`, id: kind }),
        ),
        receivedAt: site.services.clock.now(),
        door: 'amqp' as const,
        learnerId: null,
        outcome: { kind, code: 'store.unavailable', message: 'the database is away' },
        ruleRevision: 1,
      })),
    );
    const { decided } = await why();
    expect(decided.explanation?.requirements[0]?.nearest.map(({ text }) => text)).to.deep.equal([
      'matches, but could not be processed (store.unavailable); it lies with the dead letters',
      'matches, but could not be processed yet (store.unavailable); it is tried again',
    ]);
  });

  it('says which recorded events the log no longer has', async () => {
    await save(rules(true, PASSES, 'count 2'));
    await send('old', 1);
    const learner = (await site.services.learners.list({ limit: 1 })).items[0];
    await site.services.events.forget(learner as never);
    await send('new', 2);
    const [pass] = (await why()).decided.explanation?.requirements ?? [];
    expect(pass?.contributions.map(({ eventId, inLog, text }) => [eventId, inLog, text])).to.deep.equal([
      ['old', false, 'counts (the event is no longer in the log)'],
      ['new', true, 'counts'],
    ]);
  });

  it('explains by the rules that decided, and says what those in force would say', async () => {
    await save(rules(true, PASSES));
    await send('e1', 1);
    await save(rules(true, PASSES, 'count 2'));
    const { decided, inForce, status } = await why();
    expect(status).to.equal('awarded');
    expect([decided.version, decided.explanation?.status]).to.deep.equal([1, 'awarded']);
    expect([inForce?.version, inForce?.explanation?.status]).to.deep.equal([2, 'in-progress']);
    expect(inForce?.explanation?.requirements[0]).to.include({ missing: 1 });
  });

  it('tells nothing personal, whatever the rules ask for', async () => {
    await save(
      rules(
        true,
        'user.pii.email = "grace@example.com" and user.pii.name exists',
        'count 2 distinct user.pii.username',
      ),
    );
    await send('e1', 1);
    const answer = await why();
    expect(answer.decided.explanation?.requirements[0]?.nearest[0]?.text).to.equal(
      'does not count: user.pii.email is [hidden], but must be "grace@example.com"',
    );
    expect(JSON.stringify(answer)).not.to.match(/ada@example|Lovelace/);
  });

  it('answers for a learner of whom nothing is recorded, and for a badge that was removed', async () => {
    await save(rules(true, PASSES));
    expect(await why()).to.deep.include({ status: 'none', progress: 0, issued: [], inForce: null });
    await send('e1', 1);
    await site.services.badges.apply([{ kind: 'remove', id: 'demo' }], {
      expectedRevision: await site.services.badges.revision(),
      updatedAt: site.services.clock.now(),
      updatedBy: 'Ada',
    });
    const removed = await why();
    expect(removed.badge).to.include({ removed: true, version: 2, active: false });
    expect([removed.status, removed.decided.version, removed.inForce]).to.deep.equal(['awarded', 1, null]);
  });

  it('knows no badge that never was', async () => {
    let error: unknown;
    await why('nothing').catch((thrown: unknown) => {
      error = thrown;
    });
    expect(error).to.be.instanceOf(NotFoundError);
    expect((error as Error).message).to.equal('there is no badge with this id; look it up in the list of badges');
  });
});
