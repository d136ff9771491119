import { expect } from 'chai';
import fc from 'fast-check';
import { parseCrontab } from '../../../server/scheduler/crontab.ts';
import { crontabWords } from '../../../server/scheduler/crontab-words.ts';

describe('a crontab in words', () => {
  const sentences = {
    '0 6 * * mon': 'Every Monday at 06:00',
    '30 2 * * *': 'Every day at 02:30',
    '0 8,17 * * mon-fri': 'Every Monday to Friday at 08:00 and 17:00',
    '0 9 * * sat,sun': 'Every Saturday and Sunday at 09:00',
    '0 9 * * sun,mon,tue': 'Every Monday, Tuesday and Sunday at 09:00',
    '0 0 1 * *': 'On day 1 of the month at 00:00',
    '0 0 1,15-18,31 jan,jun *': 'On days 1, 15 to 18 and 31 of the month in January and June at 00:00',
    '0 0 13 * fri': 'On day 13 of the month if it is Friday at 00:00',
    '* * * * *': 'Every minute',
    '*/15 * * * 7': 'Every Sunday every 15 minutes',
    '0 * * * *': 'Every hour, on the hour',
    '*/20 8-17 * * *': 'Every 20 minutes, in the hours 8 to 17',
    '0 8-17,22 * * *': 'Every hour from 08:00 to 17:00 and at 22:00',
    '5,20 * * * *': 'Every day at minutes 5 and 20 past the hour',
  };
  for (const [expression, words] of Object.entries(sentences))
    it(`says of ${expression}: ${words}`, () => expect(crontabWords(expression)).to.equal(words));

  it('says that either day is enough where classic cron was asked for', () => {
    expect(crontabWords('0 0 13 * fri', true)).to.equal('On day 13 of the month and every Friday at 00:00');
    expect(crontabWords('0 0 * * fri', true)).to.equal('Every Friday at 00:00');
  });

  it('refuses what is no crontab', () => {
    expect(() => crontabWords('0 6 * *')).to.throw('write five fields');
  });

  it('says the same of expressions that mean the same, and something else of others', () => {
    const field = (min: number, max: number) =>
      fc.uniqueArray(fc.integer({ min, max }), { minLength: 1, maxLength: 5 }).map((list) => list.join(','));
    const expression = fc.tuple(field(0, 59), field(0, 23), field(1, 31), field(1, 12), field(0, 6));
    fc.assert(
      fc.property(expression, expression, (one, other) => {
        const [first, second] = [one.join(' '), other.join(' ')];
        const isSame = JSON.stringify(meaning(first)) === JSON.stringify(meaning(second));
        expect(crontabWords(first) === crontabWords(second)).to.equal(isSame);
      }),
    );
  });
});

function meaning(expression: string): unknown {
  const { minutes, hours, days, months, weekdays } = parseCrontab(expression);
  return [minutes, hours, [...days], [...months], [...weekdays].sort()];
}
