import { expect } from 'chai';
import { coloursFor } from '../../../server/cli/colour.ts';

describe('coloursFor', () => {
  const isColoured = (isTTY: boolean, environment: Record<string, string>): boolean =>
    coloursFor({ isTTY }, environment).red('x') !== 'x';

  it('paints on a terminal only', () => {
    expect(coloursFor({ isTTY: true }, {}).red('x')).to.equal('\u001b[31mx\u001b[39m');
    expect(coloursFor({}, {}).bold('x')).to.equal('x');
    expect(isColoured(true, { TERM: 'dumb' })).to.equal(false);
  });

  it('heeds NO_COLOR, and FORCE_COLOR above it', () => {
    expect(isColoured(true, { NO_COLOR: '1' })).to.equal(false);
    expect(isColoured(true, { NO_COLOR: '' })).to.equal(true);
    expect(isColoured(false, { FORCE_COLOR: '1', NO_COLOR: '1' })).to.equal(true);
    expect(isColoured(true, { FORCE_COLOR: '0' })).to.equal(false);
  });
});
