import { expect } from 'chai';
import { english } from '../../../../plugin/words.ts';
import { shownTroubles } from '../../../../server/http/providers/template-troubles.ts';
import { storedTemplate } from '../../../support/credly-world.ts';
import { anAccount } from '../../../support/provider-accounts.ts';
import { makeSite } from '../../../support/web.ts';

describe('badges that cannot be issued', () => {
  it('are told of, where several accounts have the template and the rule names none, as an award would find', async () => {
    const { services } = makeSite();
    for (const slug of ['science', 'arts']) {
      await services.providerStore.saveAccount(anAccount(slug, { provider: 'hall' }));
      await services.providerStore.saveTemplate(
        storedTemplate({ accountId: `id-${slug}`, provider: 'hall', templateId: 't1' }),
      );
    }
    const shown = async (template: string) => {
      const troubles = await shownTroubles([{ id: 'x', name: 'X', active: true, template }], services);
      return troubles.map(({ message, templateHref, makeHref }) => [english(message), templateHref, makeHref]);
    };
    const title = services.providers.get('hall')?.title;
    const [[said, ...links] = []] = await shown('hall:t1');
    expect(said).to.match(
      new RegExp(
        `^several accounts at ${title} have its template "t1"; write one of these in the rule: (science/t1, arts/t1|arts/t1, science/t1)$`,
      ),
    );
    expect(links).to.deep.equal([null, null]);
    expect(await shown('hall:arts/t1')).to.deep.equal([]);
  });
});
