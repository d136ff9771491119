import { expect } from 'chai';
import { assertContextKey, contextKind } from '../../../plugin/credentials/context-key.ts';

describe('a context key', () => {
  const kinds: readonly (readonly [string, ReturnType<typeof contextKind>])[] = [
    ['course-v1:OpenedX+DemoX+Demo_Course', 'course'],
    ['course-v1:Університет+Курс-1+2026~a.b:c', 'course'],
    ['ccx-v1:OpenedX+DemoX+Demo_Course+ccx@3', 'ccx'],
    ['path-v1:Open edX/2+Путь 1+run+group', 'path'],
    ['course-v1:OpenedX+DemoX', null],
    ['course-v1:OpenedX+DemoX+Demo+more', null],
    ['course-v1:Opened X+DemoX+Demo', null],
    ['course-v1:OpenedX+Demo/X+Demo', null],
    ['course-v1:OpenedX+DemoX+Demo\n', null],
    ['Course-v1:OpenedX+DemoX+Demo', null],
    ['ccx-v1:OpenedX+DemoX+Demo', null],
    ['ccx-v1:OpenedX+DemoX+Demo+ccx@', null],
    ['path-v1:a+b+c', null],
    ['path-v1:a+b+c+d+e', null],
    ['path-v1:a+b++d', null],
    [`path-v1:${'a'.repeat(250)}+b+c+d`, null],
    ['lp:a:b', null],
    ['', null],
  ];
  for (const [key, kind] of kinds) {
    it(`${JSON.stringify(key.length > 60 ? `${key.slice(0, 30)}...` : key)} is ${kind === null ? 'none' : `of a ${kind}`}`, () => {
      expect(contextKind(key)).to.equal(kind);
    });
  }

  it('is refused with the forms there are', () => {
    expect(() => assertContextKey('Org/Course/Run')).to.throw(
      'the context key is not one of course-v1:org+course+run, ccx-v1:org+course+run+ccx@1 or path-v1:org+number+run+group; copy it from the address of the course',
    );
  });
});
