import { expect } from 'chai';
import { saveAsset } from '../../../plugin/credentials/assets.ts';
import type { CredentialType } from '../../../plugin/ports/credential-store.ts';
import { SAMPLES } from '../../../server/http/credentials/credential-samples.ts';
import { extensions } from '../../support/certificate-site.ts';
import { aTemplate } from '../../support/pdf.ts';
import { type Browser, makeSite, type Site, submit, textOf } from '../../support/web.ts';

const TYPES = '/credential-types';
const CONFIGURATIONS = '/configurations';
const DEMO = 'course-v1:OpenedX+DemoX+Demo_Course';

const fields = {
  name: 'Certificate',
  retrieval: 'course-completions',
  generation: 'pdf',
  shownRetrieval: 'course-completions',
  shownGeneration: 'pdf',
  mode: 'form',
  action: 'save',
  'o.template': 'certificate',
  'o.text_elements.name.size': '40',
  'o.text_elements.date.$on': 'off',
  'o.text_elements.0.$key': 'note',
  'o.text_elements.0.text': 'Well\r\ndone',
  'o.text_elements.0.y': '60',
} as const;

const options = {
  template: 'certificate',
  text_elements: { name: { size: 40 }, date: false, note: { text: 'Well\ndone', y: 60 } },
};

const at = new Date('2026-11-20T09:00:00Z');
const type: CredentialType = {
  ...{ id: 'type-1', name: 'Certificate', retrievalFunction: 'course-completions', generationFunction: 'pdf' },
  ...{ options, updatedAt: at },
};

