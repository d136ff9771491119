/** The documented examples as starting points of a new badge. */

import { readFileSync } from 'node:fs';
import { type BadgeBlock, type Name, parse, parseKey, printFile } from '../../../dsl/index.ts';
import { msg } from '../../../plugin/words.ts';
import { projectPath } from '../../paths.ts';

export interface Example {
  /** Of the file in `examples/rules`, without its ending. */
  readonly name: string;
  /** To be looked up. */
  readonly title: string;
  /** What has to be filled in, in the order of the form. */
  readonly keys: readonly ExampleKey[];
  /** In place of those of the file that speak of its courses, by id of the requirement or penalty. */
  readonly descriptions: Readonly<Record<string, string>>;
  /** The same for the ids of requirements. */
  readonly ids: Readonly<Record<string, string>>;
}

export interface ExampleKey {
  /** To be looked up. */
  readonly label: string;
  readonly kind: 'course' | 'ccx';
  /** What stands in the file in its place. */
  readonly inFile: string;
}

const DEMO = 'course-v1:OpenedX+DemoX+Demo_Course';

function key(label: string, inFile: string = DEMO): ExampleKey {
  return { label, inFile, kind: inFile.startsWith('ccx-') ? 'ccx' : 'course' };
}

export const examples: readonly Example[] = [
  example('01-any-grade-update', msg('Any grade update'), []),
  example('02-any-course', msg('Any course completed'), []),
  example('03-any-course-except-one', msg('Any course except one'), [key(msg('Course that does not count'))], {
    passed: 'Pass any course but one.',
  }),
  example(
    '04-one-course',
    msg('One specific course'),
    [key(msg('Course'))],
    {
      demo: 'Pass the course.',
      failed: 'A later regrade below the passing mark.',
    },
    { demo: 'passed' },
  ),
  example(
    '05-several-courses',
    msg('Several courses, all of them'),
    [
      key(msg('First course'), 'course-v1:AcmeX+STAT101+2026'),
      key(msg('Second course'), 'course-v1:AcmeX+PROG101+2026'),
    ],
    {},
    { statistics: 'first', programming: 'second' },
  ),
  example(
    '06-one-of-several-courses',
    msg('One of several courses'),
    [
      key(msg('One course'), 'course-v1:AcmeX+SPAN101+2026'),
      key(msg('Another course'), 'course-v1:AcmeX+FREN101+2026'),
    ],
    {},
    { spanish: 'one', french: 'another' },
  ),
  example('07-any-ccx', msg('Any custom course (CCX)'), []),
  example('08-one-ccx', msg('One specific custom course (CCX)'), [
    key(msg('Custom course'), 'ccx-v1:OpenedX+DemoX+Demo_Course+ccx@1'),
  ]),
  example('09-any-ccx-of-a-master', msg('Any custom course of a master course'), [key(msg('Master course'))]),
  example('10-any-ccx-of-a-master-except-one', msg('Any custom course of a master course, except one'), [
    key(msg('Master course')),
    key(msg('Custom course that does not count'), 'ccx-v1:OpenedX+DemoX+Demo_Course+ccx@3'),
  ]),
  example(
    '11-master-or-ccx-except-one',
    msg('A master course, or any of its custom courses except one'),
    [
      key(msg('Master course')),
      key(msg('Custom course that does not count'), 'ccx-v1:OpenedX+DemoX+Demo_Course+ccx@3'),
    ],
    { master: 'Pass the master course, or...', ccx: '...any of its custom courses but one.' },
  ),
];

function example(
  name: string,
  title: string,
  keys: readonly ExampleKey[],
  descriptions: Example['descriptions'] = {},
  ids: Example['ids'] = {},
): Example {
  return { name, title, keys, descriptions, ids };
}

/** What a person fills in. */
export interface ExampleChoices {
  readonly id: string;
  readonly name: string;
  readonly provider: string;
  /** In the order of `Example.keys`. */
  readonly keys: readonly string[];
}

/** The example's badge with these choices, inactive: its comments and tests speak of the example and stay behind. */
export function draftOf(chosen: Example, { id, name, provider, keys }: ExampleChoices): string {
  const block = blockOf(chosen);
  const replaced = new Map(chosen.keys.map(({ inFile }, index) => [inFile, keys[index] ?? '']));
  const draft = mapTexts(block, (text) => replaced.get(text) ?? text);
  const idFor = (name: Name): Name => ({ ...name, text: chosen.ids[name.text] ?? name.text });
  const describe = <Rule extends BadgeBlock['requirements'][number] | BadgeBlock['penalties'][number]>(
    rule: Rule,
  ): Rule => {
    const value = Object.hasOwn(chosen.descriptions, rule.id.text) ? chosen.descriptions[rule.id.text] : undefined;
    return value === undefined || rule.description === null
      ? rule
      : { ...rule, description: { ...rule.description, value } };
  };
  const { span } = block;
  const badge: BadgeBlock = {
    ...draft,
    id: { kind: 'text', value: id, span },
    name: { kind: 'text', value: name, span },
    template: {
      kind: 'template',
      provider: { kind: 'name', text: provider, span },
      id: { kind: 'text', value: id, span },
      span,
    },
    active: { kind: 'boolean', value: false, span },
    requirements: draft.requirements.map(describe).map((rule) => ({ ...rule, id: idFor(rule.id) })),
    penalties: draft.penalties.map(describe).map((rule) => ({ ...rule, resets: rule.resets.map(idFor) })),
  };
  return printFile({ kind: 'rule-file', blocks: [badge], comments: [], broken: [], span });
}

export function blockOf({ name }: Example): BadgeBlock {
  const text = readFileSync(projectPath('examples', 'rules', `${name}.rules`), 'utf8');
  const block = parse(text).file.blocks.find((one) => one.kind === 'badge');
  if (block === undefined) throw new Error(`examples/rules/${name}.rules holds no badge`);
  return block;
}

/** @returns a sentence; null: it is a key of the kind that is asked for */
export function whyNoKey(typed: string, { kind }: ExampleKey): string | null {
  const parts = parseKey(typed.trim());
  if (parts !== null && (kind === 'ccx') === (parts.ccx !== undefined)) return null;
  return kind === 'ccx'
    ? msg('Enter the key of a custom course, such as ccx-v1:OpenedX+DemoX+Demo_Course+ccx@1.')
    : msg('Enter the key of a course, such as course-v1:OpenedX+DemoX+Demo_Course.');
}

/** The same tree with every text literal's value replaced. */
function mapTexts<Tree>(tree: Tree, replace: (text: string) => string): Tree {
  const visit = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(visit);
    if (typeof node !== 'object' || node === null) return node;
    const copy = Object.fromEntries(Object.entries(node).map(([name, value]) => [name, visit(value)]));
    return copy.kind === 'text' && typeof copy.value === 'string' ? { ...copy, value: replace(copy.value) } : copy;
  };
  return visit(tree) as Tree;
}
