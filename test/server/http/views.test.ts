import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { projectPath } from '../../../server/paths.ts';

/** By address, and without a word inside. */
const OUR_SCRIPT = /<script type="module" src=""( data-vocabulary="")?><\/script>/;

/** @returns what a view must not hold, in words */
function faultsOf(view: string): readonly string[] {
  const markup = view.replace(/<%[\s\S]*?%>/g, '');
  return [
    ...(/<%-(?!\s*include\()/.test(view) ? ['unescaped output other than include('] : []),
    ...(/<script(?! src="\/assets\/[\w./-]+" defer><\/script>)/i.test(markup.replace(OUR_SCRIPT, ''))
      ? ['a script that is not our own file']
      : []),
    ...(/<style/i.test(markup) ? ['a style element'] : []),
    ...(/\sstyle\s*=/i.test(markup) ? ['a style attribute'] : []),
    ...(/\son[a-z]+\s*=/i.test(markup) ? ['an event handler attribute'] : []),
    ...(/javascript:/i.test(view) ? ['a javascript: address'] : []),
  ];
}

function postFormsOf(view: string): readonly string[] {
  return view.match(/<form[^>]*method="post"[\s\S]*?<\/form>/g) ?? [];
}

/** Left and right, which are the other way round in Arabic. */
const SIDES =
  /(?:^|[\s;])(?:(?:margin|padding|border)-)?(?:left|right)(?:-\w+)?:|(?:text-align|float):\s*(?:left|right)/;

/** Forms for people without a session, that keep and change nothing. */
const ASKS_ONLY = /^<form method="post" action="(\/verify|<%= model\.askAction %>)"/;

const views = ['pages', 'partials'].flatMap((folder) =>
  readdirSync(projectPath('views', folder)).map((file) => join(folder, file)),
);

describe('views', () => {
  for (const path of views) {
    const view = readFileSync(projectPath('views', path), 'utf8');
    it(`${path} holds no inline code and no unescaped output`, () => {
      expect(faultsOf(view)).to.deep.equal([]);
    });
    it(`${path} puts the token into every form that changes something`, () => {
      for (const form of postFormsOf(view).filter((one) => !ASKS_ONLY.test(one)))
        expect(form).to.include('name="_csrf" value="<%= page.csrfToken %>"');
    });
  }

  it('are laid out by reading direction, save where a picture is measured', () => {
    const styles = readdirSync(projectPath('views', 'styles'));
    const sheet = styles
      .map((file) => readFileSync(projectPath('views', 'styles', file), 'utf8'))
      .join('\n')
      .replace(/\/\*[\s\S]*?\*\//g, '');
    const sided = [...sheet.matchAll(/([^{}]+)\{([^{}]*)\}/g)].filter(
      ([, selector = '', rules = '']) => !selector.includes('designer') && SIDES.test(rules),
    );
    expect(sided.map(([rule]) => rule.trim())).to.deep.equal([]);
  });

  it('would be caught with any of these', () => {
    expect(faultsOf('<%- user.name %>')).to.deep.equal(['unescaped output other than include(']);
    expect(faultsOf('<script src="/assets/x.js" defer></script>')).to.deep.equal([]);
    expect(faultsOf('<script src="//x.org/assets/x.js" defer></script>')).to.deep.equal([
      'a script that is not our own file',
    ]);
    expect(faultsOf('<script>x()</script>')).to.deep.equal(['a script that is not our own file']);
    expect(faultsOf('<script type="module" src="" data-vocabulary="">x()</script>')).to.deep.equal([
      'a script that is not our own file',
    ]);
    expect(faultsOf('<script type="module" src="<%= model.script %>"></script>')).to.deep.equal([]);
    expect(faultsOf('<script type="module" src="/x.js"></script>')).to.deep.equal([
      'a script that is not our own file',
    ]);
    expect(faultsOf('<style>p{}</style>')).to.deep.equal(['a style element']);
    expect(faultsOf('<p style="color:red">')).to.deep.equal(['a style attribute']);
    expect(faultsOf('<a onclick="x()">')).to.deep.equal(['an event handler attribute']);
    expect(faultsOf('<a href="javascript:x()">')).to.deep.equal(['a javascript: address']);
  });
});