describe('the forms of credentials', () => {
  let site: Site;
  let browser: Browser;
  beforeEach(async () => {
    site = makeSite({ extensions });
    const { credentials: store, files } = site.services;
    const bytes = await aTemplate();
    const upload = { slug: 'certificate', description: '', kind: 'pdf-template', fileName: 'c.pdf', bytes } as const;
    await saveAsset(upload, { store, files, generations: [], now: at });
    browser = await site.signIn('administrator');
  });

  const lastAudit = async () => (await site.services.access.audit({ limit: 1 })).items[0];

  describe('of types', () => {
    it('save what was entered in fields, which come back as they were', async () => {
      const answer = await submit(browser, `${TYPES}/new`, `${TYPES}/new`, fields);
      expect(answer.status).to.equal(303);
      const [saved] = await site.services.credentials.types();
      expect(saved).to.deep.include({ name: 'Certificate', generationFunction: 'pdf', options });
      expect(await lastAudit()).to.include({ action: 'credential-type.created' });
      const { text } = await browser.get(`${TYPES}/${saved?.id}/edit`);
      expect(text).to.include(
        'name="o.text_elements.name.size" aria-describedby="o.text_elements.name.size-hint" type="text" value="40"',
      );
      expect(text).to.include('Well\ndone</textarea>');
    });

    it('turn fields to JSON and back without saving', async () => {
      const json = await submit(browser, `${TYPES}/new`, `${TYPES}/new`, { ...fields, action: 'json' });
      expect(textOf(json.text)).to.include(JSON.stringify(options, null, 2).replace(/\s+/g, ' '));
      const sent = { ...fields, mode: 'json', json: JSON.stringify(options), action: 'form' };
      const form = await submit(browser, `${TYPES}/new`, `${TYPES}/new`, sent);
      expect([json.status, form.status]).to.deep.equal([200, 200]);
      expect(form.text).to.include('name="mode" value="form"');
      expect(form.text).to.include('value="note"');
      expect(await site.services.credentials.types()).to.deep.equal([]);
    });

    it('keep JSON that fields cannot show, and say so', async () => {
      const sent = { ...fields, mode: 'json', json: '{"temlate": "certificate"}' };
      const turned = await submit(browser, `${TYPES}/new`, `${TYPES}/new`, { ...sent, action: 'form' });
      expect(turned.status).to.equal(422);
      expect(turned.text).to.include('name="mode" value="json"');
      expect(textOf(turned.text)).to.include('They stay as JSON.');
      const saved = await submit(browser, `${TYPES}/new`, `${TYPES}/new`, sent);
      expect(textOf(saved.text)).to.include('There is no option "temlate"; did you mean "template"?');
      const broken = await submit(browser, `${TYPES}/new`, `${TYPES}/new`, { ...sent, json: '{' });
      expect(textOf(broken.text)).to.include('This is not JSON:');
      expect(broken.text).to.include('{</textarea>');
      expect(await site.services.credentials.types()).to.deep.equal([]);
    });

    it('say every problem at its field, and save nothing', async () => {
      const wrong = {
        ...fields,
        name: '',
        'o.text_elements.name.size': 'huge',
        'o.text_elements.0.$key': 'nmae',
        'o.text_elements.0.text': '',
      };
      const answer = await submit(browser, `${TYPES}/new`, `${TYPES}/new`, wrong);
      expect(answer.status).to.equal(422);
      const errors = [...answer.text.matchAll(/<li><a href="#([^"]+)">([^<]+)/g)].map(([, field, message]) => [
        field,
        textOf(message ?? ''),
      ]);
      expect(errors).to.deep.equal([
        ['name', 'Enter a name of at most 120 characters.'],
        [
          'o.text_elements.name.size',
          'text_elements.name.size: "text_elements.name.size" must be a number from 1 to 500 (pt).',
        ],
        ['o.text_elements.0.$key', 'text_elements.nmae: There is no option "text_elements.nmae"; did you mean "name"?'],
      ]);
      expect(answer.text).to.include('value="huge"');
      expect(await site.services.credentials.types()).to.deep.equal([]);
    });

    it('refuse an asset that is not there, and a change under which a configuration would fail', async () => {
      const { credentials } = site.services;
      const missing = await submit(browser, `${TYPES}/new`, `${TYPES}/new`, { ...fields, 'o.template': 'gone' });
      expect(textOf(missing.text)).to.include(
        'There is no asset "gone"; upload it under that slug or name another in the options.',
      );
      await credentials.saveType(type);
      await credentials.saveConfiguration({
        id: 'c',
        credentialTypeId: 'type-1',
        contextKey: DEMO,
        options: {},
        updatedAt: at,
      });
      const expected = at.toISOString();
      const emptied = await submit(browser, TYPES, `${TYPES}/type-1/edit`, { ...fields, 'o.template': '', expected });
      expect(textOf(emptied.text)).to.include(`The configuration of ${DEMO} would not work any more:`);
      expect(await credentials.type('type-1')).to.deep.equal(type);
    });

    it('show the options of other functions and keep those that both have', async () => {
      const sent = {
        ...fields,
        retrieval: 'completions-and-grades',
        'o.required_completion': '0.5',
        action: 'functions',
      };
      const { text } = await submit(browser, `${TYPES}/new`, `${TYPES}/new`, sent);
      expect(text).to.include('name="shownRetrieval" value="completions-and-grades"');
      expect(text).to.include('id="o.required_grades"');
      expect(text).to.match(/name="o\.required_completion"[^>]*value="0\.5"/);
    });

    it('refuse a version that somebody else has changed, and a name that is taken', async () => {
      const { credentials } = site.services;
      await credentials.saveType(type);
      const stale = await submit(browser, TYPES, `${TYPES}/type-1/edit`, {
        ...fields,
        name: 'Late',
        expected: new Date(0).toISOString(),
      });
      expect(stale.status).to.equal(409);
      expect(textOf(stale.text)).to.include('Somebody else has saved this type since you opened it.');
      const taken = await submit(browser, TYPES, `${TYPES}/new`, fields);
      expect(textOf(taken.text)).to.include('There is a type of this name already; choose another name.');
      expect(await credentials.types()).to.deep.equal([type]);
    });

    it('make a document of every sample before anything is saved', async () => {
      for (const { key } of SAMPLES) {
        const answer = await submit(browser, TYPES, `${TYPES}/new`, { ...fields, name: '', action: `sample:${key}` });
        expect([answer.status, answer.headers['content-type']], key).to.deep.equal([200, 'application/pdf']);
        expect(answer.headers['content-disposition']).to.equal(`inline; filename="sample-${key}.pdf"`);
      }
      expect(await site.services.credentials.types()).to.deep.equal([]);
      expect((await browser.get('/verify/00000000-0000-0000-0000-000000000000')).status).to.equal(404);
    });

    it('delete what no configuration uses, and only that', async () => {
      const { credentials: store } = site.services;
      await store.saveType(type);
      const used = { id: 'one', contextKey: DEMO, credentialTypeId: type.id, options: {}, updatedAt: at };
      await store.saveConfiguration(used);
      const page = `${TYPES}/${type.id}/delete`;
      const expected = at.toISOString();
      const shown = textOf((await browser.get(page)).text);
      expect(shown).to.include('It cannot be deleted while configurations use it. Delete these first:');
      expect(shown).to.include(DEMO).and.not.to.include('Delete this type');
      const refused = await submit(browser, '/', page, { expected });
      expect(refused.status).to.equal(409);
      expect(textOf(refused.text)).to.include('This type is used; delete its configurations first.');
      expect(await store.types()).to.deep.equal([type]);

      await store.deleteConfiguration(used.id, at);
      expect((await browser.get(`${TYPES}/${type.id}`)).text).to.include(`href="${page}"`);
      const late = await submit(browser, '/', page, { expected: new Date(0).toISOString() });
      expect(late.status).to.equal(409);
      expect(textOf(late.text)).to.include(
        'Somebody has changed this type meanwhile; look at it again before you delete it.',
      );
      const done = await submit(browser, page, page, { expected });
      expect(done.headers.location).to.equal(`${TYPES}?done=credential-type-deleted`);
      expect(await store.types()).to.deep.equal([]);
      expect(await lastAudit()).to.deep.include({
        ...{ action: 'credential-type.deleted', object: 'credential-type:type-1' },
        details: { name: 'Certificate' },
      });
    });
  });

  describe('of configurations', () => {
    beforeEach(() => site.services.credentials.saveType(type));
    const entered = {
      type: 'type-1',
      contextKey: DEMO,
      mode: 'form',
      action: 'save',
      'o.text_elements.date.$on': 'on',
    };

    it('save a type in a course with options of its own, and show what is in force', async () => {
      const page = `${CONFIGURATIONS}/new?type=type-1`;
      expect((await submit(browser, page, `${CONFIGURATIONS}/new`, entered)).status).to.equal(303);
      const [saved] = await site.services.credentials.configurations();
      expect(saved).to.deep.include({
        contextKey: DEMO,
        credentialTypeId: 'type-1',
        options: { text_elements: { date: {} } },
      });
      expect(await lastAudit()).to.include({ action: 'configuration.created', object: `configuration:${saved?.id}` });
      const text = textOf((await browser.get(`${CONFIGURATIONS}/${saved?.id}/edit`)).text);
      expect(text).to.include('"date": {}');
      expect(text).to.include('Empty means certificate.');
    });

    it('refuse what is no context, and one that has such a configuration already', async () => {
      const action = `${CONFIGURATIONS}/new`;
      const wrong = await submit(browser, TYPES, action, { ...entered, contextKey: 'DemoX' });
      expect(textOf(wrong.text)).to.include('Enter the key of a course or path: course-v1:org+course+run,');
      await submit(browser, TYPES, action, entered);
      const again = await submit(browser, TYPES, action, entered);
      expect(again.status).to.equal(422);
      expect(textOf(again.text)).to.include(
        'This course or path has a configuration of this type already; edit that one instead.',
      );
      expect(await site.services.credentials.configurations()).to.have.length(1);
    });

    it('never move a configuration to another context or type, and refuse an outdated version', async () => {
      const { credentials } = site.services;
      const former = { id: 'c', credentialTypeId: 'type-1', contextKey: DEMO, options: {}, updatedAt: at };
      await credentials.saveConfiguration(former);
      const action = `${CONFIGURATIONS}/c/edit`;
      const stale = await submit(browser, TYPES, action, { ...entered, expected: new Date(0).toISOString() });
      expect(textOf(stale.text)).to.include('Somebody else has saved this configuration since you opened it.');
      expect(await credentials.configuration('c')).to.deep.equal(former);
      const moved = { ...entered, type: 'other', contextKey: 'course-v1:A+B+C', expected: at.toISOString() };
      expect((await submit(browser, TYPES, action, moved)).status).to.equal(303);
      expect(await credentials.configuration('c')).to.deep.include({ credentialTypeId: 'type-1', contextKey: DEMO });
    });

    it('delete one with its schedule, saying what stays', async () => {
      const { credentials } = site.services;
      await credentials.saveConfiguration({
        id: 'c',
        credentialTypeId: 'type-1',
        contextKey: DEMO,
        options: {},
        updatedAt: at,
      });
      const page = `${CONFIGURATIONS}/c/delete`;
      expect(textOf((await browser.get(page)).text)).to.include('Credentials given with it: 0');
      expect((await submit(browser, page, page, { expected: new Date(0).toISOString() })).status).to.equal(409);
      const answer = await submit(browser, page, page, { expected: at.toISOString() });
      expect(answer.headers.location).to.equal('/configurations?done=configuration-deleted');
      expect(await credentials.configurations()).to.deep.equal([]);
      expect(await lastAudit()).to.include({ action: 'configuration.deleted', object: 'configuration:c' });
    });

    it('make samples with the options of both', async () => {
      const action = `${CONFIGURATIONS}/new`;
      const answer = await submit(browser, TYPES, action, { ...entered, contextKey: '', action: 'sample:cjk' });
      expect([answer.status, answer.headers['content-type']]).to.deep.equal([200, 'application/pdf']);
    });
  });
});
