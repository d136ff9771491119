import { expect } from 'chai';
import { parseKey } from '../../dsl/index.ts';
import { cpuMsOf } from '../support/cpu-time.ts';

describe('parseKey', () => {
  const course = { org: 'OpenedX', course: 'DemoX', run: 'Demo_Course' };

  it('reads course keys, with and without branch and version', () => {
    expect(parseKey('course-v1:OpenedX+DemoX+Demo_Course')).to.deep.equal(course);
    expect(parseKey('course-v1:OpenedX+DemoX+Demo_Course+branch@draft')).to.deep.equal(course);
    expect(
      parseKey('course-v1:OpenedX+DemoX+Demo_Course+branch@draft-branch+version@519665f6223ebd6980884f2b'),
    ).to.deep.equal(course);
  });

  it('reads CCX keys', () => {
    expect(parseKey('ccx-v1:OpenedX+DemoX+Demo_Course+ccx@3')).to.deep.equal({ ...course, ccx: '3' });
    expect(parseKey('ccx-v1:OpenedX+DemoX+Demo_Course+branch@published+ccx@3')).to.deep.equal({ ...course, ccx: '3' });
  });

  it('reads the legacy form', () => {
    expect(parseKey('OpenedX/DemoX/Demo_Course')).to.deep.equal(course);
  });

  it('reads letters of any script', () => {
    expect(parseKey('course-v1:Університет+Курс-1+2026.1')).to.deep.equal({
      org: 'Університет',
      course: 'Курс-1',
      run: '2026.1',
    });
  });

  it('refuses everything else', () => {
    for (const text of [
      '',
      'course-v1:OpenedX+DemoX',
      'course-v1:OpenedX++Demo',
      'course-v1:OpenedX+DemoX+Demo+more',
      'course-v1:OpenedX+DemoX+Demo+ccx@3',
      'ccx-v1:OpenedX+DemoX+Demo',
      'ccx-v1:OpenedX+DemoX+Demo+ccx@three',
      ' course-v1:OpenedX+DemoX+Demo',
      'course-v1:OpenedX+DemoX+Demo\n',
      'OpenedX/DemoX',
      'a/b/c/d',
      'https://example.org/course',
      'block-v1:OpenedX+DemoX+Demo+type@html+block@x',
    ]) {
      expect(parseKey(text), JSON.stringify(text)).to.equal(null);
    }
  });

  it('takes time in proportion to the length of hostile text', () => {
    const tookMs = cpuMsOf(() => {
      expect(parseKey(`course-v1:${'a+'.repeat(200_000)}`)).to.equal(null);
      expect(parseKey(`${'a'.repeat(500_000)}/`)).to.equal(null);
    });
    expect(tookMs).to.be.below(500);
  });
});
