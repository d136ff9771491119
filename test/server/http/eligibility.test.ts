import { expect } from 'chai';
import supertest from 'supertest';
import { configuredSchema, eligibilitySchema } from '../../../server/http/api/eligibility.ts';
import { createApiToken } from '../../../server/http/people/tokens.ts';
import { aConfiguration, aType } from '../../contracts/credential-store.ts';
import { aLearnerRecord, DEMO_COURSE } from '../../contracts/learner-records.ts';
import { aCredential } from '../../support/seed.ts';
import { makeSite, type Site, textOf } from '../../support/web.ts';

const PATH = 'path-v1:Acme+DS+2026+main';
const OTHER = 'course-v1:Acme+CS2+2026';

describe('who is eligible', () => {
  let site: Site;
  let token: string;
  beforeEach(async () => {
    site = makeSite();
    token = (await createApiToken(site.services, 'tests', 'cli')).token;
    const { credentials } = site.services;
    site.records
      .add(DEMO_COURSE, 'Demo', [aLearnerRecord({ completion: 0.7, grades: { homework: 0.75, total: 0.3 } })])
      .add(OTHER, 'Other', [])
      .add(PATH, 'Path', [aLearnerRecord()], [DEMO_COURSE, OTHER]);
    await credentials.saveType(aType({ name: 'Completed', options: {} }));
    await credentials.saveType(
      aType({
        id: 'type-2',
        name: 'Achieved',
        retrievalFunction: 'completions-and-grades',
        options: { required_completion: 0.5, required_grades: { total: 0.8 } },
      }),
    );
    await credentials.saveConfiguration(aConfiguration());
    await credentials.saveConfiguration(aConfiguration({ id: 'configuration-2', credentialTypeId: 'type-2' }));
    await credentials.saveConfiguration(aConfiguration({ id: 'configuration-3', contextKey: PATH }));
  });

  const ask = (path: string) =>
    supertest(site.app).get(`/api/learning_credentials/v1/${path}`).set('Authorization', `Bearer ${token}`);
  const key = encodeURIComponent(DEMO_COURSE);

  describe('over the API of learning-credentials', () => {
    it('says of a credential that was taken back that no new one is made until that is allowed', async () => {
      const { credentials } = site.services;
      const place = { configurationId: aConfiguration().id, username: 'ada' };
      const made = {
        ...aCredential({ username: 'ada', order: 0 }),
        ...place,
        status: 'available',
        holdsPlace: true,
      } as const;
      await credentials.createCredential(made);
      await site.services.credentialLife.invalidate(made.id, 'A mistake');
      site.records.add(DEMO_COURSE, 'Demo', [aLearnerRecord({ completion: 1 })]);
      const reasonOf = async () =>
        eligibilitySchema.parse((await ask(`eligibility/${key}/?username=ada`)).body).credentials[0]?.reason;
      expect(await reasonOf()).to.equal('the credential was taken back, and no new one is made until that is allowed');
      await site.services.credentialLife.allow(made.id);
      expect(await reasonOf()).to.equal(undefined);
    });

    it('says how many credentials a course gives', async () => {
      const { body } = await ask(`configured/${key}/`).expect(200);
      expect(configuredSchema.parse(body)).to.deep.equal({ has_credentials: true, credential_count: 2 });
      expect((await ask(`configured/${OTHER}/`)).body).to.deep.equal({ has_credentials: false, credential_count: 0 });
    });

    it('says how a learner stands towards each, with current and required figures', async () => {
      const { body } = await ask(`eligibility/${key}/?username=ada`).expect(200);
      expect(eligibilitySchema.parse(body)).to.deep.equal({
        context_key: DEMO_COURSE,
        credentials: [
          {
            credential_type_id: 'type-1',
            name: 'Completed',
            is_generation_enabled: false,
            is_eligible: false,
            current_completion: 0.7,
            required_completion: 0.9,
            reason: 'completion is 0.7, but must be at least 0.9',
          },
          {
            credential_type_id: 'type-2',
            name: 'Achieved',
            is_generation_enabled: false,
            is_eligible: false,
            current_completion: 0.7,
            required_completion: 0.5,
            current_grades: { homework: 75, total: 30 },
            required_grades: { total: 80 },
            reason: 'grades.total is 30, but must be at least 80',
          },
        ],
      });
    });

    it('says it step by step for a learning path', async () => {
      const { body } = await ask(`eligibility/${encodeURIComponent(PATH)}/?username=ada`).expect(200);
      const [credential] = eligibilitySchema.parse(body).credentials;
      expect(credential?.steps).to.deep.equal({
        [DEMO_COURSE]: {
          is_eligible: false,
          current_completion: 0.7,
          required_completion: 0.9,
          reason: 'completion is 0.7, but must be at least 0.9',
        },
        [OTHER]: { is_eligible: false, required_completion: 0.9, reason: 'not enrolled in this course' },
      });
      expect(credential?.is_eligible).to.equal(false);
    });

    it('leaves out the functions that are not asked for, by our names or theirs', async () => {
      const names = async (func: string) =>
        (await ask(`eligibility/${key}/?username=ada&retrieval_func=${func}`)).body.credentials.map(
          ({ name }: { name: string }) => name,
        );
      expect(await names('course-completions')).to.deep.equal(['Completed']);
      expect(await names('learning_credentials.processors.retrieve_completions_and_grades')).to.deep.equal([
        'Achieved',
      ]);
      expect(await names('none')).to.deep.equal([]);
    });

    it('says of who is not enrolled that they are not, and names a credential that is there', async () => {
      const { body } = await ask(`eligibility/${key}/?username=nobody&retrieval_func=course-completions`);
      expect(body.credentials[0]).to.deep.include({ is_eligible: false, reason: 'not enrolled' });
    });

    it('refuses a key that is none, a missing username and a missing token', async () => {
      expect((await ask('eligibility/CS1/?username=ada')).status).to.equal(400);
      expect((await ask('configured/CS1/')).status).to.equal(400);
      const { status, body } = await ask(`eligibility/${key}/`);
      expect(status).to.equal(400);
      expect(body.detail).to.equal('the query must name the learner, as in ?username=ada');
      expect((await supertest(site.app).get(`/api/learning_credentials/v1/eligibility/${key}/`)).status).to.equal(401);
    });
  });

  describe('on its page', () => {
    const look = async (configuration: string, username: string) => {
      const browser = await site.signIn('viewer');
      return textOf((await browser.get(`/configurations/${configuration}/eligibility?username=${username}`)).text);
    };

    it('says what is required, what is there and what is missing', async () => {
      const text = await look('configuration-2', 'ada');
      expect(text).to.contain('ada Not eligible grades.total is 30, but must be at least 80');
      expect(text).to.contain(
        'Figure Has Needs completion 70 % 50 % grades: total 30 % 80 % grades: homework 75 % not asked for',
      );
    });

    it('says it for each course of a path', async () => {
      const text = await look('configuration-3', 'ada');
      expect(text).to.contain(`${DEMO_COURSE} Not eligible Figure Has Needs completion 70 % 90 %`);
      expect(text).to.contain(`${OTHER} Not eligible`).and.to.contain('not enrolled in this course');
    });

    it('says that nobody of that name is enrolled, and asks for a name first', async () => {
      expect(await look('configuration-1', 'nobody')).to.contain('Nobody of this username is actively enrolled in it.');
      const text = await look('configuration-1', '');
      expect(text).to.contain('Completed in').and.not.to.contain('Nobody');
    });

    it('is reached from the configurations, and there is none of what is not there', async () => {
      const browser = await site.signIn('viewer');
      expect((await browser.get('/configurations')).text).to.contain(
        'href="/configurations/configuration-1/eligibility"',
      );
      expect((await browser.get('/configurations/none/eligibility')).status).to.equal(404);
    });
  });
});
