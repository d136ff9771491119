import { expect } from 'chai';
import { parse, printFile } from '../../../dsl/index.ts';
import { sourcesOf } from '../../../plugin/badges/badge-source.ts';
import { switchedSource } from '../../../plugin/badges/badge-text.ts';

const badge = (id: string, inside = '') => `badge "${id}" {${inside}\n  requirement r {\n    on x.y\n  }\n}\n`;
const test = (id: string) => `test "of ${id}" {\n  badge "${id}"\n  expect not awarded\n}\n`;
const split = (text: string) => Object.fromEntries(sourcesOf(parse(text).file).map(({ id, source }) => [id, source]));

describe('the sources of badges', () => {
  it('are each badge with its tests, in the order of the file', () => {
    expect(split(`${test('a')}\n${badge('b')}\n${badge('a')}\n${test('b')}`)).to.deep.equal({
      b: `${badge('b')}\n${test('b')}`,
      a: `${test('a')}\n${badge('a')}`,
    });
  });

  it('keep comments with the block they stand above, in or behind', () => {
    const text = `# licence\n\n# of a\n${badge('a', ' # header')}# of b\n${badge('b').trimEnd()} # behind b\n# of the test\n${test('a')}`;
    expect(split(text)).to.deep.equal({
      a: `# licence\n\n# of a\n${badge('a', ' # header')}\n# of the test\n${test('a')}`,
      b: `# of b\n${badge('b').trimEnd()} # behind b\n`,
    });
  });

  it('move comments below the last block above it, where no neighbour can take them', () => {
    const { a } = split(`${badge('a')}\n# the end\n`);
    expect(a).to.equal(`# the end\n${badge('a')}`);
    expect(split(`${badge('a')}\n${test('a')}# one\n\n# two\n`).a).to.equal(
      `${badge('a')}\n# one\n\n# two\n${test('a')}`,
    );
    expect(split(a as string).a).to.equal(a);
  });

  it('stay as they are when printed anew', () => {
    const { a = '' } = split(
      `  badge "a" {active true requirement r{on x.y}}# c\n test "t" { badge "a" expect progress 0 } `,
    );
    expect(printFile(parse(a).file)).to.equal(a);
  });
});

describe('switching a badge on or off', () => {
  const source = (active: string) =>
    `# above\nbadge "a" { # header\n  name "A"${active}\n\n  requirement r {\n    on x.y # why\n  }\n}\n\n# of the test\n${test('a')}`;

  it('keeps comments and tests', () => {
    const on = source('\n  active true # for now').replace('name "A"', 'name   "A"');
    expect(switchedSource(on, false)).to.equal(on.replace('active true', 'active false'));
    expect(switchedSource(on, true)).to.equal(on);
  });

  it('adds the clause where there is none', () => {
    expect(switchedSource(source(''), true)).to.equal(source('\n  active true').replace('name "A"', 'name   "A"'));
  });

  it('does nothing to what cannot be read', () => {
    expect(switchedSource('badge "a" {', true)).to.equal(null);
    expect(switchedSource('', true)).to.equal(null);
  });
});
