import { expect } from 'chai';
import { coloursFor } from '../../../server/cli/colour.ts';
import { harmless } from '../../../server/cli/terminal.ts';

describe('what is printed on a terminal', () => {
  const printed = (text: string, isTTY: boolean): string => {
    const written: string[] = [];
    harmless({ isTTY, write: (part: string) => written.push(part) }).write(text);
    return written.join('');
  };

  it('shows what a terminal would obey: titles, clearing, going back in the line, in one byte or two', () => {
    expect(printed('ada\u001b]0;mine\u0007\u001b[2J\u009b31m\r\u0000\u007f.\n\tben\n', true)).to.equal(
      'ada\\u001b]0;mine\\u0007\\u001b[2J\\u009b31m\\u000d\\u0000\\u007f.\n\tben\n',
    );
  });

  it('hides nothing: only our own colours are colours', () => {
    const { red, dim } = coloursFor({ isTTY: true }, {});
    const ours = `${red('x')} ${dim('y')}`;
    expect(printed(ours, true)).to.equal(ours);
    expect(printed('\u001b[8mhidden', true)).to.equal('\\u001b[8mhidden');
  });

  it('is as it was for a file, and names in any script are as they were', () => {
    expect(printed('\u001b[2J', false)).to.equal('\u001b[2J');
    expect(printed('Олександра, أحمد, 张伟, 👩🏽‍🎓', true)).to.equal('Олександра, أحمد, 张伟, 👩🏽‍🎓');
  });
});
