import { expect } from 'chai';
import fc from 'fast-check';
import { maskedPayload } from '../../../server/http/masked-payload.ts';
import { passingStatus } from '../../plugin/events/samples.ts';

const mask = (value: unknown) => JSON.parse(maskedPayload(Buffer.from(JSON.stringify(value))) ?? 'null') as unknown;

describe('a masked payload', () => {
  it('shows the facts of an event and nothing that may name a person', () => {
    expect(mask(passingStatus())).to.deep.equal({
      course_passing_status: {
        is_passing: true,
        course: { course_key: 'course-v1:Acme+CS1+2026', display_name: '', start: null, end: null },
        user: { id: '•••', is_active: true, pii: { username: '•••', email: '•••', name: '•••' } },
      },
    });
  });

  it('masks texts under keys it does not know, people in lists, and ids', () => {
    expect(mask({ remark: 'Ada L', user_id: 7, score: 7, staff: ['ada'], current_status: 'ok' })).to.deep.equal({
      remark: '•••',
      user_id: '•••',
      score: 7,
      staff: ['•••'],
      current_status: 'ok',
    });
  });

  it('shows nothing of what is not a JSON object', () => {
    expect([maskedPayload(Buffer.from('ada@example.com')), maskedPayload(Buffer.from('"ada"'))]).to.deep.equal([
      null,
      null,
    ]);
    expect(maskedPayload(new Uint8Array())).to.equal(null);
  });

  it('never shows what is under user, whatever its form', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }), (inner) => {
        const secret = 'ada@example.com';
        const shown = maskedPayload(Buffer.from(JSON.stringify({ event: { user: { inner, note: secret } } })));
        expect(shown).to.not.contain(secret);
      }),
    );
  });
});
