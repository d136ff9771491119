import { expect } from 'chai';
import { evidenceParts } from '../../../../server/http/words/evidence-words.ts';

describe('sentences about events on pages', () => {
  it('lead to the events and show times as all pages do', () => {
    const parts = evidenceParts('fulfilled by event e-1 at 2026-03-02T10:15:00.25Z', ['e-1']);
    expect(parts).to.deep.equal([
      { text: 'fulfilled by event ', href: null, time: null },
      { text: 'e-1', href: '/events/e-1', time: null },
      { text: ' at ', href: null, time: null },
      {
        text: '2026-03-02T10:15:00.25Z',
        href: null,
        time: { iso: '2026-03-02T10:15:00.250Z', text: '2 Mar 2026, 10:15 UTC' },
      },
    ]);
  });

  it('take ids as they are, whatever is in them, and the longer one where one begins with another', () => {
    const sentence = 'has events a+b(1), a+b(1)2 and other, the last at noon';
    const linked = evidenceParts(sentence, ['a+b(1)', 'a+b(1)2', '[x']).flatMap(({ text, href }) =>
      href ? [text] : [],
    );
    expect(linked).to.deep.equal(['a+b(1)', 'a+b(1)2']);
  });

  it('leave nothing out', () => {
    const sentence = 'needs 1 matching event of type org.openedx.learning.course.passing.status.updated.v1';
    expect(evidenceParts(sentence, []).map(({ text }) => text)).to.deep.equal([sentence]);
  });
});
