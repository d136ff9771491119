import { expect } from 'chai';
import { requiredReason, toReason } from '../../../plugin/badges/reason.ts';
import { InputError } from '../../../plugin/errors.ts';

describe('a reason', () => {
  it('is one line of text, or nothing', () => {
    expect(['  spring\tterm\r\n2026 ', '', ' \n'].map(toReason)).to.deep.equal(['spring term 2026', null, null]);
  });

  it('is no novel', () => {
    expect(toReason('x'.repeat(500))).to.have.length(500);
    expect(() => toReason('x'.repeat(501))).to.throw(
      InputError,
      /^the reason is longer than 500 characters; shorten it$/,
    );
  });

  it('is asked for where it is required', () => {
    expect(requiredReason('because')).to.equal('because');
    expect(() => requiredReason(' ')).to.throw(
      InputError,
      /^say why, in a few words; the reason is kept with every version$/,
    );
  });
});
