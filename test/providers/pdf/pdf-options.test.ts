import { expect } from 'chai';
import { readOptions } from '../../../plugin/extensions/options.ts';
import { textElements } from '../../../providers/pdf/elements.ts';
import { checkPdfOptions, pdfAssets, pdfOptions } from '../../../providers/pdf/pdf-options.ts';
import { fillPlaceholders, formatIssueDate } from '../../../providers/pdf/placeholders.ts';

const read = (options: Record<string, unknown>) => readOptions(pdfOptions, { template: 'a', ...options });
const element = (options: Record<string, unknown>, name = 'name') =>
  textElements(read(options)).find((candidate) => candidate.name === name);

describe('the options of the pdf generation function', () => {
  it('have the three elements of the reference system where nothing is said', () => {
    const common = {
      xPt: null,
      align: 'center',
      fonts: [],
      color: '#000000',
      charSpacePt: 0,
      uppercase: false,
      lineHeight: 1.1,
      link: null,
      maxLines: 3,
    };
    expect(textElements(read({}))).to.deep.equal([
      { ...common, name: 'name', text: '{name}', yPt: 290, sizePt: 32, minSizePt: 19.2 },
      { ...common, name: 'context', text: '{context_name}', yPt: 220, sizePt: 28, minSizePt: 16.8 },
      { ...common, name: 'date', text: '{issue_date}', yPt: 120, sizePt: 12, minSizePt: 7.199999999999999 },
    ]);
  });

  it('L1: global defaults style every element but do not overwrite what an element has of its own', () => {
    const options = {
      defaults: { size: 12, color: '#abc', uppercase: true },
      text_elements: { name: { color: '#123' } },
    };
    expect(element(options)).to.include({ sizePt: 32, color: '#123', uppercase: true });
    expect(element(options, 'context')).to.include({ sizePt: 28, color: '#abc' });
    expect(element({ ...options, text_elements: { name: { size: 40, uppercase: false } } })).to.include({
      sizePt: 40,
      uppercase: false,
    });
  });

  it('let an element be switched off and others be added', () => {
    const options = { defaults: { size: 9 }, text_elements: { date: false, motto: { text: 'Sapere aude', y: 50 } } };
    expect(textElements(read(options)).map(({ name }) => name)).to.deep.equal(['name', 'context', 'motto']);
    expect(element(options, 'motto')).to.include({ text: 'Sapere aude', yPt: 50, sizePt: 9 });
  });

  it('tell which assets they need, each once', () => {
    const text_elements = { name: { font: 'serif' }, context: { font: 'serif' }, date: { font: 'sans' } };
    expect(pdfAssets(read({ template_multiline: 'b', text_elements }))).to.deep.equal([
      { slug: 'a', kind: 'pdf-template' },
      { slug: 'b', kind: 'pdf-template' },
      { slug: 'serif', kind: 'font' },
      { slug: 'sans', kind: 'font' },
    ]);
    const more = { defaults: { font: 'serif, sans' }, images: { seal: { asset: 'gold' }, old: false } };
    expect(pdfAssets(read(more))).to.deep.equal([
      { slug: 'a', kind: 'pdf-template' },
      { slug: 'serif', kind: 'font' },
      { slug: 'sans', kind: 'font' },
      { slug: 'gold', kind: 'image' },
    ]);
    expect(pdfAssets(read({}))).to.deep.equal([{ slug: 'a', kind: 'pdf-template' }]);
  });

  it('L6: name a misspelt option', () => {
    expect(() => read({ text_elements: { name: { colour: '#000' } } })).to.throw(
      'the options cannot be used: there is no option "text_elements.name.colour"; did you mean "color"?',
    );
    expect(() => read({ text_elements: { contxt: { size: 3 } } })).to.throw('did you mean "context"?');
  });

  it('L6: name a misspelt option of an image and of a QR code', () => {
    expect(() => read({ images: { seal: { asset: 'gold', widht: 3 } } })).to.throw(
      'there is no option "images.seal.widht"; did you mean "width"?',
    );
    expect(() => read({ qr_codes: { v: { siez: 90 } } })).to.throw('did you mean "size"?');
    expect(() => read({ images: { seal: {} } })).to.throw(
      '"images.seal.asset" is required: Slug of an image asset, PNG or JPEG.',
    );
    expect(() => read({ qrcodes: {} })).to.throw('there is no option "qrcodes"; did you mean "qr_codes"?');
  });

  it('take a font, or several with commas', () => {
    expect(element({ defaults: { font: 'serif,noto-sans-sc' } })?.fonts).to.deep.equal(['serif', 'noto-sans-sc']);
    expect(() => read({ defaults: { font: 'Serif Bold' } })).to.throw(
      '"defaults.font" must be the slug of an asset, or several with commas between',
    );
  });

  it('let a text lead to the web only', () => {
    const check = (link: string) => () => checkPdfOptions(read({ text_elements: { name: { link } } }));
    expect(check('{verify_url}')).not.to.throw();
    expect(check('mailto:{name}@example.org')).not.to.throw();
    for (const link of ['javascript:alert(1)', 'file:///etc/passwd', '{name}', '']) {
      expect(check(link), link).to.throw(
        '"text_elements.name.link" must be an address that begins with http://, https:// or mailto:',
      );
    }
  });

  it('want to know where an element of your own goes', () => {
    expect(() => checkPdfOptions(read({ text_elements: { motto: { text: 'x' } } }))).to.throw(
      '"text_elements.motto.y" is required: Height of the first line.',
    );
  });

  it('name an unknown placeholder, a lone brace and an unknown time zone before anything is generated', () => {
    const check = (text: string) => () => checkPdfOptions(read({ text_elements: { name: { text } } }));
    expect(check('{nam}')).to.throw('there is no placeholder {nam}; did you mean {name}?');
    expect(check('{zzzzzz}')).to.throw(
      'there is no placeholder {zzzzzz}; there are {name}, {context_name}, {issue_date}, {verify_uuid}, {verify_url}',
    );
    expect(check('a } b')).to.throw('a single "}" must be doubled to stand for itself');
    expect(check('{{ok}} {name}')).not.to.throw();
    expect(() => checkPdfOptions(read({ time_zone: 'Europe/Atlantis' }))).to.throw(
      '"time_zone" must be a zone like Europe/Kyiv and "language" a tag like en; "Europe/Atlantis" with "en" is not known',
    );
  });

  it('fill placeholders once: a name that looks like one stays as it is', () => {
    expect(fillPlaceholders('{name}: {{{verify_uuid}}}', (name) => (name === 'name' ? '{verify_uuid}' : '7'))).to.equal(
      '{verify_uuid}: {7}',
    );
  });

  it('write the date in the chosen style, language and time zone', () => {
    const at = new Date('2026-02-28T23:30:00Z');
    const write = (options: Record<string, unknown>) => formatIssueDate(at, read(options));
    expect(write({})).to.equal('February 28, 2026');
    expect(write({ time_zone: 'Europe/Kyiv' })).to.equal('March 1, 2026');
    expect(write({ date_style: 'iso', time_zone: 'Asia/Tokyo' })).to.equal('2026-03-01');
    expect(write({ language: 'pt-BR' })).to.equal('28 de fevereiro de 2026');
    expect(write({ language: 'de', date_style: 'short' })).to.equal('28.02.26');
  });
});
