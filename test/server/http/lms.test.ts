import { expect } from 'chai';
import type { CheckLine } from '../../../providers/index.ts';
import { makeSite, submit, textOf } from '../../support/web.ts';

describe('the page of the LMS', () => {
  const asked: (string | null)[] = [];
  const lines: readonly CheckLine[] = [
    { name: 'sign-in', state: 'ok', message: 'as the user issuer of the LMS' },
    { name: 'completion: aggregator', state: 'used', message: 'Completion aggregator, everybody at once' },
    { name: 'grades: gradebook', state: 'off', message: 'the <b>flag</b> is off' },
    { name: 'grades', state: 'failed', message: 'no source of grades' },
  ];
  const lms = {
    url: 'https://lms.example.org',
    completionSources: ['aggregator', 'blocks'],
    gradeSources: ['gradebook'],
    check: async (courseKey: string | null) => {
      asked.push(courseKey);
      return lines;
    },
  };

  it('says that none is connected, and what to set', async () => {
    const browser = await makeSite().signIn('viewer');
    expect(textOf((await browser.get('/lms')).text)).to.contain('To let Laurel ask the LMS, set LAUREL_LMS_URL');
  });

  it('shows where it is and what it is asked for', async () => {
    const browser = await makeSite({ lms }).signIn('viewer');
    const text = textOf((await browser.get('/lms')).text);
    expect(text).to.contain(
      'Address https://lms.example.org Completions from aggregator, blocks Grades from gradebook',
    );
    expect(text).to.contain('Operators and administrators can test the connection here.');
    expect((await submit(browser, '/lms', '/lms/check', { course: '' })).status).to.equal(403);
  });

  it('U13: tests the connection by a form only, not by a link', async () => {
    const browser = await makeSite({ lms }).signIn('administrator');
    asked.length = 0;
    const answer = await submit(browser, '/lms', '/lms/check', { course: ' course-v1:Acme+CS1+2026 ' });
    expect(answer.status).to.equal(200);
    expect(textOf(answer.text)).to.contain(
      'sign-in OK as the user issuer of the LMS completion: aggregator Used Completion aggregator, everybody at once grades: gradebook Off the <b>flag</b> is off grades Failed no source of grades',
    );
    expect(answer.text).not.to.contain('<b>flag</b>');
    await submit(browser, '/lms', '/lms/check', { course: '' });
    expect(asked).to.deep.equal(['course-v1:Acme+CS1+2026', null]);
    expect((await browser.get('/lms/check')).status).to.equal(404);
    expect(asked).to.have.length(2);
  });

  it('wants the key of a course', async () => {
    const browser = await makeSite({ lms }).signIn('administrator');
    asked.length = 0;
    const answer = await submit(browser, '/lms', '/lms/check', { course: 'CS1' });
    expect(answer.status).to.equal(422);
    expect(textOf(answer.text)).to.contain(
      'There is a problem the key must be that of a course, like course-v1:org+course+run; copy it from the address of the course',
    );
    expect(asked).to.deep.equal([]);
  });

  it('does not test what is not connected', async () => {
    const browser = await makeSite().signIn('administrator');
    const answer = await submit(browser, '/system', '/lms/check', { course: '' });
    expect(answer.status).to.equal(404);
  });
});
