import { expect } from 'chai';
import { ExtensionRegistry } from '../../../plugin/extensions/registry.ts';
import { completionsAndGrades, createPdfGeneration } from '../../../providers/index.ts';
import { createLocalEngine } from '../../../providers/pdf/local-engine.ts';
import { TEST_SOURCE } from '../../../server/http/pages/test-event.ts';
import { projectPath } from '../../../server/paths.ts';
import { demoRules, seed } from '../../support/seed.ts';
import { type Browser, makeSite, type Site, submit, textOf } from '../../support/web.ts';

const COURSE = 'course-v1:OpenedX+DemoX+Demo_Course';

describe('first steps', () => {
  let site: Site;
  let browser: Browser;
  beforeEach(async () => {
    const pdf = createPdfGeneration(createLocalEngine(projectPath('fonts')));
    const extensions = new ExtensionRegistry().addRetrieval(completionsAndGrades).addGeneration(pdf).freeze();
    site = makeSite({ extensions });
    browser = await site.signIn('administrator');
  });

  async function read(path: string): Promise<string> {
    return textOf((await browser.get(path)).text);
  }

  async function audited(): Promise<readonly string[]> {
    return (await site.services.access.audit({ limit: 10 })).items.map(({ action }) => action);
  }

  it('lead on the dashboard, each done when the stores say so, the next one marked', async () => {
    const text = await read('/');
    expect(text).to.include('1 of 9 steps done');
    expect(text).to.include('Make your account done');
    expect(text).to.include('Say who issues badges next');
    await seed(site);
    expect(await read('/'))
      .to.include('First steps: all done')
      .and.to.include('9 of 9 steps done');
  });

  it('name the badge that is still to be activated', async () => {
    await site.services.saveBadge(demoRules.replace('active   true', 'active   false'), {
      expectedVersion: 0,
      actor: 'ada',
    });
    const { text } = await browser.get('/');
    expect(text).to.match(/href="\/badges\/demo-course">Activate Demo course completion/);
  });

  it('are hidden for everybody by an administrator, and shown again, which is audited', async () => {
    expect((await submit(browser, '/', '/first-steps', {})).headers.location).to.equal('/?done=steps-hidden');
    const { text } = await browser.get('/');
    expect(text).not.to.include('steps done');
    expect(text).to.include('<a href="/first-steps">First steps</a>');
    expect(await read('/first-steps'))
      .to.include('1 of 9 steps done')
      .and.to.include('Show them on the dashboard');
    await submit(browser, '/first-steps', '/first-steps', { show: 'yes' });
    expect(await read('/')).to.include('1 of 9 steps done');
    expect((await audited()).slice(0, 2)).to.deep.equal(['first-steps.shown', 'first-steps.hidden']);
  });

  it('do not stand in the way of those who may change nothing', async () => {
    const viewer = await site.signIn('viewer');
    expect((await viewer.get('/')).text).not.to.include('First steps');
  });

  it('bring the sample certificate and the sample course once, and leave what was made of them', async () => {
    await submit(browser, '/', '/first-steps/sample-template', {});
    await submit(browser, '/', '/first-steps/sample-course', {});
    const { credentials } = site.services;
    expect((await credentials.assets()).map(({ slug }) => slug)).to.have.members(['sample-certificate', 'sample-font']);
    const [configuration] = await credentials.configurations();
    expect(configuration).to.include({ contextKey: 'course-v1:Laurel+Sample+2026' });
    const found = [];
    for await (const one of site.records.enrolled('course-v1:Laurel+Sample+2026', {
      completion: true,
      grades: true,
      username: null,
    }))
      found.push(one.learner.username);
    expect(found).to.deep.equal(['test-learner']);

    const type = await credentials.type('sample-certificate');
    await credentials.saveType({ ...type!, name: 'Ours' });
    await submit(browser, '/', '/first-steps/sample-course', {});
    expect((await credentials.type('sample-certificate'))?.name).to.equal('Ours');
    expect((await audited()).filter((action) => action.startsWith('sample.'))).to.deep.equal([
      'sample.course',
      'sample.template',
    ]);
  });
});

describe('test events', () => {
  let site: Site;
  let browser: Browser;
  const form = {
    type: 'org.openedx.learning.course.passing.status.updated.v1',
    username: 'test-learner',
    name: 'Test Learner',
    courseKey: COURSE,
    data: '',
    intent: 'send',
  };

  before(async () => {
    site = makeSite();
    await seed(site);
    browser = await site.signIn('administrator');
  });

  const send = (changes: Partial<typeof form> = {}) =>
    submit(browser, '/test-event', '/test-event', { ...form, ...changes });

  it('suggest the course that an active badge asks for', async () => {
    expect((await browser.get('/test-event')).text).to.include('value="course-v1:AcmeX+STAT101+2026"');
  });

  it('go through the pipeline, marked as tests, and say what became of them', async () => {
    const answer = await send();
    expect(answer.status).to.equal(303);
    const path = answer.headers.location ?? '';
    const text = textOf((await browser.get(path)).text);
    expect(text).to.include('The event went through the pipeline; below is what became of it.');
    expect(text).to.include('Matched').and.to.include('Demo course completion').and.to.include('test-learner');
    const [entry] = (await site.services.events.list({ limit: 1 })).items;
    expect(entry?.event.source).to.equal(TEST_SOURCE);
    expect(entry?.door).to.equal('test');
    const learner = await site.services.learners.findByUsername('test-learner');
    const progress = await site.services.progress.load(learner?.id ?? '', 'demo-course');
    expect(progress?.outcome.status).to.equal('awarded');
    const { items } = await site.services.access.audit({ limit: 1, object: `event:${entry?.event.id}` });
    expect(items.map(({ action, details }) => [action, details])).to.deep.equal([
      ['event.test-sent', { type: form.type }],
    ]);
  });

  it('show their data, which can be changed before they are sent', async () => {
    const { text } = await send({ intent: 'show' });
    expect(text).to.include('&#34;is_passing&#34;: true');
    const data = { course_passing_status: { is_passing: false, user: { pii: { username: 'another' } } } };
    expect((await send({ data: JSON.stringify(data) })).status).to.equal(303);
    expect((await site.services.events.list({ limit: 1 })).items[0]?.event.payload).to.deep.include({
      is_passing: false,
    });
  });

  it('send nothing when something is wrong, and say what', async () => {
    const before = await site.services.events.counts();
    const wrong = await send({ type: 'none', username: 'two words', name: '', courseKey: 'DemoX' });
    expect(wrong.status).to.equal(422);
    const text = textOf(wrong.text);
    for (const message of [
      'Choose what happens.',
      'Enter a username of letters, digits and . _ @ + -, such as test-learner.',
      'Enter a name of at most 200 characters, such as Test Learner.',
      `Enter the key of a course, such as ${COURSE}.`,
    ])
      expect(text).to.include(message);
    expect(textOf((await send({ data: '{' })).text)).to.include(
      'This is not JSON. Leave the field empty to send a sample.',
    );
    expect(textOf((await send({ data: '{"course_passing_status": {"is_passing": "yes"}}' })).text)).to.include(
      "The event's field is_passing must be true or false.",
    );
    expect(await site.services.events.counts()).to.deep.equal(before);
  });
});
