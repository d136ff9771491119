import { expect } from 'chai';
import { createEligibility, reasonOf } from '../../../plugin/credentials/eligibility.ts';
import { NotFoundError } from '../../../plugin/errors.ts';
import type { RetrievedLearner } from '../../../plugin/extensions/retrieval-function.ts';
import { CONFIGURATION, credentialWorld } from '../../support/credential-world.ts';

describe('eligibility', () => {
  it('is that of everybody who is enrolled, and makes nothing', async () => {
    const world = await credentialWorld();
    const eligibility = createEligibility(world.parts());
    const found: string[] = [];
    for await (const { learner, eligible } of eligibility(CONFIGURATION, {}))
      found.push(`${learner.username} ${eligible}`);
    expect(found).to.deep.equal(['ada true', 'ben true', 'cleo true', 'dan false']);
    expect(await world.credential('ada')).to.equal(null);
  });

  it('wants a configuration that is there', async () => {
    const eligibility = createEligibility((await credentialWorld()).parts());
    const work = eligibility('none', {})[Symbol.asyncIterator]().next();
    expect(await Promise.resolve(work).catch((error: unknown) => error)).to.be.instanceOf(NotFoundError);
  });
});

describe('the reason why a learner is not eligible', () => {
  const course = {
    courseKey: 'course-v1:a+b+c',
    eligible: false,
    facts: {},
    required: {},
    reason: 'x is 1',
    problem: null,
  };
  const learner = { username: 'ada', name: 'Ada', email: '', lmsUserId: null, isActive: true };
  const found = (changes: Partial<RetrievedLearner>): RetrievedLearner => ({
    learner,
    eligible: false,
    courses: [course],
    problem: null,
    ...changes,
  });

  it('is what failed, of a path in which course, or what is wrong with the data', () => {
    expect(reasonOf(found({}))).to.equal('x is 1');
    const met = { ...course, courseKey: 'course-v1:d+e+f', eligible: true, reason: null };
    const third = { ...course, courseKey: 'course-v1:g+h+i', reason: 'y is 2' };
    expect(reasonOf(found({ courses: [course, met, third] }))).to.equal(
      'course-v1:a+b+c: x is 1; course-v1:g+h+i: y is 2',
    );
    expect(reasonOf(found({ problem: 'no figures' }))).to.equal('no figures');
    expect(reasonOf(found({ eligible: true }))).to.equal(null);
    expect(reasonOf(found({ courses: [] }))).to.equal(null);
  });
});
