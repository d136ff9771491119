import { expect } from 'chai';
import { passingEvent, seed } from '../../support/seed.ts';
import { type Browser, makeSite, type Site, submit, textOf } from '../../support/web.ts';

describe('event pages', () => {
  let site: Site;
  let browser: Browser;
  beforeEach(async () => {
    site = makeSite();
    await seed(site);
    browser = await site.signIn('administrator');
  });

  async function read(path: string): Promise<string> {
    const answer = await browser.get(path);
    expect(answer.status, path).to.equal(200);
    return textOf(answer.text);
  }

  async function send(id: string, facts: Partial<Parameters<typeof passingEvent>[0]> = {}): Promise<void> {
    const event = passingEvent({ user: 'noor', at: '2026-05-01T00:00:00Z', id, ...facts });
    await site.services.processEvent(site.services.decodeCloudEvent(event), 'http');
  }

  /** The ids that a list links to, in its order. */
  async function idsOn(path: string): Promise<readonly string[]> {
    const { text } = await browser.get(path);
    return [...text.matchAll(/<th scope="row"><a href="\/events\/([^"]+)"/g)].map((match) => match[1] ?? '');
  }

  it('say how events come in when there are none', async () => {
    const empty = await makeSite().signIn('viewer');
    const text = textOf((await empty.get('/events')).text);
    expect(text).to.include('No events in the last 7 days');
    expect(text).to.include('by POST /events and from files with laurel events send');
    expect(text).to.include('Show all that is kept');
  });

  it('list what came in with what became of it', async () => {
    const text = await read('/events');
    expect(text).to.include('course.passing.status.updated ada Matched Demo course completion');
    expect(text).to.include('LMS user 16 Ignored No requirement or penalty of an active badge matched it. none');
    expect(text).to.include(
      'Dead letter Processing failed unexpectedly; the log of the server says more (bug.unexpected)',
    );
    expect(text).to.include('11 events');
    expect(text).to.include('Matched (9)').and.to.include('Ignored (1)').and.to.include('Dead letter (1)');
    expect(text).to.include('course.passing.status.updated (11)');
  });

  it('find events by id, learner, LMS user id, type and outcome', async () => {
    expect(await idsOn('/events?id=event-ada-demo')).to.deep.equal(['event-ada-demo']);
    expect(await idsOn('/events?search=ada'))
      .to.have.length(2)
      .and.to.include('event-ada-demo');
    expect(await idsOn('/events?search=barbara@')).to.deep.equal(['event-barbara-demo']);
    expect(await idsOn('/events?search=noor')).to.deep.equal(['event-failed']);
    expect(await idsOn('/events?search=99')).to.deep.equal(['event-failed']);
    expect(await idsOn('/events?outcome=ignored')).to.deep.equal(['event-linh-elsewhere']);
    expect(await idsOn('/events?type=org.openedx.learning.none.v1')).to.deep.equal([]);
    expect(await read('/events?search=nobody')).to.include('Nothing matches');
  });

  it('say what can be asked for where an address asks for something else', async () => {
    const answer = await browser.get('/events?outcome=nonsense');
    expect(answer.status).to.equal(422);
    expect(textOf(answer.text)).to.include(
      'The list has no “nonsense” under Outcome; choose one of matched, ignored, dead, failed',
    );
  });

  it('look at the time asked for, and find an id whatever its time', async () => {
    // what was counted so far belongs to the hour it was counted in
    await read('/');
    site.advance(8 * 24 * 3_600_000);
    browser = await site.signIn('viewer');
    await send('fresh');
    expect(await idsOn('/events')).to.deep.equal(['fresh']);
    expect(await idsOn('/events?period=hour')).to.deep.equal(['fresh']);
    expect(await idsOn('/events?period=all')).to.have.length(12);
    expect(await idsOn('/events?id=event-ada-demo')).to.deep.equal(['event-ada-demo']);
    expect(await read('/')).to.include('Events 1 this hour');
  });

  it('page through the list without a gap or a repetition', async () => {
    for (let n = 0; n < 90; n++) await send(`n-${n}`);
    const seen: string[] = [];
    for (let path: string | undefined = '/events?outcome=ignored&period=all'; path !== undefined; ) {
      seen.push(...(await idsOn(path)));
      const { text } = await browser.get(path);
      path = /<a class="button" href="([^"]+)">Next page/.exec(text)?.[1]?.replaceAll('&amp;', '&');
    }
    expect(seen).to.have.length(new Set(seen).size);
    expect(seen.filter((id) => id.startsWith('n-'))).to.have.length((await idsMatching()).length);

    async function idsMatching(): Promise<readonly string[]> {
      const { items } = await site.services.events.list({ outcome: 'ignored', limit: 500 });
      return items.map(({ event }) => event.id).filter((id) => id.startsWith('n-'));
    }
  });

  it('show one event with its badges, its learner and its payload without personal data', async () => {
    const { text: html } = await browser.get('/events/event-ada-demo');
    const id = (await site.services.learners.findByUsername('ada'))?.id;
    expect(html).to.include(`href="/learners/${id}"`).and.to.include('href="/badges/demo-course"');
    const text = textOf(html);
    expect(text).to.include('It counts for Demo course completion');
    expect(text).to.include('Came in by HTTP (POST /events)');
    expect(text).to.include('2026-03-02T10:15:00.250000000Z');
    expect(text).to.include('"username": "[hidden]", "email": "[hidden]", "name": "[hidden]"');
    expect(text).to.include('"course_key": "course-v1:OpenedX+DemoX+Demo_Course"');
    expect(html).not.to.include('Ada Lovelace').and.not.to.include('ada@example.com');
    expect(await read('/events/event-failed'))
      .to.include('Dead letter')
      .and.not.to.include('noor');
  });

  it('reveal personal data to an administrator once, and record who looked', async () => {
    const answer = await submit(browser, '/events/event-ada-demo', '/events/event-ada-demo/reveal');
    expect(answer.status).to.equal(200);
    expect(answer.headers['cache-control']).to.equal('no-store');
    expect(textOf(answer.text)).to.include('"name": "Ada Lovelace"').and.to.include('Personal data is shown this once');
    const { items } = await site.services.access.audit({ object: 'event:event-ada-demo', limit: 9 });
    expect(items.map(({ actor, action, details }) => [actor, action, details])).to.deep.equal([
      ['administrator', 'event.revealed', {}],
    ]);
    expect(await read('/events/event-ada-demo')).not.to.include('Ada Lovelace');
  });

  it('reveal nothing to a viewer, nor without the token of the form', async () => {
    const viewer = await site.signIn('viewer');
    expect(textOf((await viewer.get('/events/event-ada-demo')).text)).not.to.include('Reveal');
    expect((await submit(viewer, '/', '/events/event-ada-demo/reveal')).status).to.equal(403);
    const withoutToken = await browser.post('/events/event-ada-demo/reveal').type('form').send({});
    expect(withoutToken.status).to.equal(403);
    expect((await site.services.access.audit({ object: 'event:event-ada-demo', limit: 9 })).items).to.deep.equal([]);
  });

  it('say that an event is not there, and escape whatever came in', async () => {
    const answer = await browser.get('/events/none');
    expect(answer.status).to.equal(404);
    expect(textOf(answer.text)).to.include(
      'There is no such event; it was never accepted, or it is older than what is kept (LAUREL_EVENT_RETENTION_DAYS).',
    );
    expect((await browser.get('/events/none/reveal')).status).to.equal(404);
    await send('<b>"&/?#%');
    const [path] = await idsOn('/events?search=noor');
    expect(path).to.equal(encodeURIComponent('<b>"&/?#%'));
    expect(await read(`/events/${path}`)).to.include('<b>"&/?#%');
  });

  it('still leave POST /events to machines', async () => {
    const answer = await browser.post('/events').type('json').send('{}');
    expect([answer.status, answer.type]).to.deep.equal([401, 'application/problem+json']);
  });
});
