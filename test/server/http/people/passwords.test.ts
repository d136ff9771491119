import { expect } from 'chai';
import { english } from '../../../../plugin/words.ts';
import { hashPassword, passwordProblem, verifyPassword } from '../../../../server/http/people/passwords.ts';

const cheap = { logN: 4, blockSize: 8, parallel: 1 };

describe('passwords', () => {
  it('recognises the password it hashed, and no other', async () => {
    const stored = await hashPassword('correct horse battery', cheap);
    expect(await verifyPassword('correct horse battery', stored)).to.equal(true);
    expect(await verifyPassword('correct horse batterz', stored)).to.equal(false);
    expect(await verifyPassword('', stored)).to.equal(false);
  });

  it('hashes the same password differently every time and says how', async () => {
    const [a, b] = await Promise.all([
      hashPassword('correct horse battery', cheap),
      hashPassword('correct horse battery', cheap),
    ]);
    expect(a).not.to.equal(b);
    expect(a).to.match(/^\$scrypt\$ln=4,r=8,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
  });

  it('takes a password for the same however its accents are encoded', async () => {
    const stored = await hashPassword('café au lait, please'.normalize('NFC'), cheap);
    expect(await verifyPassword('café au lait, please'.normalize('NFD'), stored)).to.equal(true);
  });

  it('verifies nothing against an account that does not exist or a damaged hash', async () => {
    expect(await verifyPassword('anything at all', null)).to.equal(false);
    expect(await verifyPassword('anything at all', 'plain')).to.equal(false);
  });

  it('says what is wrong with a new password', () => {
    const said = (password: string) => {
      const problem = passwordProblem(password);
      return problem && english(problem);
    };
    expect(said('short')).to.equal('The password needs at least 12 characters.');
    expect(said('x'.repeat(257))).to.equal('The password may have at most 256 characters.');
    expect(said('aaaaaaaaaaaaaa')).to.equal('The password repeats too few different characters; mix in others.');
    expect(said('a sentence will do')).to.equal(null);
  });
});
