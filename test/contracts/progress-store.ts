/** What every progress store promises. */

import { expect } from 'chai';
import type { Contribution, Outcome } from '../../dsl/index.ts';
import { PUBLISH_LANE } from '../../plugin/badges/effect-order.ts';
import { InputError } from '../../plugin/errors.ts';
import type {
  Effect,
  EffectFilter,
  IssuedBadge,
  LaneChoice,
  Progress,
  ProgressStore,
} from '../../plugin/ports/progress-store.ts';
import { aContribution, day } from '../support/rule-values.ts';

/** Whatever the lane. */
const ANY = { except: [] } as const;

export function progressStoreContract(name: string, makeStore: () => Promise<ProgressStore>): void {
  describe(`${name} as a progress store`, () => {
    let store: ProgressStore;
    beforeEach(async () => {
      store = await makeStore();
    });

    it('gives back what was saved, one version on', async () => {
      const progress = aProgress({
        contributions: [contribution('e1', { five: 's:course' }), contribution('e2', {})],
        effects: [
          anEffect({
            lastError: { code: 'provider.unavailable', message: 'away', at: at(3) },
            trace: { traceparent: `00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-01` },
          }),
        ],
        issued: [anIssuedBadge()],
      });
      expect(await store.save(progress)).to.equal(true);
      expect(await store.load('l1', 'b1')).to.deep.equal({ ...progress, version: 1 });
      expect(await store.load('l1', 'b2')).to.equal(null);
    });

    it('names the learners of a badge, and all there are, in order and from any place on', async () => {
      for (const [learnerId, badgeId] of [
        ['l3', 'b1'],
        ['l1', 'b1'],
        ['l1', 'b2'],
        ['l2', 'b2'],
      ] as const)
        await store.save(aProgress({ learnerId, badgeId }));
      expect(await store.learnersOf('b1', null, 9)).to.deep.equal(['l1', 'l3']);
      expect(await store.learnersOf('b1', 'l1', 9)).to.deep.equal(['l3']);
      expect(await store.learnersOf('b2', null, 1)).to.deep.equal(['l1']);
      expect(await store.learnersOf('none', null, 9)).to.deep.equal([]);
      const all: string[] = [];
      for (let ids = await store.learnerIds(null, 2); ids.length > 0; ids = await store.learnerIds(all.at(-1) ?? '', 2))
        all.push(...ids);
      expect(all).to.deep.equal(['l1', 'l2', 'l3']);
    });

    describe('listing the badges that were given', () => {
      const badge = (overrides: Partial<IssuedBadge>): IssuedBadge => ({
        ...anIssuedBadge(),
        template: { provider: 'credly', id: 't' },
        externalId: 'x',
        externalState: 'pending',
        ...overrides,
      });
      const ids = (found: readonly Progress[]): string[] => found.map(({ learnerId, badgeId }) => learnerId + badgeId);
      beforeEach(async () => {
        for (const [learnerId, badgeId, ...issued] of [
          ['l3', 'b1', badge({})],
          ['l1', 'b2', badge({ template: { provider: 'memory', id: 'm' }, externalState: 'issued' })],
          ['l1', 'b1', badge({ revokedAt: day(4) }), badge({ number: 2, externalState: null, externalId: null })],
          ['l2', 'b1', badge({ template: null, externalId: null, externalState: null })],
          ['l4', 'b1'],
        ] as const)
          await store.save(aProgress({ learnerId, badgeId, issued: issued as readonly IssuedBadge[] }));
      });

      it('finds those of a provider, a template, a state, a badge, a learner', async () => {
        const found = async (query: object) => ids((await store.listIssued({ ...query, limit: 9 })).items);
        expect(await found({})).to.deep.equal(['l1b1', 'l1b2', 'l2b1', 'l3b1']);
        expect(await found({ provider: 'credly' })).to.deep.equal(['l1b1', 'l3b1']);
        expect(await found({ provider: null })).to.deep.equal(['l2b1']);
        expect(await found({ provider: 'memory', templateId: 'm' })).to.deep.equal(['l1b2']);
        expect(await found({ provider: 'memory', templateId: 't' })).to.deep.equal([]);
        expect(await found({ externalState: 'pending', provider: 'credly' })).to.deep.equal(['l1b1', 'l3b1']);
        expect(await found({ externalState: null, provider: 'credly' })).to.deep.equal(['l1b1']);
        expect(await found({ stands: false })).to.deep.equal(['l1b1']);
        expect(await found({ stands: true, externalState: 'pending' })).to.deep.equal(['l3b1']);
        expect(await found({ badgeId: 'b2' })).to.deep.equal(['l1b2']);
        expect(await found({ learnerIds: ['l3', 'l2'] })).to.deep.equal(['l2b1', 'l3b1']);
      });

      it('goes page by page in an order that changes do not disturb', async () => {
        const first = await store.listIssued({ limit: 2 });
        const [moved] = first.items;
        if (moved) await store.save({ ...moved, updatedAt: at(900) });
        const second = await store.listIssued({ limit: 2, after: first.next ?? '' });
        expect([ids(first.items), ids(second.items)]).to.deep.equal([
          ['l1b1', 'l1b2'],
          ['l2b1', 'l3b1'],
        ]);
        expect(second.next).to.equal(null);
        const credly = await store.listIssued({ provider: 'credly', limit: 1 });
        expect(
          ids((await store.listIssued({ provider: 'credly', limit: 1, after: credly.next ?? '' })).items),
        ).to.deep.equal(['l3b1']);
        const error = await store.listIssued({ limit: 1, after: 'nonsense' }).catch((thrown: unknown) => thrown);
        expect(error).to.be.instanceOf(InputError);
      });

      it('counts them by what they have in common', async () => {
        const groups = (await store.issuedGroups()).toSorted((a, b) =>
          JSON.stringify(a).localeCompare(JSON.stringify(b)),
        );
        const credly = { provider: 'credly', templateId: 't' };
        expect(groups).to.have.deep.members([
          { ...credly, externalState: 'pending', stands: true, count: 1 },
          { ...credly, externalState: 'pending', stands: false, count: 1 },
          { ...credly, externalState: null, stands: true, count: 1 },
          { provider: 'memory', templateId: 'm', externalState: 'issued', stands: true, count: 1 },
          { provider: null, templateId: null, externalState: null, stands: true, count: 1 },
        ]);
      });
    });

    it('finds badges by what their provider calls them', async () => {
      const issued = { ...anIssuedBadge(), externalId: 'x-1', template: { provider: 'credly', id: 't' } };
      const other = { ...issued, number: 2, externalId: 'x-2', template: { provider: 'memory', id: 't' } };
      await store.save(aProgress({ learnerId: 'l2', issued: [issued, other] }));
      await store.save(aProgress({ learnerId: 'l1', issued: [issued] }));
      await store.save(aProgress({ learnerId: 'l3', issued: [anIssuedBadge()] }));
      const found = async (provider: string, id: string) =>
        (await store.findIssued(provider, id)).map(({ learnerId }) => learnerId);
      expect(await found('credly', 'x-1')).to.deep.equal(['l1', 'l2']);
      expect(await found('memory', 'x-2')).to.deep.equal(['l2']);
      expect(await found('credly', 'x-2')).to.deep.equal([]);
      expect(await found('memory', 'x-1')).to.deep.equal([]);
    });

    it('knows whether older rules made anything', async () => {
      await store.save(aProgress({ ruleVersion: 3 }));
      expect(await store.hasOlderThan('b1', 3)).to.equal(false);
      expect(await store.hasOlderThan('b1', 4)).to.equal(true);
      expect(await store.hasOlderThan('b2', 4)).to.equal(false);
    });

    it('keeps requirements and groups whose ids are names of something in JavaScript', async () => {
      const ids = ['constructor', '__proto__', 'prototype', 'toString', '$set'];
      const progress = aProgress({
        contributions: [contribution('e1', Object.fromEntries(ids.map((id) => [id, 's:x'])), ids)],
        outcome: {
          ...anOutcome(),
          groups: Object.fromEntries(ids.map((id) => [id, true])),
          requirements: Object.fromEntries(
            ids.map((id) => [id, { fulfilled: true, counted: 1, needed: 1, eventIds: ['e1'] }]),
          ),
        },
      });
      await store.save(progress);
      const loaded = await store.load('l1', 'b1');
      expect(Object.keys(loaded?.outcome.groups ?? {})).to.have.members(ids);
      expect(Object.keys(loaded?.outcome.requirements ?? {})).to.have.members(ids);
      expect(Object.keys(loaded?.contributions[0]?.values ?? {})).to.have.members(ids);
    });

    it('UD12, U3: lets one of several win who save the same version at the same time', async () => {
      for (const version of [0, 1]) {
        const saves = Array.from({ length: 6 }, (_, n) => store.save(aProgress({ version, ruleVersion: n })));
        expect((await Promise.all(saves)).filter(Boolean)).to.have.length(1);
      }
      expect((await store.load('l1', 'b1'))?.version).to.equal(2);
    });

    it('refuses a version that is not the stored one, and changes nothing', async () => {
      expect(await store.save(aProgress({ version: 3 }))).to.equal(false);
      await store.save(aProgress());
      expect(await store.save(aProgress({ ruleVersion: 9 }))).to.equal(false);
      expect((await store.load('l1', 'b1'))?.ruleVersion).to.equal(1);
    });

    it('finds what is due, the oldest first', async () => {
      await store.save(aProgress({ badgeId: 'later', effects: [anEffect({ dueAt: at(5) })] }));
      await store.save(aProgress({ badgeId: 'second', effects: [anEffect({ dueAt: at(2) })] }));
      await store.save(aProgress({ badgeId: 'first', effects: [anEffect({ dueAt: at(1) })] }));
      await store.save(aProgress({ badgeId: 'nothing' }));
      const due = async (now: Date, limit: number) => (await store.due(now, limit, ANY)).map(({ badgeId }) => badgeId);
      expect(await due(at(2), 9)).to.deep.equal(['first', 'second']);
      expect(await due(at(9), 2)).to.deep.equal(['first', 'second']);
      expect(await due(at(0), 9)).to.deep.equal([]);
    });

    it('forgets an effect that is finished, and does not wake for one that waits for another', async () => {
      await store.save(aProgress({ effects: [anEffect({ dueAt: at(1) })] }));
      await store.save(aProgress({ version: 1, effects: [anEffect({ dueAt: at(1), state: 'done' })] }));
      expect(await store.due(at(9), 9, ANY)).to.deep.equal([]);
      const effects = [
        anEffect({ state: 'failed', dueAt: at(1) }),
        anEffect({ id: 'publish-awarded:1', kind: 'publish-awarded', dueAt: at(1) }),
      ];
      await store.save(aProgress({ version: 2, effects }));
      expect(await store.due(at(9), 9, ANY)).to.deep.equal([]);
      const [award, publish] = effects as [Effect, Effect];
      await store.save(aProgress({ version: 3, effects: [{ ...award, state: 'done' }, publish] }));
      expect(await store.due(at(9), 9, ANY)).to.have.length(1);
    });

    it('finds what is due in one lane, or in none of some, so that one that stands still hides nothing', async () => {
      const issued = (provider: string): Progress['issued'] => [
        { ...anIssuedBadge(), template: { provider, id: 't' } },
      ];
      await store.save(aProgress({ badgeId: 'x', issued: issued('credly'), effects: [anEffect()] }));
      await store.save(aProgress({ badgeId: 'y', issued: issued('memory'), effects: [anEffect({ dueAt: at(2) })] }));
      const published = [anEffect({ state: 'done' }), anEffect({ id: 'p', kind: 'publish-awarded', dueAt: at(3) })];
      await store.save(aProgress({ badgeId: 'z', issued: issued('memory'), effects: published }));
      const due = async (lanes: LaneChoice, now = at(9)) =>
        (await store.due(now, 9, lanes)).map(({ badgeId }) => badgeId);
      expect(await due({ only: 'credly' })).to.deep.equal(['x']);
      expect(await due({ only: 'memory' })).to.deep.equal(['y']);
      expect(await due({ only: 'memory' }, at(1))).to.deep.equal([]);
      expect(await due({ only: PUBLISH_LANE })).to.deep.equal(['z']);
      expect(await due({ except: ['memory', PUBLISH_LANE] })).to.deep.equal(['x']);
    });

    it('groups open effects by what they have in common, and finds them by it', async () => {
      const away = { code: 'provider.unavailable', message: 'away', at: at(3) };
      const effects = [anEffect({ lastError: away }), anEffect({ id: 'p', kind: 'publish-awarded' })];
      await store.save(aProgress({ learnerId: 'l1', issued: [anIssuedBadge()], effects }));
      await store.save(
        aProgress({ learnerId: 'l2', issued: [anIssuedBadge()], effects: [anEffect({ lastError: away })] }),
      );
      await store.save(
        aProgress({ learnerId: 'l3', issued: [anIssuedBadge()], effects: [anEffect({ state: 'given-up' })] }),
      );
      expect(await store.effectGroups()).to.have.deep.members([
        { state: 'pending', kind: 'award', lane: 'memory', error: 'provider.unavailable', count: 2 },
        { state: 'pending', kind: 'publish-awarded', lane: PUBLISH_LANE, error: null, count: 1 },
      ]);
      const learners = async (effect: EffectFilter) =>
        (await store.list({ effect, limit: 9 })).items.map(({ learnerId }) => learnerId);
      expect(await learners({ kind: 'publish-awarded' })).to.deep.equal(['l1']);
      expect(await learners({ lane: 'memory', error: 'provider.unavailable' })).to.deep.equal(['l1', 'l2']);
      expect(await learners({ lane: 'credly' })).to.deep.equal([]);
      expect(await learners({})).to.deep.equal(['l1', 'l2']);
    });

    it('finds the progress of a learner, by badge', async () => {
      for (const badgeId of ['b', 'a']) await store.save(aProgress({ badgeId }));
      await store.save(aProgress({ learnerId: 'l2' }));
      expect((await store.ofLearner('l1')).map(({ badgeId }) => badgeId)).to.deep.equal(['a', 'b']);
      expect(await store.ofLearner('nobody')).to.deep.equal([]);
    });

    it('lists the newest change first, page by page, without a gap or a repetition', async () => {
      for (const [n, minute] of [3, 1, 3, 2, 3, 1].entries()) {
        await store.save(aProgress({ learnerId: `l${n % 3}`, badgeId: `b${n}`, updatedAt: at(minute) }));
      }
      const seen: string[] = [];
      for (let after: string | null | undefined; after !== null; ) {
        const page = await store.list({ limit: 2, ...(after === undefined ? {} : { after }) });
        seen.push(...page.items.map(({ badgeId }) => badgeId));
        after = page.next;
      }
      expect(seen).to.deep.equal(['b0', 'b4', 'b2', 'b3', 'b1', 'b5']);
    });

    it('lists by badge, status, state of effects and learners, and by all of them', async () => {
      const awarded = anOutcome({ status: 'awarded' });
      await store.save(aProgress({ badgeId: 'x', outcome: awarded, effects: [anEffect({ state: 'failed' })] }));
      await store.save(aProgress({ badgeId: 'x', learnerId: 'l2', outcome: awarded, effects: [anEffect()] }));
      await store.save(aProgress({ badgeId: 'y', learnerId: 'l3' }));
      const learners = async (query: Omit<Parameters<ProgressStore['list']>[0], 'limit'>) =>
        (await store.list({ ...query, limit: 9 })).items.map(({ learnerId }) => learnerId);
      expect(await learners({ badgeId: 'x' })).to.deep.equal(['l1', 'l2']);
      expect(await learners({ status: 'none' })).to.deep.equal(['l3']);
      expect(await learners({ effect: { state: 'failed' } })).to.deep.equal(['l1']);
      expect(await learners({ learnerIds: ['l2', 'l3'] })).to.deep.equal(['l2', 'l3']);
      expect(await learners({ learnerIds: [] })).to.deep.equal([]);
      expect(await learners({ badgeId: 'x', status: 'awarded', effect: { state: 'pending' } })).to.deep.equal(['l2']);
    });

    it('refuses a place in the list that it never gave out', async () => {
      for (const after of ['nonsense', Buffer.from('{}').toString('base64url')]) {
        const refusal = await store.list({ limit: 2, after }).catch((error: unknown) => error);
        expect(refusal).to.be.instanceOf(InputError);
        expect(refusal)
          .to.have.property('message')
          .that.equals('the list has no such page; start again at its beginning');
      }
    });

    it('counts how far learners have come on each badge', async () => {
      expect(await store.stages([])).to.deep.equal([]);
      const issued = { ...anIssuedBadge(), externalId: 'x', externalState: 'issued' };
      const outcomes: readonly Partial<Progress>[] = [
        { outcome: anOutcome() },
        { outcome: anOutcome({ status: 'in-progress' }) },
        { outcome: anOutcome({ status: 'in-progress', progress: 0.5 }) },
        { outcome: anOutcome({ status: 'revoked' }), issued: [{ ...issued, revokedAt: day(3) }] },
        { outcome: anOutcome({ status: 'awarded', progress: 1 }), issued: [{ ...issued, externalState: null }] },
        { outcome: anOutcome({ status: 'awarded', progress: 1 }), issued: [issued] },
        {
          outcome: anOutcome({ status: 'awarded', progress: 1 }),
          issued: [issued, { ...issued, number: 2, externalState: 'accepted' }],
        },
        { outcome: anOutcome({ status: 'awarded', progress: 1 }), evaluated: true },
      ];
      for (const [at, state] of outcomes.entries())
        await store.save(aProgress({ badgeId: 'x', learnerId: `l${at}`, ...state }));
      await store.save(aProgress({ badgeId: 'a', outcome: anOutcome({ status: 'in-progress' }) }));
      expect(await store.stages(['x', 'none', 'a'])).to.deep.equal([
        { badgeId: 'x', begun: 6, partDone: 4, complete: 3, revoked: 1, issued: 2, accepted: 1 },
        { badgeId: 'none', begun: 0, partDone: 0, complete: 0, revoked: 0, issued: 0, accepted: 0 },
        { badgeId: 'a', begun: 1, partDone: 0, complete: 0, revoked: 0, issued: 0, accepted: 0 },
      ]);
    });

    it('counts by badge and status, and documents by the state of their effects', async () => {
      expect(await store.counts(['x'])).to.deep.equal([]);
      await store.save(aProgress({ badgeId: 'x', effects: [anEffect(), anEffect({ id: 'award:2', badgeNumber: 2 })] }));
      await store.save(aProgress({ badgeId: 'x', learnerId: 'l2', effects: [anEffect({ state: 'failed' })] }));
      const revoked = anOutcome({ status: 'revoked' });
      await store.save(aProgress({ badgeId: 'x', learnerId: 'l3', outcome: revoked }));
      await store.save(aProgress({ badgeId: 'x', learnerId: 'l4', outcome: revoked, evaluated: true }));
      expect(await store.counts(['none'])).to.deep.equal([]);
      expect(await store.counts(['x', 'none'])).to.deep.equal([
        { badgeId: 'x', status: 'none', evaluated: false, count: 2 },
        { badgeId: 'x', status: 'revoked', evaluated: false, count: 1 },
        { badgeId: 'x', status: 'revoked', evaluated: true, count: 1 },
      ]);
      expect(await store.effectCounts()).to.deep.equal({ pending: 1, failed: 1 });
    });
  });
}

