import bidiFactory, { type Bidi } from 'bidi-js';
import { expect } from 'chai';
import { fillPlaceholders } from '../../../../providers/pdf/placeholders.ts';
import { fillForReading } from '../../../../providers/pdf/text/mixed-directions.ts';

const bidi = (bidiFactory as unknown as () => Bidi)();

const filler = (values: Readonly<Record<string, string>>) => (text: string) =>
  fillPlaceholders(text, (placeholder) => values[placeholder] ?? '');

/** As it stands on the paper, from the left. */
function seen(text: string, values: Readonly<Record<string, string>>): string {
  const filled = fillForReading(text, filler(values));
  return bidi.getReorderedString(filled, bidi.getEmbeddingLevels(filled, 'auto')).replace(/[\u200e\u200f]/g, '');
}

/** What runs from right to left, as it stands from the left. */
const turned = (text: string) => [...text].reverse().join('');

describe('a value in a text that runs the other way', () => {
  it('keeps the number at the beginning of a date', () => {
    expect(seen('Issued on {issue_date}', { issue_date: '27 בנובמבר 2026' })).to.equal(
      `Issued on 2026 ${turned('בנובמבר')} 27`,
    );
    expect(seen('صدر في {issue_date}', { issue_date: '27 novembre 2026' })).to.equal(
      `27 novembre 2026 ${turned('صدر في')}`,
    );
  });

  it('keeps a date of digits alone as it is written', () => {
    expect(seen('صدر في {issue_date}', { issue_date: '2026-03-05' })).to.equal(`2026-03-05 ${turned('صدر في')}`);
    expect(seen('Issued on {issue_date}', { issue_date: '٠٥/٠٣/٢٠٢٦' })).to.equal('Issued on ٠٥/٠٣/٢٠٢٦');
  });

  it('keeps brackets and signs at the ends of a name with it, in each of its lines', () => {
    expect(seen('To {name}: well done', { name: '(מריה)' })).to.equal(`To (${turned('מריה')}): well done`);
    const filled = fillForReading('To {context_name}!', filler({ context_name: 'מבוא 1\nחלק 2' }));
    expect(filled).to.equal('To \u200fמבוא 1\u200f\n\u200fחלק 2\u200f!');
  });

  it('gets no mark where nothing runs the other way, and an address never does', () => {
    const values = { name: 'Ada', issue_date: 'March 5, 2026', verify_url: 'https://example.org/1' };
    expect(fillForReading('{name}, {issue_date}', filler(values))).to.equal('Ada, March 5, 2026');
    expect(fillForReading('{issue_date}', filler({ issue_date: '27 בנובמבר 2026' }))).to.equal('27 בנובמבר 2026');
    expect(fillForReading('לאימות {verify_url}', filler(values))).to.equal('לאימות https://example.org/1');
  });
});
