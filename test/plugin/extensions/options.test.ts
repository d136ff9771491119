import { expect } from 'chai';
import fc from 'fast-check';
import { InputError } from '../../../plugin/errors.ts';
import { mergeOptions, type OptionSchema, readOptions } from '../../../plugin/extensions/options.ts';

const schema: OptionSchema = [
  { name: 'template', type: 'text', default: null, required: true, doc: 'Slug of the template.' },
  { name: 'share', type: 'number', default: 0.9, min: 0, max: 1, unit: 'share', doc: 'Required share.' },
  { name: 'loud', type: 'boolean', default: false, doc: 'In capitals.' },
  { name: 'align', type: 'choice', choices: ['left', 'right'], default: 'left', doc: 'Where.' },
  {
    name: 'colour',
    type: 'text',
    default: '#000',
    pattern: { expression: /^#[0-9a-f]{3}$/, says: 'must be a colour like #333' },
    doc: 'Colour.',
  },
  {
    name: 'elements',
    type: 'map',
    doc: 'Texts.',
    known: [
      {
        name: 'name',
        type: 'record',
        switchable: true,
        doc: 'The name.',
        fields: [{ name: 'size', type: 'number', default: null, min: 1, max: 99, unit: 'pt', doc: 'Size.' }],
      },
    ],
    values: {
      name: '*',
      type: 'record',
      doc: 'Your own.',
      fields: [{ name: 'text', type: 'text', default: null, required: true, doc: 'What to write.' }],
    },
  },
];

function problem(options: Record<string, unknown>): string {
  try {
    readOptions(schema, options);
  } catch (error) {
    if (error instanceof InputError && error.code === 'input.options') return error.message;
    throw error;
  }
  return 'accepted';
}

describe('reading options', () => {
  it('fills in the defaults at every level', () => {
    expect(readOptions(schema, { template: 'a' })).to.deep.equal({
      template: 'a',
      share: 0.9,
      loud: false,
      align: 'left',
      colour: '#000',
      elements: { name: { size: null } },
    });
  });

  it('keeps what is given', () => {
    const given = {
      template: 'a',
      share: 0,
      loud: true,
      align: 'right',
      colour: '#abc',
      elements: { name: false, motto: { text: 'x' } },
    };
    expect(readOptions(schema, given)).to.deep.equal(given);
  });

  it('L6: refuses a misspelt option and says what was meant', () => {
    expect(problem({ template: 'a', shre: 0.5 })).to.equal(
      'the options cannot be used: there is no option "shre"; did you mean "share"?',
    );
  });

  it('L6: refuses an unknown option and says what there is', () => {
    expect(problem({ template: 'a', zzzzzzzz: 1 })).to.equal(
      'the options cannot be used: there is no option "zzzzzzzz"; there are template, share, loud, align, colour, elements',
    );
  });

  it('L6: takes a misspelt key among free ones for what it must be', () => {
    expect(problem({ template: 'a', elements: { nmae: { size: 3 } } })).to.equal(
      'the options cannot be used: there is no option "elements.nmae"; did you mean "name"?',
    );
    expect(problem({ template: 'a', elements: { motto: { txt: 'x' } } })).to.equal(
      'the options cannot be used: "elements.motto.text" is required: What to write.; there is no option "elements.motto.txt"; did you mean "text"?',
    );
  });

  it('lists every problem at once', () => {
    expect(problem({ share: 2, loud: 'yes', align: 'up', colour: 'red', elements: { name: { size: 0 } } })).to.equal(
      'the options cannot be used: "template" is required: Slug of the template.; "share" must be a number from 0 to 1 (share); ' +
        '"loud" must be true or false; "align" must be one of left, right; "colour" must be a colour like #333; ' +
        '"elements.name.size" must be a number from 1 to 99 (pt)',
    );
    expect(problem({ template: 1, elements: [] })).to.equal(
      'the options cannot be used: "template" must be a text of at most 10000 characters; "elements" must be an object',
    );
    expect(problem({ template: 'a', elements: { name: true } })).to.equal(
      'the options cannot be used: "elements.name" must be an object or false',
    );
  });

  it('throws nothing but InputError, whatever it is given', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (options) => {
        expect(problem(options)).to.be.a('string');
      }),
    );
  });
});

describe('merging options', () => {
  it('goes into objects and replaces everything else', () => {
    expect(
      mergeOptions(
        { a: { b: 1, c: { d: 2 } }, list: [1, 2], e: { f: 1 }, g: false },
        { a: { c: { d: 3, x: 4 } }, list: [3], e: false, g: { h: 1 } },
      ),
    ).to.deep.equal({ a: { b: 1, c: { d: 3, x: 4 } }, list: [3], e: false, g: { h: 1 } });
  });

  it('leaves both of its arguments as they were', () => {
    const base = { a: { b: 1 } };
    const over = { a: { c: 2 } };
    mergeOptions(base, over);
    expect([base, over]).to.deep.equal([{ a: { b: 1 } }, { a: { c: 2 } }]);
  });

  it('takes "__proto__" for a key like any other', () => {
    const merged = mergeOptions({ a: 1 }, JSON.parse('{"__proto__": {"polluted": true}}'));
    expect(Object.keys(merged)).to.deep.equal(['a', '__proto__']);
    expect(({} as Record<string, unknown>).polluted).to.equal(undefined);
    expect(problem(JSON.parse('{"template": "a", "__proto__": {"share": 2}}'))).to.match(
      /there is no option "__proto__"/,
    );
  });

  it('is neutral with nothing on either side', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (options) => {
        expect(mergeOptions({}, options)).to.deep.equal({ ...options });
        expect(mergeOptions(options, {})).to.deep.equal({ ...options });
        expect(mergeOptions(options, options)).to.deep.equal({ ...options });
      }),
    );
  });
});
