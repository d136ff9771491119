import { expect } from 'chai';
import { words } from '../../../../plugin/words.ts';
import { jobTitle } from '../../../../server/http/words/job-words.ts';

describe('the titles of jobs', () => {
  it('are said in the words they were asked for with', () => {
    const said = words('Bring learners up to date with badge "{badge}"', { badge: 'demo-course' });
    const title = 'Bring learners up to date with badge "demo-course"';
    expect(jobTitle({ title, said })).to.deep.equal(said);
  });

  it('stand as they are where nothing else is known of them', () => {
    expect(jobTitle({ title: 'Count to three' })).to.deep.equal(words('Count to three'));
  });
});
