import { expect } from 'chai';
import fc from 'fast-check';
import { english } from '../../../../plugin/words.ts';
import { completionsAndGrades, pdfOptions } from '../../../../providers/index.ts';
import { optionFields, readFields, sentFields } from '../../../../server/http/forms/option-form.ts';
import { optionNodes } from '../../../../server/http/forms/option-view.ts';

const schema = [...completionsAndGrades.options, ...pdfOptions];

describe('options as fields', () => {
  it('come back as they were', () => {
    for (const options of [
      {},
      { template: 'a', encrypt: false, date_style: 'iso', defaults: { size: 12.5, uppercase: true } },
      { text_elements: { name: false, date: {}, context: { text: 'a\nb' }, mine: { text: ' x ', y: 0 } } },
      { required_grades: { 'final exam': 0.5, 'a.b $1': 0 } },
      { steps: { 'course-v1:A+B+C': { required_grades: { total: 0.4 } }, 'course-v1:A+B+D': {} } },
      JSON.parse('{"images": {"__proto__": {"asset": "a"}}}') as Record<string, unknown>,
    ]) {
      const fields = optionFields(schema, options);
      expect(fields, JSON.stringify(options)).to.not.equal(null);
      expect(readFields(schema, fields ?? new Map())).to.deep.equal({ options, errors: [] });
    }
  });

  it('are not shown as fields where something would be lost', () => {
    for (const options of [
      { temlate: 'a' },
      { template: null },
      { author: '' },
      { author: '\nx' },
      { encrypt: 'yes' },
      { defaults: {} },
      { images: [] },
      { text_elements: { ' x': { text: 'x', y: 1 } } },
      { name_style: 'odd' },
    ])
      expect(optionFields(schema, options), JSON.stringify(options)).to.equal(null);
  });

  it('never lose anything, whatever is in them', () => {
    const options = fc.dictionary(
      fc.constantFrom(...schema.map(({ name }) => name), 'other'),
      fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.parse(JSON.stringify(value)) as unknown),
    );
    fc.assert(
      fc.property(options, (given) => {
        const plain = JSON.parse(JSON.stringify(given)) as Record<string, unknown>;
        const fields = optionFields(schema, plain);
        if (fields !== null) expect(readFields(schema, fields).options).to.deep.equal(plain);
      }),
    );
  });

  it('say what is wrong with the names of entries', () => {
    const fields = sentFields({
      'o.required_grades.0.$key': 'total',
      'o.required_grades.0': '0.5',
      'o.required_grades.1.$key': 'total',
      'o.required_grades.1': '0.6',
      'o.required_grades.2.$key': 'exam',
      'o.required_grades.2': '',
      'o.required_grades.3.$key': '',
      'o.required_grades.3.$was': 'removed',
      'o.required_grades.3': '1',
      'o.required_grades.4.$key': '',
      'o.required_grades.4': '0.7',
      'o.required_grades.5.$key': '',
      'o.required_grades.5': '',
    });
    const { errors } = readFields(schema, fields);
    expect(errors.map(({ field, message }) => ({ field, message: english(message) }))).to.deep.equal([
      {
        field: 'o.required_grades.1.$key',
        message: 'There is an entry "total" already; give this one another name, or empty it to remove it.',
      },
      { field: 'o.required_grades.2', message: 'Enter a value for "exam", or empty its name to remove it.' },
      { field: 'o.required_grades.4.$key', message: 'Give this entry a name, or empty its fields.' },
    ]);
  });

  it('have a field each, which stands where a mistake is said', () => {
    const fields = sentFields({ 'o.text_elements.0.$key': 'mine', 'o.text_elements.0.y': '3' });
    const { fieldOf, nodes } = optionNodes(schema, fields, null);
    expect(nodes.map(({ id }) => id)).to.deep.equal(schema.map(({ name }) => `o.${name}`));
    expect(fieldOf.get('text_elements.mine')).to.equal('o.text_elements.0.$key');
    expect(fieldOf.get('text_elements.mine.y')).to.equal('o.text_elements.0.y');
    expect(fieldOf.get('text_elements.name')).to.equal('o.text_elements.name.$on');
  });

  it('are labelled in words, with their unit', () => {
    const labels = optionNodes(schema, new Map(), null).nodes.map(({ label }) => label);
    expect(labels).to.include.members(['Required completion (share of the course)', 'Template multiline', 'QR codes']);
    expect(labels.join()).not.to.include('_');
    const elements = optionNodes(schema, new Map(), null).nodes.find(({ id }) => id === 'o.text_elements');
    expect(elements && 'nodes' in elements ? elements.nodes.map(({ label }) => label) : []).to.include.members([
      'name',
    ]);
  });

  it('offer the assets of the kind that an option names', () => {
    const listOf = (name: string) => {
      const found = optionNodes(schema, new Map(), null).nodes.find(({ id }) => id === `o.${name}`);
      return found && 'list' in found ? found.list : null;
    };
    expect(['template', 'template_multiline', 'title'].map(listOf)).to.deep.equal([
      'assets-pdf-template',
      'assets-pdf-template',
      null,
    ]);
  });
});
