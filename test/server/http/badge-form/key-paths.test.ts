import { expect } from 'chai';
import { fieldTypeAt, keyPathsOf } from '../../../../server/http/badge-form/key-paths.ts';
import { passed } from '../../../support/dsl-harness.ts';

describe('key paths', () => {
  it('are the single values of the schema and the parts of keys, in its order', () => {
    expect(keyPathsOf(passed, new Set()).map(({ path }) => path)).to.deep.equal([
      'is_passing',
      'is_late',
      'grade',
      'score',
      'attempts',
      'mode',
      'note',
      '"template"',
      'course.course_key',
      'course.course_key.org',
      'course.course_key.course',
      'course.course_key.run',
      'course.ccx_key',
      'course.ccx_key.org',
      'course.ccx_key.course',
      'course.ccx_key.run',
      'course.ccx_key.ccx',
      'course.start',
      'user.id',
      'user.name',
    ]);
  });

  it('leave out what the settings hide, with everything below', () => {
    const paths = keyPathsOf(passed, new Set(['user', 'course.ccx_key', 'course.start'])).map(({ path }) => path);
    expect(paths.slice(-5)).to.deep.equal([
      '"template"',
      'course.course_key',
      'course.course_key.org',
      'course.course_key.course',
      'course.course_key.run',
    ]);
  });

  it('have a type, also where they are not offered', () => {
    const kind = (...names: string[]) => fieldTypeAt(passed, names)?.kind ?? null;
    expect(kind('grades', 'any key')).to.equal('number');
    expect(kind('event', 'time')).to.equal('string');
    expect(kind('course', 'ccx_key', 'ccx')).to.equal('string');
    expect(kind('course', 'course_key', 'ccx')).to.equal(null);
    expect(kind('tags', 'x')).to.equal(null);
    expect(kind('__proto__')).to.equal(null);
    expect(kind('event', 'constructor')).to.equal(null);
    expect(fieldTypeAt(null, ['is_passing'])).to.equal(null);
  });
});
