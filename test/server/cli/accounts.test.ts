import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { projectPath } from '../../../server/paths.ts';
import { runLaurel } from '../../support/command.ts';

describe('laurel accounts and laurel token', function () {
  this.timeout(120_000);
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'laurel-accounts-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const laurel = (...args: string[]) =>
    runLaurel(args, { env: { LAUREL_DATA_DIR: folder, LAUREL_PUBLIC_URL: 'https://badges.example.org' } });
  const listed = async (what: string) =>
    (await laurel(what, 'list', '--json')).stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));

  it('make accounts with a link, and change, shut out and let in again', async () => {
    const made = await laurel('accounts', 'create', 'Ada', '--role', 'administrator', '--json');
    expect(made.code).to.equal(0);
    expect(JSON.parse(made.stdout).link).to.match(/^https:\/\/badges\.example\.org\/sign-in\/[\w-]{43}$/);
    const grace = await laurel('accounts', 'create', 'Grace', '--role', 'editor');
    expect(grace.stdout).to.match(/^https:\/\/badges\.example\.org\/sign-in\/[\w-]{43}\n$/);
    expect((await laurel('accounts', 'link', 'grace')).stdout)
      .to.match(/sign-in/)
      .and.not.equal(grace.stdout);
    expect((await laurel('accounts', 'role', 'grace', 'operator')).stdout).to.equal('account Grace is operator\n');
    expect((await laurel('accounts', 'disable', 'Grace')).stdout).to.equal('account Grace is disabled\n');
    expect((await laurel('accounts', 'list')).stdout).to.match(/operator {7}disabled {2}\S+ {2}Grace\n/);
    expect((await laurel('accounts', 'enable', 'Grace')).code).to.equal(0);
    expect((await laurel('accounts', 'sessions', 'end', 'Grace')).stdout).to.equal(
      'all sessions of Grace have ended\n',
    );
    expect((await listed('accounts')).map(({ name, role, state }) => [name, role, state])).to.deep.equal([
      ['Ada', 'administrator', 'invited'],
      ['Grace', 'operator', 'invited'],
    ]);
    expect((await laurel('accounts', 'list', '--json')).stdout).not.to.include('scrypt');
  });

  it('say what is wrong, change nothing and end with a code that tells what kind of mistake it was', async () => {
    for (const [args, code, message] of [
      [['accounts', 'create', 'ada', '--role', 'editor'], 64, 'there is an account of this name already'],
      [['accounts', 'create', 'New', '--role', 'root'], 64, 'root is not a role; write one of viewer, editor,'],
      [['accounts', 'role', 'Ada', 'viewer'], 64, 'this is the last administrator who can sign in'],
      [['accounts', 'disable', 'Ada'], 64, 'this is the last administrator who can sign in'],
      [['accounts', 'disable', 'nobody'], 66, 'there is no account nobody; `laurel accounts list` prints the names'],
      [['token', 'create', '--scope', 'all'], 64, '--scope all is not a scope; write badges:read,'],
      [['token', 'create', '--expires', 'soon'], 64, 'Enter the last day as year, month and day'],
    ] as const) {
      const result = await laurel(...args);
      expect(result.code, args.join(' ')).to.equal(code);
      expect(result.stderr).to.include(message);
    }
    expect(await listed('accounts')).to.have.length(2);
    expect(await listed('token')).to.deep.equal([]);
  });

  it('make tokens with scopes and a last day, and list them without their secret', async () => {
    const made = await laurel(
      ...[
        'token',
        'create',
        '--label',
        'lms',
        '--scope',
        'events:write',
        'badges:read',
        '--expires',
        '2099-12-31',
        '--json',
      ],
    );
    const { token, scopes } = JSON.parse(made.stdout);
    expect(scopes).to.deep.equal(['badges:read', 'events:write']);
    expect((await laurel('token', 'create')).code).to.equal(0);
    const tokens = await listed('token');
    expect(
      tokens.map(({ label, scopes: may, expiresAt, state }) => [label, may, expiresAt, state]),
    ).to.have.deep.members([
      ['lms', ['badges:read', 'events:write'], '2100-01-01T00:00:00.000Z', 'valid'],
      ['made on the command line', ['badges:read', 'credentials:read'], null, 'valid'],
    ]);
    expect(JSON.stringify(tokens)).to.not.include(token).and.not.include('tokenHash');
    expect((await laurel('token', 'list')).stdout).to.include('valid  badges:read,events:write  lms\n');
  });

  it('do what the manual says', async () => {
    const manual = readFileSync(projectPath('docs', 'how-to', 'manage-people-and-tokens.md'), 'utf8');
    const blocks = [...manual.matchAll(/```sh\nnpx laurel (.*)\n```/g)].map(([, line = '']) => line);
    // In a table or a sentence: they name an account that the first block makes.
    const inline = [...manual.matchAll(/`npx laurel (accounts (?!create)[^`]*)`/g)].map(([, line = '']) => line);
    expect([blocks.length, inline.length]).to.deep.equal([2, 5]);
    for (const line of [...blocks, ...inline]) {
      const args = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
      const known = args.map((word) => (word === 'Grace' ? 'Grace of the manual' : word));
      const { code, stderr } = await laurel(...known);
      expect([code, stderr], line).to.deep.equal([0, '']);
    }
  });

  it('limit accounts and tokens to organisations', async () => {
    const made = ['accounts', 'create', 'Lena', '--role', 'editor', '--organisation', 'Lab', 'Acme', '--json'];
    expect((await laurel(...made)).code).to.equal(0);
    expect((await laurel('accounts', 'list')).stdout).to.match(/ {2}Lena {2}\(Acme, Lab\)\n/);
    const one = await laurel('accounts', 'limit', 'Lena', 'Lab');
    expect(one.stdout).to.equal('account Lena is limited to Lab\n');
    expect((await laurel('accounts', 'limit', 'lena')).stdout).to.equal('account Lena is not limited\n');
    const wrong = await laurel('accounts', 'limit', 'Lena', 'a+b');
    expect([wrong.code, wrong.stderr]).to.deep.equal([
      64,
      'laurel: a+b is not the short name of an organisation; copy it from the key of a course: course-v1:NAME+...\n',
    ]);
    await laurel('accounts', 'disable', 'Lena');
    const token = await laurel('token', 'create', '--label', 'limited', '--organisation', 'Acme', '--json');
    expect(token.code).to.equal(0);
    const { id } = JSON.parse(token.stdout);
    expect((await listed('token')).find((each) => each.id === id)?.organisations).to.deep.equal(['Acme']);
    await laurel('token', 'revoke', id);
  });
});