function at(minute: number): Date {
  return new Date(Date.UTC(2026, 5, 1, 0, minute));
}

function contribution(
  eventId: string,
  values: Contribution['values'],
  requirements: readonly string[] = ['five'],
): Contribution {
  return aContribution({ eventId, at: day(1), requirements, values });
}

function anOutcome(overrides: Partial<Outcome> = {}): Outcome {
  return {
    status: 'none',
    progress: 0,
    groups: { A: false },
    fulfilled: [],
    awardedAt: null,
    awards: 0,
    history: [],
    requirements: { five: { fulfilled: false, counted: 0, needed: 5, eventIds: [] } },
    ...overrides,
  };
}

function anIssuedBadge(): IssuedBadge {
  return {
    number: 1,
    uuid: 'u-1',
    awardedAt: day(2),
    eventId: 'e1',
    revokedAt: null,
    ruleVersion: 4,
    template: { provider: 'memory', id: 't' },
    provenance: {
      ruleVersion: 4,
      recordedAt: at(2),
      requirements: [
        {
          requirement: 'constructor',
          group: '__proto__',
          on: 'a.b.v1',
          where: 'is_passing = true',
          events: [{ eventId: 'e1', at: day(2) }],
          more: 0,
        },
      ],
    },
    externalId: null,
    externalState: null,
    externalUrl: null,
  };
}

function anEffect(overrides: Partial<Effect> = {}): Effect {
  return {
    id: 'award:1',
    kind: 'award',
    badgeNumber: 1,
    state: 'pending',
    attempts: 0,
    dueAt: at(1),
    createdAt: at(0),
    finishedAt: null,
    lastError: null,
    ...overrides,
  };
}

function aProgress(overrides: Partial<Progress> = {}): Progress {
  return {
    learnerId: 'l1',
    badgeId: 'b1',
    version: 0,
    ruleVersion: 1,
    evaluated: false,
    contributions: [],
    outcome: anOutcome(),
    issued: [],
    effects: [],
    updatedAt: at(0),
    ...overrides,
  };
}
