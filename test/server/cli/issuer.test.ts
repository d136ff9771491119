import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { runLaurel } from '../../support/command.ts';

describe('the issuer on the command line', function () {
  this.timeout(150_000);
  let dataDir: string;
  const laurel = (...args: string[]) =>
    runLaurel(args, { env: { LAUREL_DATA_DIR: dataDir, LAUREL_PUBLIC_URL: 'https://badges.example.edu' } });
  before(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'laurel-issuer-'));
  });
  after(() => rmSync(dataDir, { recursive: true }));

  it('rotates keys, distrusts one once, and shows them without their secrets', async () => {
    expect((await laurel('issuer', 'rotate-key')).stdout).to.equal('key 1 signs from now on\n');
    expect((await laurel('issuer', 'rotate-key')).stdout).to.equal('key 2 signs from now on\n');
    expect((await laurel('issuer', 'distrust-key', '1')).stdout).to.equal(
      'key 1 is trusted no longer; badges that it signed are signed anew when they are asked for\n',
    );
    expect(await laurel('issuer', 'distrust-key', '1')).to.deep.equal({
      code: 66,
      stdout: '',
      stderr: 'laurel: there is no key 1 that is still trusted; `laurel issuer show` prints them\n',
    });
    const { stdout } = await laurel('issuer', 'show');
    expect(stdout).to.match(
      /^did:web:badges\.example\.edu {2}badges\.example\.edu {2}https:\/\/badges\.example\.edu\n1 {2}distrusted {2}\S+ {2}z6Mk\w+\n2 {2}signs {7}\S+ {2}z6Mk\w+\n$/,
    );
    const json = JSON.parse((await laurel('issuer', 'show', '--json')).stdout);
    expect(Object.keys(json.keys[0])).to.deep.equal(['number', 'publicKey', 'createdAt', 'distrustedAt']);
  });
});
