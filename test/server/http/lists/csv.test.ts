import { expect } from 'chai';
import { csvField } from '../../../../server/http/lists/export.ts';

describe('a field of a CSV file', () => {
  it('is no formula to any spreadsheet, whatever it begins with', () => {
    // Source: OWASP, "CSV Injection"
    for (const sign of ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'])
      expect(csvField(`${sign}cmd|' /C calc'!A0`), JSON.stringify(sign)).to.match(/^"?'/);
  });

  it('stays what it is otherwise', () => {
    expect(csvField(-1.5)).to.equal('-1.5');
    expect(csvField('a = b')).to.equal('a = b');
    expect(csvField(null)).to.equal('');
  });
});
