import { expect } from 'chai';
import { withSiteDefaults } from '../../../plugin/extensions/options.ts';
import { pdfOptions } from '../../../providers/index.ts';
import { optionNodes } from '../../../server/http/forms/option-view.ts';
import { makeSite, textOf } from '../../support/web.ts';

const writing = { nameStyle: 'uppercase', dateStyle: 'd MMMM yyyy', dateLanguage: 'uk' };

describe('the page of names and dates', () => {
  it('shows what holds for the site, in many languages and in their direction', async () => {
    const viewer = await makeSite({ settings: { writing } }).signIn('viewer');
    const { text } = await viewer.get('/names-and-dates').expect(200);
    expect(textOf(text)).to.contain(
      'LAUREL_NAME_STYLE uppercase LAUREL_DATE_STYLE d MMMM yyyy LAUREL_DATE_LANGUAGE uk',
    );
    expect(text).to.contain('<bdi lang="uk" dir="ltr">5 березня 2026</bdi>');
    expect(text).to.contain('<bdi lang="ar" dir="rtl">5 مارس 2026</bdi>');
    expect(textOf(text)).to.contain('Ada Lovelace Марія Шевченко Ludwig van Beethoven');
  });

  it("tries a style and a language of one's own", async () => {
    const viewer = await makeSite().signIn('viewer');
    const { text } = await viewer.get("/names-and-dates?style=d+'de'+MMMM+'de'+yyyy&dateLanguage=pt-BR").expect(200);
    expect(text).to.contain('<bdi lang="pt-BR" dir="ltr">5 de março de 2026</bdi>');
  });

  it('takes a language with digits of its own', async () => {
    const viewer = await makeSite().signIn('viewer');
    const { text } = await viewer.get('/names-and-dates?style=dd.MM.yyyy&dateLanguage=en-u-nu-arab').expect(200);
    expect(text).to.contain('<bdi lang="en-u-nu-arab" dir="ltr">٠٥.٠٣.٢٠٢٦</bdi>');
    for (const odd of ['x', 'i-klingon', '%00', 'en-', 'root', 'und'])
      expect((await viewer.get(`/names-and-dates?dateLanguage=${odd}`)).status, odd).to.be.oneOf([200, 422]);
  });

  it('says at the fields what is wrong and where', async () => {
    const viewer = await makeSite().signIn('viewer');
    const { text } = await viewer.get('/names-and-dates?style=dd+YYYY&dateLanguage=zz_').expect(422);
    expect(textOf(text)).to.contain('The style has "YYYY" at character 4, which means nothing; did you mean "yyyy"?');
    expect(textOf(text)).to.contain('"zz_" is no language; write its tag, such as uk or pt-BR');
    expect(text).to.contain('href="#style"').and.to.contain('value="dd YYYY"');
  });
});

describe('a field of the options that the site has a default for', () => {
  const schema = withSiteDefaults(pdfOptions, { date_style: { value: 'iso', setting: 'LAUREL_DATE_STYLE' } });
  const hintOf = (below: Record<string, unknown> | null) => {
    const { nodes } = optionNodes(schema, new Map(), below);
    const found = nodes.find(({ id }) => id === 'o.date_style');
    if (found?.control !== 'text') throw new Error('there is no such field');
    return found;
  };

  it('says where the value comes from that it inherits, and offers the styles', () => {
    expect(hintOf(null).hint).to.match(/Empty means iso, which LAUREL_DATE_STYLE says for the whole site\.$/);
    expect(hintOf({ date_style: 'short' }).hint).to.match(/Empty means short\.$/);
    expect(hintOf(null)).to.deep.include({
      list: 'o.date_style-offered',
      offers: ['full', 'long', 'medium', 'short', 'iso'],
    });
  });
});
