import { expect } from 'chai';
import type { RetrievedLearner } from '../../../../plugin/extensions/retrieval-function.ts';
import type { IssuedBadge, Progress } from '../../../../plugin/ports/progress-store.ts';
import { silentLogger } from '../../../../plugin/ports/runtime.ts';
import { missingCredentials } from '../../../../server/http/my/credential-cards.ts';
import { createTranslator } from '../../../../server/i18n/translator.ts';
import { aLearnerRecord } from '../../../contracts/learner-records.ts';
import { aRequest } from '../../../support/issuer-world.ts';
import { type LmsSite, lmsSite } from '../../../support/lms-sign-in.ts';
import { aCredential, DEMO_COURSE, passingEvent, SEEDED, seed } from '../../../support/seed.ts';
import { textOf } from '../../../support/web.ts';

const STATISTICS = 'course-v1:AcmeX+STAT101+2026';

describe('the page of a learner', () => {
  let world: LmsSite;
  beforeEach(async () => {
    world = await lmsSite();
    // the courses that are counted within a year were passed in that of the seed
    world.site.setClock(SEEDED);
    await seed(world.site);
  });
  afterEach(() => world.close());

  async function pageOf(username: string): Promise<string> {
    const browser = world.site.browser();
    await world.enter(browser, username, '/my');
    const { status, text } = await browser.get('/my');
    expect(status).to.equal(200);
    return text;
  }
  const readOf = async (username: string) => textOf(await pageOf(username));

  /** Changes what is stored of a learner and a badge. */
  async function change(
    username: string,
    badgeId: string,
    to: (progress: Progress) => Partial<Progress>,
  ): Promise<void> {
    const { learners, progress } = world.site.services;
    const id = (await learners.findByUsername(username))?.id ?? '';
    const stored = await progress.load(id, badgeId);
    if (!stored || !(await progress.save({ ...stored, ...to(stored) }))) throw new Error('there is such progress');
  }
  const changeIssued = (username: string, badgeId: string, facts: Partial<IssuedBadge>): Promise<void> =>
    change(username, badgeId, ({ issued }) => ({ issued: issued.map((badge) => ({ ...badge, ...facts })) }));

  it('has the badges earned, those in progress with what is missing, and the credentials', async () => {
    const text = await readOf('ada');
    expect(text).to.include(
      'My badges and credentials Signed in as ada . Only you, and the people who run this site, see this page. Badges Demo course completion Earned 2 Mar 2026, 10:15 UTC',
    );
    expect(text).to.include('In progress Data track');
    expect(text).to.include(
      'Data track Progress of Data track 33 % 1 of 3 steps done Statistics for beginners Done Programming in Python Not done yet The project, once statistics is passed Not done yet',
    );
    expect(text).to.include(
      'Explorer Progress of Explorer 50 % 1 of 2 steps done Earn the badge Demo course completion Done Five different courses within a year 2 of 5 so far',
    );
    expect(text).to.include(
      'Credentials Yours Demonstration course Certificate of achievement · 20 November 2026 Download : Demonstration course · Certificate of achievement Verify : Demonstration course · Certificate of achievement',
    );
    expect(await pageOf('ada'))
      .to.include('href="http://127.0.0.1/download/00000000-0000-4000-8000-000000000000/secret"')
      .and.include('href="/verify/00000000-0000-4000-9000-000000000000"');
  });

  it('says nothing in the words of the administration', async () => {
    for (const username of ['ada', 'grace', 'edsger', 'barbara', 'linh', 'margaret']) {
      if (!world.lms.campus.users.has(username)) world.lms.campus.addUser(username);
      const text = await readOf(username);
      expect(text, username).not.to.match(
        /requirement|group [A-Z]|org\.openedx|course-v1:|effect|event-|retry|glyph|provider/i,
      );
    }
  });

  it('is friendly to who has nothing yet', async () => {
    expect(await readOf('newcomer')).to.match(
      /Badges You have no badges yet\. When you do in the LMS what a badge asks for, it appears here by itself\. Credentials You have no credentials yet\. A credential is a document for finishing a course or a learning path that gives one; it appears here when it is made\. .*Laurel:/,
    );
  });

  it('shows a badge that was taken back, with the reason', async () => {
    world.lms.campus.addUser('edsger', { id: 13 });
    const text = await readOf('edsger');
    expect(text).to.match(
      /Taken back Demo course completion Earned 5 May 2026, 12:00 UTC Taken back 1 Jun 2026, 12:00 UTC A later result in the LMS no longer meets what the badge asks for\./,
    );
    expect(text).to.include(
      'No longer valid Demonstration course Certificate of achievement · 20 November 2026 It was taken back: The grade was corrected. Verify',
    );
  });

  it('leads to the provider of a badge, first of all to accept it', async () => {
    const there = { externalId: 'x', externalUrl: 'https://www.credly.com/badges/1' };
    const template = { provider: 'hall', id: 't1' };
    await changeIssued('ada', 'demo-course', { ...there, template, externalState: 'pending' });
    const pending = await pageOf('ada');
    expect(textOf(pending)).to.include(
      'At Hall of Fame: waits there for you to accept it Accept it at Hall of Fame : Demo course completion',
    );
    expect(pending).to.include('href="https://www.credly.com/badges/1"');
    await changeIssued('ada', 'demo-course', { externalState: 'accepted' });
    expect(await readOf('ada')).to.include('At Hall of Fame: you have accepted it there See it at Hall of Fame');
    await changeIssued('ada', 'demo-course', { externalUrl: 'javascript:alert(1)' });
    expect(await pageOf('ada')).not.to.include('javascript:');
  });

  it('shows the picture of the provider, which is served from here to learners alone', async () => {
    const template = { provider: 'hall', id: 't1' };
    const [stored] = await world.site.services.providerStore.templatesById('hall', 't1');
    if (!stored) throw new Error('there is such a template');
    await world.site.services.providerStore.saveTemplate({ ...stored, imageUrl: 'https://images.example/t1.png' });
    await changeIssued('ada', 'demo-course', { template });
    const browser = world.site.browser();
    await world.enter(browser, 'ada');
    const { text, headers } = await browser.get('/my');
    expect(text).to.match(
      /<img src="\/my\/templates\/hall\/[\w-]+\/t1\/picture\?v=[0-9a-f]{12}" alt="Picture of [^"]+" width="96"/,
    );
    expect(text).not.to.include('images.example');
    expect(headers['content-security-policy']).to.include("img-src 'self' data:;");
    const [, src = ''] = /<img src="([^"]*\/picture[^"]*)"/.exec(text) ?? [];
    expect((await browser.get(src)).headers['content-type']).to.equal('image/svg+xml');
    expect((await world.site.browser().get(src)).headers['content-type']).not.to.include('image');
  });

  it('offers a badge that we issued ourselves as page, picture and file, and to verify', async () => {
    const { uuid } = (await world.site.services.progress.load(await idOf('ada'), 'demo-course'))?.issued[0] ?? {
      uuid: '',
    };
    await world.site.services.providers.get('openbadges')?.award(aRequest({ uuid }));
    await changeIssued('ada', 'demo-course', {
      template: { provider: 'openbadges', id: 'course-completer' },
      externalId: uuid,
    });
    const text = await pageOf('ada');
    for (const href of [
      `/open-badges/${uuid}`,
      `/open-badges/${uuid}/badge.png`,
      `/open-badges/${uuid}/credential.json?download`,
      `/verify/${uuid}`,
    ]) {
      expect(text).to.include(`href="${href}"`);
      expect((await world.site.browser().get(href)).status, href).to.equal(200);
    }
    expect(text).to.match(/<img src="\/open-badges\/images\/[0-9a-f]{64}\.png"/);
    await world.site.services.issuerStore.revokeBadge(uuid, new Date(), 'Given by mistake.');
    await changeIssued('ada', 'demo-course', { revokedAt: '2026-11-01T10:00:00.000000Z' as IssuedBadge['awardedAt'] });
    expect(await readOf('ada')).to.include('Given by mistake.');
  });

  it('says that a badge is being issued, or could not be yet', async () => {
    const failed =
      'It could not be issued yet. You have earned it all the same; the people who run this site can see what went wrong.';
    expect(await readOf('barbara')).to.include(failed);
    await change('barbara', 'demo-course', ({ effects }) => ({
      effects: effects.map((effect) => ({ ...effect, state: 'pending' as const })),
    }));
    expect(await readOf('barbara')).to.include('It is being issued. Look again in a few minutes.');
  });

  it('keeps showing what was earned of a badge that was removed, and not how to earn it', async () => {
    world.site.services.badges.list = async () => [];
    const text = await readOf('ada');
    expect(text).to.include('Badges Demo course completion Earned').and.not.include('In progress');
  });

  it('shows no badge that is only being evaluated', async () => {
    await change('ada', 'demo-course', () => ({ evaluated: true }));
    await change('ada', 'data-track', () => ({ evaluated: true }));
    const text = await readOf('ada');
    expect(text).not.to.match(/Demo course completion Earned|Data track/);
  });

  it('says in plain words how a credential stands that is not there yet', async () => {
    expect(await readOf('barbara')).to.include(
      'Not made yet Demonstration course Certificate of achievement We could not make it yet. You have earned it all the same; the people who run this site can see what went wrong, and it is tried again.',
    );
    world.lms.campus.addUser('margaret', { id: 15 });
    expect(await readOf('margaret')).to.include(
      'Being made Demonstration course Certificate of achievement Look again in a few minutes.',
    );
  });

  it('tells one that has expired, and leaves out one that was replaced', async () => {
    const { credentials } = world.site.services;
    const other = { username: 'grace', configurationId: 'configuration-9' };
    await credentials.createCredential(
      aCredential({ ...other, order: 6, contextName: 'Expired one', expiresAt: new Date('2026-11-21T09:00:00Z') }),
    );
    await credentials.createCredential(
      aCredential({ ...other, order: 7, contextName: 'Old one', status: 'invalidated', reissuedAs: 'x' }),
    );
    const text = await readOf('grace');
    expect(text).to.include(
      'Expired Expired one Certificate of achievement · 20 November 2026 Valid until 21 Nov 2026, 09:00 UTC It is genuine, but no longer valid.',
    );
    expect(text).not.to.include('Old one');
  });

  it('says what is missing for a credential, of configurations that run by themselves', async () => {
    const learners = ['ada', 'grace'].map((username) => aLearnerRecord({ username, completion: 0.7 }));
    world.site.records.add(DEMO_COURSE, 'Demonstration Course', learners);
    world.site.records.add(STATISTICS, 'Statistics', learners);
    expect(await readOf('grace')).to.include(
      'You have no credentials yet. What is still missing DemoX (OpenedX, Demo_Course) Certificate of achievement You have completed 70 % of the course; 90 % is needed.',
    );
    expect(await readOf('grace')).not.to.include('STAT101 (AcmeX');
    // Who has it already lacks nothing.
    expect(await readOf('ada')).not.to.include('still missing');
    world.site.records.add(DEMO_COURSE, 'Demonstration Course', [
      aLearnerRecord({ username: 'grace', completion: 0.95 }),
    ]);
    expect(await readOf('grace')).to.include('You have done everything. Your credential is made with the next run.');
  });

  it('goes on without what the LMS cannot tell, and says so', async () => {
    const other = await lmsSite(
      {},
      {
        eligibility: () => {
          throw new Error('the LMS is away, says ada@example.com');
        },
      },
    );
    await seed(other.site);
    const browser = other.site.browser();
    await other.enter(browser, 'grace');
    const { status, text } = await browser.get('/my');
    expect(status).to.equal(200);
    expect(textOf(text)).to.include(
      'What is missing for one more credential could not be looked up just now. Try again in a few minutes.',
    );
    expect(other.log()).to.include('configuration-1').and.not.include('ada@example.com');
    await other.close();
  });

  it('is slowed down for one learner, and for no other', async () => {
    const [hers, his] = [world.site.browser(), world.site.browser()];
    await world.enter(hers, 'newcomer');
    await world.enter(his, 'ada');
    for (let time = 0; time < 60; time++) await hers.get('/my');
    expect((await hers.get('/my')).status).to.equal(429);
    expect((await his.get('/my')).status).to.equal(200);
  }).timeout(30_000);

  describe('shows nothing of anybody else', () => {
    /** What is theirs: places, badges, credentials, names. */
    const OTHERS =
      /grace|edsger|barbara|margaret|linh|Hopper|Dijkstra|Liskov|Hamilton|Nguy|example\.com|-8000-00000000000[1-9]|-9000-00000000000[1-9]/;

    it('whatever stands in the address', async () => {
      const browser = world.site.browser();
      await world.enter(browser, 'ada');
      const { learners } = world.site.services;
      const grace = (await learners.findByUsername('grace'))?.id;
      const own = textOf((await browser.get('/my')).text).replace(/Request .*/, '');
      for (const query of [
        `?username=grace`,
        `?id=${grace}`,
        `?learner=${grace}&lms_user_id=12`,
        '?username[]=grace',
        '?search=grace',
      ]) {
        const { text } = await browser.get(`/my${query}`);
        expect(textOf(text).replace(/Request .*/, ''), query).to.equal(own);
        expect(text, query).not.to.match(OTHERS);
      }
      for (const path of [
        `/my/${grace}`,
        '/my/grace',
        `/learners/${grace}`,
        `/learners/${grace}/badges/demo-course`,
        '/credentials/00000000-0000-4000-8000-000000000001',
        '/credentials/00000000-0000-4000-8000-000000000001/download',
        '/progress?search=grace',
        '/events/event-ada-demo',
      ])
        expect((await browser.get(path)).status, path).to.be.oneOf([403, 404]);
    });

    it('to who has a name that begins like theirs, or is written otherwise', async () => {
      for (const [index, username] of ['a', 'ad', 'Ada', 'ada2', 'ADA'].entries()) {
        world.lms.campus.addUser(username, { id: 100 + index });
        expect(await readOf(username), username)
          .to.include('You have no badges yet.')
          .and.include('You have no credentials yet.');
      }
    });

    it('to who has the username of somebody before them', async () => {
      world.lms.campus.addUser('grace', { id: 4711 });
      expect(await readOf('grace')).to.include('You have no badges yet. When you do');
    });

    it('to who was renamed: the number of the user decides', async () => {
      world.lms.campus.addUser('augusta', { id: 11 });
      expect(await readOf('augusta')).to.include('Demo course completion Earned 2 Mar 2026');
    });

    it('where the source of records answers with others', async () => {
      const { credentials } = world.site.services;
      const of = (username: string): RetrievedLearner => ({
        learner: { username, name: 'X', email: 'x@example.com', lmsUserId: null, isActive: true },
        ...{ eligible: true, courses: [], problem: null },
      });
      const eligibility = async function* () {
        yield of('grace');
        yield of('newcomer');
      };
      const { items } = await missingCredentials(
        { credentials, eligibility, logger: silentLogger },
        'newcomer',
        new Set(),
        createTranslator('en', new Map(), 'UTC'),
      );
      expect(items).to.have.length(1);
    });
  });

  it('has the events of a moment ago', async () => {
    const { services } = world.site;
    await services.processEvent(
      services.decodeCloudEvent(
        passingEvent({ user: 'grace', at: '2026-11-24T10:00:00Z', course: 'course-v1:AcmeX+PROG101+2026' }),
      ),
      'http',
    );
    expect(await readOf('grace')).to.include('Badges Data track Earned 24 Nov 2026, 10:00 UTC');
  });

  async function idOf(username: string): Promise<string> {
    return (await world.site.services.learners.findByUsername(username))?.id ?? '';
  }
});
