import { expect } from 'chai';
import type { Response } from 'supertest';
import { uploadLimits } from '../../../server/http/middleware/uploads.ts';
import { storeOldBadge } from '../../support/old-badge.ts';
import { fieldsOnPage } from '../../support/page-form.ts';
import { demoRules, seed } from '../../support/seed.ts';
import { type Browser, csrfOf, makeSite, type Site, textOf } from '../../support/web.ts';

const PASSING = 'org.openedx.learning.course.passing.status.updated.v1';
const rule = (id: string, where = '') =>
  `badge ${JSON.stringify(id)} {\n  active true\n\n  requirement r {\n    on ${PASSING}\n${where}  }\n}\n`;

interface Upload {
  readonly files?: readonly (readonly [name: string, content: string | Buffer])[];
  readonly fields?: Readonly<Record<string, string>>;
}

describe('rule files on the pages', () => {
  let site: Site;
  let browser: Browser;
  let token: string;
  beforeEach(async () => {
    site = makeSite();
    await seed(site);
    browser = await site.signIn('administrator');
    token = csrfOf((await browser.get('/rules')).text);
  });

  const upload = async ({ files = [], fields = {} }: Upload, as = browser): Promise<Response> => {
    const call = as.post('/rules/plan').field('_csrf', fields._csrf ?? token);
    for (const [name, value] of Object.entries(fields)) if (name !== '_csrf') call.field(name, value);
    for (const [name, content] of files) call.attach('files', Buffer.from(content), name);
    return call;
  };
  const apply = async (page: Response, changes: Readonly<Record<string, string>>): Promise<Response> => {
    const call = browser.post('/rules/apply');
    const fields = { ...fieldsOnPage(page.text, '/rules/apply'), ...changes };
    // As browsers send line ends.
    for (const [name, value] of Object.entries(fields)) call.field(name, value.replaceAll('\n', '\r\n'));
    return call;
  };
  it('warns in the plan of a template that is not there, with its place and what to do', async () => {
    const text = rule('late').replace('active true', 'template openbadges "nowhere"');
    const page = await upload({ files: [['late.rules', text]] });
    expect(page.status).to.equal(200);
    expect(textOf(page.text)).to.contain(
      'late.rules, line 2, column 23: badge "late" could not be issued: Open Badges has no template "nowhere" here; ' +
        'make it on the pages, Templates, or correct the rule book.template-unknown',
    );
  });

  const inForce = async () => (await site.services.badges.list()).map(({ id, version }) => `${id} ${version}`);
  const untouched = ['data-track 1', 'demo-course 2', 'explorer 1', 'mentor 1'];
  const errorsIn = ({ text }: Response) => {
    const summary = /<section class="problems"[\s\S]*?<\/section>/.exec(text)?.[0] ?? '';
    return [...summary.matchAll(/<li>(.*?)<\/li>/g)].map(([, item = '']) => textOf(item));
  };

  describe('download', () => {
    it('is the canonical text of everything in force, for a viewer too', async () => {
      const viewer = await site.signIn('viewer');
      const answer = await viewer.get('/rules/export');
      expect(answer.status).to.equal(200);
      expect(answer.headers['content-type']).to.equal('text/plain; charset=utf-8');
      expect(answer.headers['content-disposition']).to.equal('attachment; filename=laurel.rules');
      expect(answer.text).to.equal((await site.services.exportRules()).text);
    });

    it('of one badge has a name that every file system takes', async () => {
      const id = 'Übung "1"/2';
      await storeOldBadge(site.services.badges, id, rule(id));
      const answer = await browser.get(`/badges/${encodeURIComponent(id)}/export`);
      expect(answer.headers['content-disposition']).to.equal(
        "attachment; filename=%c3%9cbung%20%221%22%2f2.rules; filename*=UTF-8''%25c3%259cbung%2520%25221%2522%252f2.rules",
      );
      expect(answer.text).to.equal((await site.services.badges.get(id))?.source);
      expect((await browser.get('/badges/none/export')).status).to.equal(404);
    });

    it('and upload of the same is nothing to do, also after an editor that adds a mark and its own line ends', async () => {
      const { text } = await browser.get('/rules/export');
      const saved = `\ufeff${text.replaceAll('\n', '\r\n')}`;
      const page = await upload({ files: [['laurel.rules', saved]], fields: { prune: 'yes' } });
      expect(page.status).to.equal(200);
      expect(textOf(page.text)).to.include('There is nothing to do').and.include('Unchanged 4');
      expect(page.text).not.to.include('action="/rules/apply"');
    });
  });

  describe('a plan', () => {
    it('shows what would be added, changed in meaning and text, removed and left, and changes nothing', async () => {
      const changed = demoRules.replace('is_passing = false and ', '');
      const page = await upload({
        files: [
          ['a.rules', changed],
          ['b.rules', rule('fresh', '    where is_passing and not is_passing\n')],
        ],
        fields: { rules: rule('pasted') },
      });
      expect(page.status).to.equal(200);
      const text = textOf(page.text);
      expect(text).to.include('Added 2 Changed 1 Removed 0 Unchanged 0 Not in the files, and left as they are 3');
      expect(text).to.match(/Demo course completion Changed demo-course version 2, from a\.rules .*penalty/);
      expect(text).to.match(/removed: +where +is_passing = false and course\.course_key/);
      expect(text).to.match(/added: +where +course\.course_key/);
      expect(text).to.include('fresh Added fresh from b.rules, active at once');
      expect(text).to.include('pasted Added pasted from pasted text, active at once');
      expect(text).to.match(/Warnings b\.rules, line 6, column \d+: .*/);
      expect(text).to.include('left as they are (3) data-track explorer mentor');
      expect(await inForce()).to.deep.equal(untouched);
      expect((await site.services.access.audit({ object: 'badge:fresh', limit: 1 })).items).to.deep.equal([]);
    });

    it('shows two hundred changes with their texts and lists the others', async () => {
      const many = Array.from({ length: 203 }, (_, at) => rule(`many-${1_000 + at}`)).join('\n');
      const page = await upload({ files: [['many.rules', many]] });
      const text = textOf(page.text);
      expect(text).to.include('Added 203').and.include('many-1199 Added many-1199 from many.rules');
      expect(text).to.include('Further changes (3) Added many-1200 Added many-1201 Added many-1202');
      expect((await apply(page, { reason: 'all of them' })).status).to.equal(303);
      expect(await inForce()).to.have.length(207);
    });

    it('names what would be removed only where the box is ticked', async () => {
      const files = [['a.rules', demoRules]] as const;
      expect(textOf((await upload({ files })).text)).to.include('Removed 0');
      const pruned = textOf((await upload({ files, fields: { prune: 'yes' } })).text);
      expect(pruned).to.include('Removed 3').and.include('Mentor of the year Removed mentor version 1');
    });

    it('is not made of faulty rules: the text comes back with its mistakes and their places', async () => {
      const page = await upload({
        files: [['a.rules', demoRules.replace('is_passing = false', 'is_pasing = false')]],
        fields: { rules: 'badge "x" {', prune: 'yes' },
      });
      expect(page.status).to.equal(422);
      expect(errorsIn(page)[0]).to.match(/^a\.rules: line 25, column 12: .*is_pasing/);
      expect(errorsIn(page)[1]).to.match(/^pasted text: line 1, column 12: /);
      expect(page.text).to.include('href="#text0-line-25"').and.include('id="text0-line-25" class="has-error"');
      expect(fieldsOnPage(page.text, '/rules/plan')).to.include({ rules: 'badge "x" {', prune: 'yes' });
      expect(await inForce()).to.deep.equal(untouched);
    });

    it('is not made where a badge stands in two files, or waits for one that would go', async () => {
      const twice = await upload({
        files: [
          ['a.rules', rule('fresh')],
          ['b.rules', rule('fresh')],
        ],
      });
      expect(errorsIn(twice)).to.deep.equal(['b.rules: line 1, column 7: badge "fresh" is defined in a.rules too']);
      const waits = rule('fresh').replace(PASSING, 'badge "mentor" awarded');
      const gone = await upload({ files: [['a.rules', waits]], fields: { prune: 'yes' } });
      expect(errorsIn(gone)[0]).to.include('badge "fresh" waits for badge "mentor", which would be removed');
    });

    it('tells files of the same name apart', async () => {
      const page = await upload({
        files: [
          ['x/a.rules', rule('one')],
          ['y/a.rules', rule('one')],
        ],
      });
      expect(errorsIn(page)).to.deep.equal(['a (2).rules: line 1, column 7: badge "one" is defined in a.rules too']);
    });

    it('lists the mistakes of a very long text without showing it', async () => {
      const page = await upload({ files: [['long.rules', 'nonsense\n'.repeat(4_000)]] });
      expect(page.status).to.equal(422);
      expect(textOf(page.text)).to.include('The text is too long to be shown here');
      expect(errorsIn(page).length).to.be.within(1, 51);
    });
  });

  describe('what is no rule file', () => {
    const cases: readonly (readonly [string, Upload, string])[] = [
      ['nothing', {}, 'choose at least one file, or paste rules'],
      [
        'empty files',
        { files: [['a.rules', '']] },
        'there is no badge in what you sent; choose files that hold badges',
      ],
      [
        'comments alone, which would remove everything',
        { files: [['a.rules', '# none\n']], fields: { prune: 'yes' } },
        'there is no badge in what you sent; choose files that hold badges',
      ],
      [
        'another kind of file',
        { files: [['notes.txt', rule('fresh')]] },
        'notes.txt is not a rule file; choose files whose names end in .rules',
      ],
      [
        'another encoding',
        { files: [['latin.rules', Buffer.from(rule('Übung'), 'latin1')]] },
        'latin.rules is not UTF-8 text; save it as UTF-8',
      ],
      [
        'too much at once',
        { files: ['a', 'b', 'c', 'd', 'e'].map((name) => [`${name}.rules`, '#'.repeat(uploadLimits.fileBytes - 10)]) },
        'these are more than 4 MiB of rules; send fewer files at once',
      ],
    ];
    for (const [what, sent, message] of cases) {
      it(`is refused: ${what}`, async () => {
        const page = await upload(sent);
        expect(page.status).to.equal(422);
        expect(errorsIn(page)).to.deep.equal([message]);
        expect(await inForce()).to.deep.equal(untouched);
      });
    }

    it('is refused before it is read when it is larger than anything of ours', async () => {
      const large = await upload({ files: [['a.rules', 'x'.repeat(uploadLimits.fileBytes + 1)]] });
      expect(large.status).to.equal(413);
      expect(textOf(large.text)).to.include('One of the files or texts is larger than 1 MiB; split it.');
      const many = await upload({ files: Array.from({ length: 101 }, (_, at) => [`${at}.rules`, '#'] as const) });
      expect(many.status).to.equal(413);
      expect(textOf(many.text)).to.include('These are more than 100 files; send fewer at once');
      const all = await browser
        .post('/rules/plan')
        .set('Content-Type', 'multipart/form-data; boundary=x')
        .send(`--x\r\n${'x'.repeat(10 * 1024 * 1024)}`);
      expect(all.status).to.equal(413);
      expect(textOf(all.text)).to.include('What you sent is too large; send at most 4 MiB of rules at once.');
    });

    it('is refused when it is no form', async () => {
      for (const [type, body] of [
        ['multipart/form-data', 'x'],
        ['multipart/form-data; boundary=x', '--x\r\nbroken'],
        [
          'multipart/form-data; boundary=x',
          '--x\r\nContent-Disposition: form-data; name="a[b][c]"\r\n\r\n1\r\n--x--\r\n',
        ],
      ] as const) {
        const answer = await browser.post('/rules/plan').set('Content-Type', type).send(body);
        expect(answer.status, body).to.equal(400);
        expect(textOf(answer.text)).to.include('The form could not be read');
      }
    });

    it('may be named like markup', async () => {
      const name = `"><script>alert(1)<_script><img src=x onerror='alert(2)'>.rules`;
      for (const text of [rule('fresh'), 'badge', Buffer.from([0xff])]) {
        const page = await upload({ files: [[name, text]] });
        expect(page.text).to.include('&lt;script&gt;alert(1)');
        expect(page.text).not.to.match(/<script>|<img src=x|onerror='/i);
      }
    });
  });

  describe('applying', () => {
    const files = [['a.rules', `# Größe\n${rule('fresh')}`]] as const;

    it('puts exactly the plan in force, with an audit entry for every badge', async () => {
      const page = await upload({ files: [...files, ['b.rules', `# new\n${demoRules}`]], fields: { prune: 'yes' } });
      const answer = await apply(page, { reason: 'spring term' });
      expect([answer.status, answer.headers.location]).to.deep.equal([303, '/rules?done=rules-applied']);
      expect(await inForce()).to.deep.equal(['demo-course 3', 'fresh 1']);
      expect((await site.services.badges.get('fresh'))?.source).to.include('# Größe\n');
      const { items } = await site.services.access.audit({ actor: 'administrator', limit: 10 });
      const facts = items.map(({ action, object, details }) => [action, object, details.reason]);
      expect(facts).to.deep.include(['badge.saved', 'badge:fresh', 'spring term']);
      expect(facts).to.deep.include(['badge.removed', 'badge:mentor', 'spring term']);
      const { text } = await browser.get('/rules?done=rules-applied');
      expect(textOf(text)).to.include('The plan was applied: its rules are in force.');
    });

    it('leads to the job that brings learners up to date, where there is one', async () => {
      const { applyRules } = site.services;
      const withReplay: typeof applyRules = async (...sent) => ({ ...(await applyRules(...sent)), replay: 'job-done' });
      Object.assign(site.services, { applyRules: withReplay });
      const answer = await apply(await upload({ files }), { reason: 'spring term' });
      expect(answer.headers.location).to.equal('/jobs/job-done?done=rules-applied');
      expect(textOf((await browser.get('/jobs/job-done?done=rules-applied')).text)).to.include('The plan was applied');
    });

    it('asks for the reason, and keeps plan and texts', async () => {
      const page = await upload({ files });
      const asked = await apply(page, { reason: '  ' });
      expect(asked.status).to.equal(422);
      expect(errorsIn(asked)).to.deep.equal(['say why, in a few words; the reason is kept with every version']);
      expect(await inForce()).to.deep.equal(untouched);
      expect(textOf(asked.text)).not.to.include('changed meanwhile');
      await site.services.saveBadge(`# mine\n${demoRules}`, { expectedVersion: 2, actor: 'grace' });
      const late = await apply(asked, { reason: '' });
      expect(textOf(late.text)).to.include('Nothing was applied The stored rules changed meanwhile.');
      expect((await apply(late, { reason: 'now' })).status).to.equal(303);
    });

    it('does nothing with a form that holds no texts', async () => {
      const answer = await browser.post('/rules/apply').field({ _csrf: token, plan: 'x', prune: 'yes', reason: 'now' });
      expect(answer.status).to.equal(422);
      expect(textOf(answer.text)).to.include('The form is incomplete');
    });

    it('is refused when the stored rules changed meanwhile: says what, and shows the plan as it is now', async () => {
      const page = await upload({ files });
      await site.services.saveBadge(`# mine\n${demoRules}`, {
        expectedVersion: 2,
        actor: 'grace',
        reason: 'a <b>word</b>',
      });
      const late = await apply(page, { reason: 'spring term' });
      expect(late.status).to.equal(409);
      const text = textOf(late.text);
      expect(text).to.include('Nothing was applied The stored rules changed meanwhile.');
      expect(text).to.match(/Saved last: Demo course completion, version 3 , by grace, .* \(a <b>word<\/b>\)/);
      expect(text).to.include('Below is the plan as it is now.').and.include('Added 1');
      expect(late.text).to.include('href="/badges/demo-course/compare"').and.include('value="spring term"');
      expect(await site.services.badges.get('fresh')).to.equal(null);
      expect((await apply(late, {})).status).to.equal(303);
      expect((await site.services.badges.get('fresh'))?.reason).to.equal('spring term');
    });

    it('is refused when the texts are not those of the plan, or there was none', async () => {
      const page = await upload({ files });
      const reason = 'spring term';
      const tampered: readonly Record<string, string>[] = [
        ...[{ text0: rule('other') }, { prune: 'yes' }, { plan: '' }, { plan: 'x'.repeat(64) }],
      ];
      for (const changes of tampered) {
        const answer = await apply(page, { reason, ...changes });
        expect(answer.status, JSON.stringify(changes)).to.equal(409);
      }
      const other = textOf((await apply(page, { reason, text0: rule('other') })).text);
      expect(other).to.include('What you sent is not what the plan was made of.');
      expect((await apply(page, { reason, text0: 'badge' })).status).to.equal(422);
      expect(await inForce()).to.deep.equal(untouched);
    });

    it('happens once', async () => {
      const page = await upload({ files });
      expect((await apply(page, { reason: 'now' })).status).to.equal(303);
      expect((await apply(page, { reason: 'now' })).status).to.equal(409);
      expect(await site.services.badges.history('fresh')).to.have.length(1);
    });
  });

  describe('are closed', () => {
    it('to a form without the token of the page', async () => {
      for (const _csrf of ['', 'x'.repeat(64)]) {
        const answer = await upload({ files: [['a.rules', rule('fresh')]], fields: { _csrf } });
        expect(answer.status).to.equal(403);
        expect(textOf(answer.text)).to.include('The form is no longer valid');
      }
    });

    it('to viewers and strangers, whose files are not even read', async () => {
      const viewer = await site.signIn('viewer');
      const _csrf = csrfOf((await viewer.get('/')).text);
      const large = [['a.rules', 'x'.repeat(uploadLimits.fileBytes + 1)]] as const;
      expect((await upload({ files: large, fields: { _csrf } }, viewer)).status).to.equal(403);
      expect((await upload({ files: large }, site.browser())).status).to.equal(403);
      const text = textOf((await viewer.get('/rules')).text);
      expect(text).to.include('Download 4 badges').and.not.include('Bring rules from files');
    });

    it('at every address but their own', async () => {
      const answer = await browser
        .post('/rules/export')
        .field('_csrf', token)
        .attach('files', Buffer.from('x'), 'a.rules');
      expect(answer.status).to.equal(403);
    });
  });
});
