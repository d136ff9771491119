import { expect } from 'chai';
import mongoose from 'mongoose';
import type { Contribution } from '../../../dsl/index.ts';
import type { Progress } from '../../../plugin/ports/progress-store.ts';
import { type ProgressDocument, toDocument, toProgress } from '../../../server/mongo/progress-document.ts';
import { day } from '../../support/rule-values.ts';

function aContribution(values: Readonly<Record<string, string>>): Contribution {
  return { eventId: 'e1', at: day(1), order: 0, badge: null, requirements: Object.keys(values), penalties: [], values };
}

function aProgress(contributions: readonly Contribution[]): Progress {
  return {
    ...{ learnerId: 'l1', badgeId: 'b1', version: 0, ruleVersion: 1, evaluated: false, contributions },
    outcome: {
      status: 'none',
      progress: 0,
      groups: {},
      requirements: {},
      history: [],
    } as unknown as Progress['outcome'],
    ...{ issued: [], effects: [], updatedAt: new Date(0) },
  };
}

describe('a progress document', () => {
  const awkward = Object.fromEntries([
    ['__proto__', 's:a'],
    ['$set.x', 's:half a pair \ud800'],
    ['constructor', 's:\u0000'],
  ]);

  it('keeps what counts exactly, as one text', () => {
    const contributions = [aContribution({ five: 's:course' }), aContribution(awkward)];
    const document = toDocument(aProgress(contributions), new mongoose.Types.ObjectId());
    expect(document.contributions).to.be.a('string');
    expect(toProgress(document).contributions).to.deep.equal(contributions);
  });

  it('keeps how far the learner is exactly, as one text but for what is asked for by itself', () => {
    const ids = ['zero', '__proto__', 'constructor'];
    const requirements = Object.fromEntries(
      ids.map((id) => [id, { fulfilled: true, counted: 1, needed: 1, eventIds: ['e1', '\u0000'] }]),
    );
    const award = { ordinal: 1, at: day(1), eventId: 'e1', order: 0, revokedAt: null, revokedBy: null };
    const outcome: Progress['outcome'] = {
      ...{ status: 'awarded', progress: 0.5, groups: Object.fromEntries([['__proto__', true]]), fulfilled: ids },
      ...{ awardedAt: day(1), awards: 1, history: [award], requirements },
    };
    const document = toDocument({ ...aProgress([]), outcome }, new mongoose.Types.ObjectId());
    expect(Object.keys(document.outcome)).to.deep.equal(['status', 'progress', 'details']);
    expect(document.outcome).to.include({ status: 'awarded', progress: 0.5 });
    expect(toProgress(document).outcome).to.deep.equal(outcome);
  });

  it('of before holds how far the learner is as a tree, and is read all the same', () => {
    const state = { fulfilled: true, counted: 1, needed: 1, eventIds: ['e1'] };
    const facts = {
      status: 'awarded',
      progress: 1,
      fulfilled: ['zero'],
      awardedAt: day(1),
      awards: 1,
      history: [],
    } as const;
    const document: ProgressDocument = {
      ...toDocument(aProgress([]), new mongoose.Types.ObjectId()),
      outcome: {
        ...facts,
        groups: [{ group: 'A', fulfilled: true }],
        requirements: [{ requirement: 'zero', ...state }],
      },
    };
    expect(toProgress(document).outcome).to.deep.equal({
      ...facts,
      groups: { A: true },
      requirements: { zero: state },
    });
  });

  it('of before holds it as a tree, and is read all the same', () => {
    const { values, ...rest } = aContribution(awkward);
    const former = [
      { ...rest, values: Object.entries(values).map(([requirement, value]) => ({ requirement, value })) },
    ];
    const document: ProgressDocument = {
      ...toDocument(aProgress([]), new mongoose.Types.ObjectId()),
      contributions: former,
    };
    expect(toProgress(document).contributions).to.deep.equal([aContribution(awkward)]);
  });
});
