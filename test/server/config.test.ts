import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { ConfigurationError } from '../../plugin/errors.ts';
import { readSettings, settingsTable } from '../../server/config.ts';

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    readSettings(environment);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
  throw new Error('the settings were accepted');
}

describe('readSettings', () => {
  it('needs nothing: every setting has a default', () => {
    const settings = readSettings({ PATH: '/usr/bin' });
    expect(settings.port).to.equal(8080);
    expect(settings.mongodbUri).to.equal(null);
    expect(settings.eventTypes).to.deep.equal([
      'org.openedx.learning.course.passing.status.updated.v1',
      'org.openedx.learning.ccx.course.passing.status.updated.v1',
    ]);
  });

  it('reports every problem at once and says what to do', () => {
    expect(
      problemsOf({
        PORT: '80a',
        MONGODB_URI: 'postgres://localhost/laurel',
        LAUREL_INGEST_TOKEN: 'short',
        LAUREL_BADGES_ENABLED: 'maybe',
        LAUREL_LOG_LEVEL: 'loud',
        LAUREL_EVENT_TYPES: 'a.b,,c.d',
      }),
    ).to.deep.equal([
      'PORT must be a whole number from 0 to 65535',
      'MONGODB_URI must be an address that starts with mongodb:// or mongodb+srv://',
      'LAUREL_BADGES_ENABLED must be true or false',
      'LAUREL_EVENT_TYPES must be event types separated by commas, or *',
      'LAUREL_INGEST_TOKEN must have at least 16 characters; `openssl rand -hex 32` makes a good one',
      'LAUREL_LOG_LEVEL must be one of debug, info, warn, error, silent',
    ]);
  });

  it('wants a sender where mails are sent, and a mail server that can be one', () => {
    const url = 'smtp://laurel:secret@mail.example.org:587';
    expect(problemsOf({ LAUREL_SMTP_URL: url })).to.deep.equal([
      'LAUREL_MAIL_FROM must be set where LAUREL_SMTP_URL is',
    ]);
    expect(problemsOf({ LAUREL_MAIL_FROM: 'Example <a@b.org>, <c@d.org>' })).to.deep.equal([
      'LAUREL_MAIL_FROM must be an address, or a name and an address like Example <credentials@example.org>',
    ]);
    for (const wrong of ['smtp://', 'smtp://mail.example.org/path', 'smtp://mail.example.org?pool=true', 'http://mail'])
      expect(problemsOf({ LAUREL_SMTP_URL: wrong }).join(), wrong).to.match(/^LAUREL_SMTP_URL must be /);
    const settings = readSettings({ LAUREL_SMTP_URL: url, LAUREL_MAIL_FROM: 'Example <credentials@example.org>' });
    expect(settings).to.include({ smtpUrl: url, mailLanguage: null, downloadUrl: null });
  });

  it('says what is wrong with how names and dates are to be written, and where', () => {
    expect(readSettings({})).to.include({ nameStyle: 'as-written', dateStyle: 'long', dateLanguage: 'en' });
    const env = { LAUREL_NAME_STYLE: 'uppercase', LAUREL_DATE_STYLE: "d 'de' MMMM yyyy", LAUREL_DATE_LANGUAGE: 'es' };
    expect(readSettings(env)).to.include({ nameStyle: 'uppercase', dateStyle: "d 'de' MMMM yyyy", dateLanguage: 'es' });
    const wrong = { LAUREL_NAME_STYLE: 'big', LAUREL_DATE_STYLE: 'DD.MM.yyyy', LAUREL_DATE_LANGUAGE: 'en-x1' };
    expect(problemsOf(wrong)).to.deep.equal([
      'LAUREL_NAME_STYLE must be one of as-written, capitalized, uppercase',
      'LAUREL_DATE_STYLE has "DD" at character 1, which means nothing; did you mean "dd"?',
      'LAUREL_DATE_LANGUAGE must be a language tag like es or pt-BR',
    ]);
    // A country: dates would be in the language of the machine.
    expect(problemsOf({ LAUREL_DATE_LANGUAGE: 'ua' })).to.deep.equal([
      'LAUREL_DATE_LANGUAGE must be a language that dates can be written in, such as uk or pt-BR',
    ]);
  });

  it('takes the name of the platform for one line', () => {
    expect(readSettings({ LAUREL_PLATFORM_NAME: 'Acme & Ada Academy' }).platformName).to.equal('Acme & Ada Academy');
    expect(readSettings({}).platformName).to.equal(null);
    for (const wrong of ['Acme\nAcademy', 'x'.repeat(121)])
      expect(problemsOf({ LAUREL_PLATFORM_NAME: wrong })).to.deep.equal([
        'LAUREL_PLATFORM_NAME must be one line of at most 120 characters',
      ]);
  });

  it('wants what belongs to an LMS together, and its secret unreadable on the way', () => {
    const lms = { LAUREL_LMS_URL: 'https://lms.example.org', LAUREL_LMS_CLIENT_ID: 'a', LAUREL_LMS_CLIENT_SECRET: 'b' };
    expect(problemsOf({ LAUREL_LMS_URL: lms.LAUREL_LMS_URL })).to.deep.equal([
      'LAUREL_LMS_CLIENT_ID must be set where LAUREL_LMS_URL is',
      'LAUREL_LMS_CLIENT_SECRET must be set where LAUREL_LMS_URL is',
    ]);
    expect(problemsOf({ LAUREL_LMS_CLIENT_SECRET: 'b' })).to.deep.equal([
      'LAUREL_LMS_URL must be set where LAUREL_LMS_CLIENT_SECRET is',
      'LAUREL_LMS_CLIENT_ID must be set where LAUREL_LMS_CLIENT_SECRET is',
    ]);
    expect(problemsOf({ ...lms, LAUREL_LMS_URL: 'https://lms.example.org/' })).to.deep.equal([
      'LAUREL_LMS_URL must be scheme and host only, without a slash at the end, like https://badges.example.org',
    ]);
    const readable =
      'LAUREL_LMS_URL must begin with https://, or LAUREL_LMS_ALLOW_HTTP must be true: the client secret travels to it';
    for (const host of ['lms.example.org', '8.8.8.8', '172.32.0.1', '[2001:db8::1]'])
      expect(problemsOf({ ...lms, LAUREL_LMS_URL: `http://${host}` }), host).to.deep.equal([readable]);
    for (const host of ['lms:8000', 'localhost', '127.0.0.1:1', '10.1.2.3', '172.20.0.2', '[::1]', 'lms.openedx.svc'])
      expect(readSettings({ ...lms, LAUREL_LMS_URL: `http://${host}` }).lmsUrl).to.equal(`http://${host}`);
    const allowed = { ...lms, LAUREL_LMS_URL: 'http://local.openedx.io', LAUREL_LMS_ALLOW_HTTP: 'true' };
    expect(readSettings(allowed).lmsUrl).to.equal('http://local.openedx.io');
  });

  it('takes public keys of the LMS, or an address of them that nobody can change on the way', () => {
    const own = { LAUREL_LMS_JWT_ISSUER: 'https://lms.example.org/oauth2' };
    const problem = (LAUREL_LMS_JWT_KEYS: string) => problemsOf({ ...own, LAUREL_LMS_JWT_KEYS });
    const keys = '{"keys":[{"kty":"RSA","n":"x","e":"AQAB"}]}';
    expect(readSettings({ ...own, LAUREL_LMS_JWT_KEYS: keys }).lmsJwtKeys).to.equal(keys);
    const address = 'https://lms.example.org/jwks';
    expect(readSettings({ ...own, LAUREL_LMS_JWT_KEYS: address }).lmsJwtKeys).to.equal(address);
    expect(problem('{"keys":')).to.deep.equal([
      'LAUREL_LMS_JWT_KEYS must be a JWK set in JSON, like {"keys":[...]}, or an address that has one',
    ]);
    for (const empty of ['{}', '{"keys":[]}', '{"keys":7}'])
      expect(problem(empty)).to.deep.equal(['LAUREL_LMS_JWT_KEYS must have a list of keys, like {"keys":[...]}']);
    for (const key of ['{"kty":"oct","k":"c2VjcmV0"}', 'null', '7'])
      expect(problem(`{"keys":[${key}]}`)).to.deep.equal([
        'LAUREL_LMS_JWT_KEYS must hold RSA and EC keys only: those can be public',
      ]);
    expect(problem('{"keys":[{"kty":"RSA","n":"x","e":"AQAB","d":"hunter2"}]}')).to.deep.equal([
      'LAUREL_LMS_JWT_KEYS holds a private key; put only the public half here, and treat the other as known',
    ]);
    expect(problem('http://lms.example.org/jwks')).to.deep.equal([
      'LAUREL_LMS_JWT_KEYS must begin with https://, or LAUREL_LMS_ALLOW_HTTP must be true: who changes the keys on their way can be anybody',
    ]);
    expect(problem('lms.example.org')).to.deep.equal([
      'LAUREL_LMS_JWT_KEYS must be an address that starts with https:// or http://',
    ]);
    expect(problemsOf({ ...own, LAUREL_LMS_RETIREMENT_USER: 'worker' })).to.deep.equal([
      'LAUREL_LMS_JWT_KEYS must be set where LAUREL_LMS_RETIREMENT_USER is: its tokens are checked with them',
    ]);
    expect(problemsOf({ LAUREL_LMS_JWT_KEYS: keys })).to.deep.equal([
      'LAUREL_LMS_JWT_ISSUER must be set where LAUREL_LMS_JWT_KEYS is and LAUREL_LMS_URL is not',
    ]);
  });

  it('lets people sign in with the LMS where it is told all of it, and passwords are entered over https', () => {
    const LAUREL_LMS_JWT_KEYS = '{"keys":[{"kty":"RSA","n":"x","e":"AQAB"}]}';
    const client = { LAUREL_LMS_SIGN_IN_CLIENT_ID: 'a', LAUREL_LMS_SIGN_IN_CLIENT_SECRET: 'b' };
    const LAUREL_LMS_PUBLIC_URL = 'https://lms.example.org';
    const all = { ...client, LAUREL_LMS_JWT_KEYS, LAUREL_LMS_PUBLIC_URL };
    expect(readSettings(all)).to.include({ lmsSignInClientId: 'a', lmsRecheckMinutes: 60, lmsSignOut: false });
    expect(problemsOf({ LAUREL_LMS_SIGN_IN_CLIENT_ID: 'a', LAUREL_LMS_JWT_KEYS, LAUREL_LMS_PUBLIC_URL })).to.deep.equal(
      ['LAUREL_LMS_SIGN_IN_CLIENT_SECRET must be set where LAUREL_LMS_SIGN_IN_CLIENT_ID is'],
    );
    expect(
      problemsOf({ LAUREL_LMS_SIGN_IN_CLIENT_SECRET: 'b', LAUREL_LMS_JWT_KEYS, LAUREL_LMS_PUBLIC_URL }),
    ).to.deep.equal(['LAUREL_LMS_SIGN_IN_CLIENT_ID must be set where LAUREL_LMS_SIGN_IN_CLIENT_SECRET is']);
    expect(problemsOf(client)).to.deep.equal([
      'LAUREL_LMS_JWT_KEYS must be set where LAUREL_LMS_SIGN_IN_CLIENT_ID is: who signs in is told by a token, which is checked with them',
      'LAUREL_LMS_PUBLIC_URL must be set where LAUREL_LMS_SIGN_IN_CLIENT_ID is and LAUREL_LMS_URL is not',
    ]);
    const readable =
      'LAUREL_LMS_PUBLIC_URL must begin with https://, or LAUREL_LMS_ALLOW_HTTP must be true: people enter their passwords there';
    const open = { ...all, LAUREL_LMS_PUBLIC_URL: 'http://lms.example.org' };
    expect(problemsOf(open)).to.deep.equal([readable]);
    expect(readSettings({ ...open, LAUREL_LMS_ALLOW_HTTP: 'true' }).lmsPublicUrl).to.equal('http://lms.example.org');
    expect(problemsOf({ ...all, LAUREL_LMS_RECHECK_MINUTES: '1' })).to.deep.equal([
      'LAUREL_LMS_RECHECK_MINUTES must be a whole number from 2 to 1440',
    ]);
  });

  it('says which claim of the LMS gives which role, in order', () => {
    const roles = (LAUREL_LMS_ROLES: string) => readSettings({ LAUREL_LMS_ROLES }).lmsRoles;
    const usual = [
      { claim: 'superuser', role: 'administrator' },
      { claim: 'administrator', role: 'administrator' },
    ];
    expect(readSettings({}).lmsRoles).to.deep.equal(usual);
    expect(roles('superuser=administrator, administrator = viewer')).to.deep.equal([
      { claim: 'superuser', role: 'administrator' },
      { claim: 'administrator', role: 'viewer' },
    ]);
    expect(roles('none')).to.deep.equal([]);
    for (const LAUREL_LMS_ROLES of [
      'superuser',
      'staff=viewer',
      'superuser=root',
      'superuser=viewer,',
      'none,none',
      'constructor=viewer',
    ])
      expect(problemsOf({ LAUREL_LMS_ROLES }), LAUREL_LMS_ROLES).to.deep.equal([
        'LAUREL_LMS_ROLES must be entries like superuser=administrator, separated by commas, or none; claims are administrator, superuser, roles viewer, editor, publisher, operator, administrator',
      ]);
  });

  it('takes some of the sources, in the order given', () => {
    expect(readSettings({ LAUREL_LMS_GRADE_SOURCES: 'subsections, gradebook' }).lmsGradeSources).to.deep.equal([
      'subsections',
      'gradebook',
    ]);
    for (const wrong of ['gradebok', 'progress,progress', 'gradebook,'])
      expect(problemsOf({ LAUREL_LMS_GRADE_SOURCES: wrong }), wrong).to.deep.equal([
        'LAUREL_LMS_GRADE_SOURCES must be some of gradebook, progress, subsections, each once, separated by commas',
      ]);
  });

  it('never quotes the value of a secret', () => {
    expect(problemsOf({ LAUREL_SECRET_KEY: 'hunter2', AMQP_URL: 'http://me:hunter2@broker' }).join()).not.to.contain(
      'hunter2',
    );
  });

  it('takes a MongoDB address with several hosts', () => {
    expect(readSettings({ MONGODB_URI: 'mongodb://a:27017,b:27017/laurel?replicaSet=rs' }).mongodbUri).to.contain(
      'a:27017,b:27017',
    );
  });

  it('takes a public address without a path only: the pages are made for the root of a host', () => {
    expect(readSettings({ LAUREL_PUBLIC_URL: 'https://badges.example.org:8443' }).publicUrl).to.equal(
      'https://badges.example.org:8443',
    );
    for (const wrong of ['/', '/laurel', '/?a', '#a']) {
      expect(problemsOf({ LAUREL_PUBLIC_URL: `https://badges.example.org${wrong}` })).to.deep.equal([
        'LAUREL_PUBLIC_URL must be scheme and host only, without a slash at the end, like https://badges.example.org',
      ]);
    }
  });

  it('refuses an address that cannot be read before anything is opened', () => {
    expect(problemsOf({ AMQP_URL: 'amqp://broker:port' })).to.deep.equal([
      'AMQP_URL must be an address that starts with amqp:// or amqps://',
    ]);
  });

  describe('a secret in a file', () => {
    let folder: string;
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'laurel-settings-'));
    });
    afterEach(() => rmSync(folder, { recursive: true }));

    it('is read from the file that <name>_FILE names, without the line end', () => {
      const file = join(folder, 'token');
      writeFileSync(file, 'a-token-of-decent-length\n');
      expect(readSettings({ LAUREL_INGEST_TOKEN_FILE: file }).ingestToken).to.equal('a-token-of-decent-length');
    });

    it('must be readable and not be given twice', () => {
      expect(problemsOf({ LAUREL_INGEST_TOKEN_FILE: join(folder, 'none') })).to.deep.equal([
        'LAUREL_INGEST_TOKEN cannot be read from the file that LAUREL_INGEST_TOKEN_FILE names (ENOENT)',
      ]);
      expect(problemsOf({ AMQP_URL: 'amqp://broker', AMQP_URL_FILE: 'x' })).to.deep.equal([
        'AMQP_URL and AMQP_URL_FILE are both set; keep one',
      ]);
    });
  });

  it('takes every key that was LAUREL_SECRET_KEY as a former one, blanks and all', () => {
    for (const key of [
      'correct horse battery staple',
      ' at the ends too, ',
      'in\ntwo lines, with "quotes"',
      '["a list that has no end',
    ]) {
      expect(readSettings({ LAUREL_SECRET_KEY: key }).secretKey).to.equal(key);
      const former = { LAUREL_FORMER_SECRET_KEYS: JSON.stringify([key, 'the-key-before-that']) };
      expect(readSettings(former).formerSecretKeys).to.deep.equal([key, 'the-key-before-that']);
    }
  });

  it('says how a former key with blanks is written, instead of taking it apart', () => {
    expect(problemsOf({ LAUREL_FORMER_SECRET_KEYS: 'correct horse battery staple' })).to.deep.equal([
      'LAUREL_FORMER_SECRET_KEYS holds a part of fewer than 16 characters; if it belongs to a key with blanks in it, write the keys as a JSON list, like ["the whole key"]',
    ]);
    for (const value of ['["a key with blanks"', '["the-key-of-last-year", 1]', '["a", {}]x'])
      expect(problemsOf({ LAUREL_FORMER_SECRET_KEYS: value }), value).to.deep.equal([
        'LAUREL_FORMER_SECRET_KEYS must be keys separated by blanks or line ends, or a JSON list of texts like ["the whole key"]',
      ]);
    expect(problemsOf({ LAUREL_FORMER_SECRET_KEYS: '["short"]' })).to.deep.equal([
      'LAUREL_FORMER_SECRET_KEYS must have at least 16 characters; `openssl rand -hex 32` makes a good one',
    ]);
  });

  it('reads former keys and internal hosts as lists, none by default', () => {
    expect(readSettings({})).to.deep.include({ formerSecretKeys: [], internalHosts: [], providerAccounts: [] });
    const keys = readSettings({ LAUREL_FORMER_SECRET_KEYS: 'the-key-of-last-year\nthe-key-before-that' });
    expect(keys.formerSecretKeys).to.deep.equal(['the-key-of-last-year', 'the-key-before-that']);
    expect(problemsOf({ LAUREL_FORMER_SECRET_KEYS: 'too-short' })).to.deep.equal([
      'LAUREL_FORMER_SECRET_KEYS must have at least 16 characters; `openssl rand -hex 32` makes a good one',
    ]);
    const { internalHosts } = readSettings({ LAUREL_INTERNAL_HOSTS: 'badges.internal, 127.0.0.1:4010,[::1]:80' });
    expect(internalHosts).to.deep.equal(['badges.internal', '127.0.0.1:4010', '[::1]:80']);
    for (const value of ['http://127.0.0.1', 'a,,b', 'a b'])
      expect(problemsOf({ LAUREL_INTERNAL_HOSTS: value })).to.deep.equal([
        'LAUREL_INTERNAL_HOSTS must be hosts separated by commas, like badges.internal,127.0.0.1:4010',
      ]);
  });

  it('reads accounts at providers, and never quotes one', () => {
    const { providerAccounts } = readSettings({
      LAUREL_PROVIDER_ACCOUNTS: 'credly/science@sandbox=6f0c:tok=en\n  accredible/main=key',
    });
    expect(providerAccounts).to.deep.equal([
      { provider: 'credly', slug: 'science', host: 'sandbox', credentials: '6f0c:tok=en' },
      { provider: 'accredible', slug: 'main', host: null, credentials: 'key' },
    ]);
    expect(problemsOf({ LAUREL_PROVIDER_ACCOUNTS: 'credly/science=6f0c:hunter2 Credly=hunter3' })).to.deep.equal([
      'LAUREL_PROVIDER_ACCOUNTS must be entries like credly/science=<id>:<token>, but entry 2 is not',
    ]);
  });

  it('reads where the providers are', () => {
    expect(readSettings({}).credlyUrl).to.equal('https://api.credly.com/v1/');
    expect(readSettings({ LAUREL_CREDLY_URL: 'http://127.0.0.1:4010/v1/' }).credlyUrl).to.equal(
      'http://127.0.0.1:4010/v1/',
    );
    expect(problemsOf({ LAUREL_CREDLY_URL: 'https://me:pass@api.example/?x=1' })).to.deep.equal([
      'LAUREL_CREDLY_URL must be scheme, host and path only',
    ]);
    expect(problemsOf({ LAUREL_ACCREDIBLE_EU_URL: 'api.example' })).to.deep.equal([
      'LAUREL_ACCREDIBLE_EU_URL must be an address that starts with https:// or http://',
    ]);
  });

  it('reads key paths to hide, all of them by default, none on request', () => {
    const hidden = (value?: string) => readSettings({ LAUREL_HIDDEN_KEY_PATHS: value }).hiddenKeyPaths;
    expect(hidden()).to.include('user.pii.email').and.have.length(8);
    expect(hidden('none')).to.deep.equal([]);
    expect(hidden('course.start, user')).to.deep.equal(['course.start', 'user']);
    for (const value of ['a,,b', 'a b'])
      expect(() => hidden(value), value).to.throw(
        'LAUREL_HIDDEN_KEY_PATHS must be key paths separated by commas, or none',
      );
  });

  it('has a documentation line for each setting', () => {
    const manual = readFileSync(new URL('../../docs/reference/settings.md', import.meta.url), 'utf8');
    for (const { env } of Object.values(settingsTable)) expect(manual).to.contain(`\`${env}\``);
  });
});
