import { expect } from 'chai';
import { fieldsOnPage } from '../../support/page-form.ts';
import { seed } from '../../support/seed.ts';
import { type Browser, makeSite, type Site, submit, textOf } from '../../support/web.ts';

const PATH = '/configurations/configuration-1/schedule';
const CRONTAB = { kind: 'crontab', expression: '30 2 * * *', timeZone: 'America/New_York' };

const ALL = { catchUp: 'all', catchUpMax: '3', catchUpWithin: '2', catchUpUnit: 'days' };

describe('the page of a schedule', () => {
  let site: Site;
  let administrator: Browser;
  beforeEach(async () => {
    site = makeSite();
    await seed(site);
    administrator = await site.signIn('administrator');
  });

  const stored = () => site.services.credentials.schedule('configuration-1');
  const fields = async (changes: Record<string, string>) => {
    const { _csrf: _, ...others } = fieldsOnPage((await administrator.get(PATH)).text, PATH);
    return { ...others, ...changes };
  };
  const send = async (changes: Record<string, string>, action = PATH) =>
    submit(administrator, PATH, action, await fields(changes));

  it('shows how it is and its next five times, the due one first', async () => {
    const viewer = await site.signIn('viewer');
    const { text } = await viewer.get(PATH);
    expect(textOf(text)).to.contain('Runs Every 10 days State Active Next 30 Nov 2026, 09:00 UTC');
    expect(textOf(text)).to.contain('Mon, 30 Nov 2026, 09:00 UTC 30 Nov 2026, 09:00 UTC');
    expect(text.match(/<tr><td>/g)).to.have.length(5);
    expect(text).not.to.contain('<form method="post" action="/conf');
  });

  it('S10: proposes ten days, switched off, where there is none, and takes a first schedule', async () => {
    const page = '/configurations/configuration-2/schedule';
    const form = fieldsOnPage((await administrator.get(page)).text, page);
    expect(form)
      .to.include({ kind: 'interval', every: '10', unit: 'days', version: '' })
      .and.not.have.property('enabled');
    const { _csrf: _, ...others } = form;
    const answer = await submit(administrator, page, page, { ...others, enabled: 'yes' });
    expect(answer.headers.location).to.equal(`${page}?done=schedule-saved`);
    expect(await site.services.credentials.schedule('configuration-2')).to.deep.include({
      enabled: true,
      rule: { kind: 'interval', everyMs: 864_000_000 },
    });
  });

  it('X12: previews times in the zone of the schedule and in UTC, and saves nothing', async () => {
    const former = await stored();
    const answer = await send({ ...CRONTAB, startAt: '2027-03-13 12:00' }, `${PATH}/preview`);
    const text = textOf(answer.text);
    expect(text).to.contain('Every day at 02:30, America/New_York (30 2 * * *). Not saved yet.');
    // clocks jump over 02:30 on 14 March
    expect(text).to.contain('Sun, 14 Mar 2027, 03:00 GMT-4 14 Mar 2027, 07:00 UTC');
    expect(text).to.contain('Mon, 15 Mar 2027, 02:30 GMT-4 15 Mar 2027, 06:30 UTC');
    expect(answer.text).to.contain('value="30 2 * * *"');
    expect(await stored()).to.deep.equal(former);
  });

  it('X4: previews what an outage would lead to, and saves nothing of it', async () => {
    const former = await stored();
    const down = { downFrom: '2027-03-12 12:00', downTo: '2027-03-16 12:00' };
    const preview = async (changes: Record<string, string>) =>
      textOf((await send({ ...CRONTAB, ...down, ...changes }, `${PATH}/preview`)).text);
    const each = await preview(ALL);
    expect(each).to.contain(
      '4 times would come while Laurel is not running. Run when Laurel is there again, in this order. The others are left out.',
    );
    expect(each).to.contain('Mon, 15 Mar 2027, 02:30 GMT-4 15 Mar 2027, 06:30 UTC');
    expect(each).not.to.contain('Sun, 14 Mar 2027, 03:00 GMT-4 14 Mar 2027, 07:00 UTC');
    expect(await preview({ catchUp: 'one' })).to.contain('Sat, 13 Mar 2027, 02:30 GMT-5 13 Mar 2027, 07:30 UTC');
    expect(await preview({ catchUp: 'none' })).to.contain('None of them is run later.');
    expect(await preview({ ...CRONTAB, expression: '* * * * *' })).to.contain(
      'A thousand times or more would come while Laurel is not running.',
    );
    expect(await stored()).to.deep.equal(former);
    const { headers } = await send({ ...CRONTAB, ...down, ...ALL, overlap: 'allow' });
    expect(headers.location).to.equal(`${PATH}?done=schedule-saved`);
    expect(await stored()).to.deep.include({
      overlap: 'allow',
      catchUp: { kind: 'all', max: 3, withinMs: 2 * 86_400_000 },
    });
    expect(await fields({})).to.include({ ...ALL, overlap: 'allow', downFrom: '', downTo: '' });
  });

  it('tells how many missed times are still to be run', async () => {
    const { credentials } = site.services;
    const former = await stored();
    if (!former?.nextDueAt) throw new Error('the seed has no schedule');
    const catchUp = { kind: 'all', max: 9, withinMs: 86_400_000 } as const;
    await credentials.saveSchedule({ ...former, catchUp, waiting: [former.nextDueAt, new Date('2026-12-01')] });
    expect(textOf((await administrator.get(PATH)).text)).to.contain('Missed times still to be run 2');
  });

  it('saves every part of the form, keeps the counters, and shows it again', async () => {
    const changes = {
      ...{ ...CRONTAB, gap: 'skip', repeated: 'both', startAt: '2027-03-13 12:00', expiresAt: '2028-01-01 00:00' },
      ...{ overlap: 'queue', catchUp: 'none', oneOff: 'yes', days: 'either', deadline: '90' },
    };
    expect((await send(changes)).headers.location).to.equal(`${PATH}?done=schedule-saved`);
    expect(await stored()).to.deep.include({
      ...{ enabled: true, oneOff: true, overlap: 'queue', catchUp: 'none', totalRuns: 3, deadlineMs: 5_400_000 },
      rule: { ...CRONTAB, days: 'either', gap: 'skip', repeated: 'both' },
      startAt: new Date('2027-03-13T12:00:00Z'),
      expiresAt: new Date('2028-01-01T00:00:00Z'),
      nextDueAt: new Date('2027-03-15T06:30:00Z'),
    });
    expect(await fields({})).to.include(changes);
    const { items } = await site.services.access.audit({ limit: 1 });
    expect(items[0]).to.deep.include({
      action: 'schedule.saved',
      object: 'configuration:configuration-1',
      details: { enabled: true, rule: 'Every day at 02:30, America/New_York (30 2 * * *)' },
    });
  });

  it('S6: counts an interval on from its last run when something else is saved', async () => {
    const former = await stored();
    expect(textOf((await send({ overlap: 'queue' }, `${PATH}/preview`)).text)).to.contain(
      'Mon, 30 Nov 2026, 09:00 UTC',
    );
    await send({ overlap: 'queue' });
    expect(await stored()).to.deep.include({ overlap: 'queue', nextDueAt: former?.nextDueAt });
  });

  for (const [field, changes, message] of [
    ['every', { every: '0' }, 'Write a whole number of at least 1'],
    ['every', { every: '9999999' }, 'The interval must be from one second to ten years, in milliseconds'],
    ['expression', { ...CRONTAB, expression: '0 0 31 2 *' }, '"0 0 31 2 *" names a date that never comes'],
    ['timeZone', { ...CRONTAB, timeZone: 'Kyiv' }, 'There is no time zone "Kyiv"; write it like Europe/Kyiv or UTC'],
    ['at', { kind: 'clocked' }, 'Write the moment of the run, like 2026-11-30 09:00'],
    [
      'startAt',
      { startAt: '2027-04-31 10:00' },
      '"2027-04-31 10:00" is no moment; write it in UTC like 2026-11-30 09:00',
    ],
    ['expiresAt', { expiresAt: '2026-01-01 00:00' }, 'No run would be due before this end; choose a later one'],
    ['kind', { kind: 'never' }, 'Choose an interval, a crontab or a given moment'],
    ['overlap', { overlap: 'all' }, 'Choose skip, queue or allow'],
    ['days', { ...CRONTAB, days: 'all' }, 'Choose both or either'],
    ['catchUp', { catchUp: 'some' }, 'Choose one, none or all'],
    ['catchUpMax', { ...ALL, catchUpMax: 'x' }, 'Write a whole number of at least 1'],
    ['catchUpMax', { ...ALL, catchUpMax: '101' }, 'Write a whole number from 1 to 100'],
    ['catchUpWithin', { ...ALL, catchUpWithin: '367' }, 'The window must be from one minute to 366 days'],
    ['downTo', { downFrom: '2026-11-30 09:00' }, 'Write both moments, or none'],
    ['downFrom', { downTo: '2026-11-30 09:00' }, 'Write both moments, or none'],
    ['downTo', { downFrom: '2026-11-30 09:00', downTo: '2026-11-30 09:00' }, 'Write a moment later than the first'],
    ['deadline', { deadline: '1.5' }, 'Write a whole number of minutes, or leave it empty'],
    ['deadline', { deadline: '999999' }, 'The deadline must be from one minute to one year, or empty'],
  ] as const) {
    it(`X6: names the field ${field}: ${message}`, async () => {
      const former = await stored();
      const answer = await send(changes);
      expect(answer.status).to.equal(422);
      expect(textOf(answer.text)).to.contain(message);
      expect(answer.text).to.contain(`href="#${field}"`);
      expect(await stored()).to.deep.equal(former);
    });
  }

  it('takes from the form what the form has, and nothing else', async () => {
    const { totalRuns, lastRunAt, nextDueAt } = (await stored()) ?? {};
    await send({
      totalRuns: '0',
      lastRunAt: '',
      nextDueAt: '2020-01-01 00:00',
      configurationId: 'configuration-2',
      _id: 'x',
    });
    expect(await stored()).to.deep.include({ totalRuns, lastRunAt, nextDueAt, configurationId: 'configuration-1' });
    expect(await site.services.credentials.schedule('configuration-2')).to.equal(null);
  });

  it('refuses what was begun from an older state, and shows what was typed', async () => {
    const old = await fields({ every: '3' });
    await send({ every: '5' });
    const answer = await submit(administrator, PATH, PATH, old);
    expect(answer.status).to.equal(409);
    expect(textOf(answer.text)).to.contain('administrator has saved this schedule');
    expect(answer.text).to.contain('name="every" value="3"').and.to.contain('name="every" value="5"');
    expect((await stored())?.rule).to.deep.equal({ kind: 'interval', everyMs: 5 * 86_400_000 });
  });

  it('S5: disables, enables and removes it, and writes that down', async () => {
    const version = async () => ({ version: (await stored())?.updatedAt.toISOString() ?? '' });
    await submit(administrator, PATH, `${PATH}/disable`, await version());
    expect(await stored()).to.include({ enabled: false, nextDueAt: null, lastRunAt: null });
    await submit(administrator, PATH, `${PATH}/enable`, await version());
    expect((await stored())?.nextDueAt).to.not.equal(null);
    const { headers } = await submit(administrator, PATH, `${PATH}/remove`);
    expect(headers.location).to.equal(`${PATH}?done=schedule-removed`);
    expect(await stored()).to.equal(null);
    expect((await submit(administrator, PATH, `${PATH}/remove`)).status).to.equal(404);
    expect((await submit(administrator, PATH, `${PATH}/enable`)).status).to.equal(404);
    const { items } = await site.services.access.audit({ limit: 3 });
    expect(items.map(({ action }) => action)).to.deep.equal(['schedule.removed', 'schedule.saved', 'schedule.saved']);
  });

  it('warns of a moment that has passed', async () => {
    const answer = await send({ kind: 'clocked', at: '2020-01-01 00:00' }, `${PATH}/preview`);
    expect(textOf(answer.text)).to.contain('This moment has passed: the run begins at once.');
  });
});
