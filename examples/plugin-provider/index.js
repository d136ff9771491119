/** A badge provider in a package of its own: a roll of honour that speaks JSON over HTTP.
 *
 *  Its API, as far as it is used here: `GET me` says whose key it is; `GET templates` lists the templates; `PUT badges/<uuid>`
 *  issues a badge under our uuid, as often as it is asked; `GET badges/<uuid>` gives it; `POST badges/<uuid>/revocation`
 *  takes it back.
 *
 *  @import { BadgeProvider, OpenAccount } from '../../plugin/ports/badge-provider.ts'
 *  @import { PluginHost, PluginProviderParts } from '../../plugin/extensions/plugin-host.ts' */

/** What a rule writes after `template`. */
const WORD = 'board';

/** @param {PluginHost} host */
export function register({ addProvider, errors }) {
  addProvider(WORD, (parts) => createBoardProvider(parts, errors));
}

/** Where the board is: a setting of this package, not of Laurel. */
const DEFAULT_URL = 'https://board.example.org/api/';

/** @param {PluginProviderParts} parts
 *  @param {PluginHost['errors']} errors
 *  @returns {BadgeProvider} */
function createBoardProvider({ accounts, connect }, { ProviderError }) {
  const url = process.env.BOARD_URL ?? DEFAULT_URL;

  /** The client of one account, for one use. @param {OpenAccount} account */
  const board = ({ secret }) =>
    connect({ baseUrl: url, peer: 'The board', headers: { authorization: `Bearer ${secret}` } });

  /** Nothing that comes over a wire is believed. @param {unknown} data @param {string} name */
  function textOf(data, name) {
    const value = typeof data === 'object' && data !== null ? Reflect.get(data, name) : undefined;
    if (typeof value === 'string' && value !== '') return value;
    throw new ProviderError(
      'unexpected-reply',
      `The board answers without "${name}"; ask its operator what has changed`,
    );
  }

  /** @param {unknown} data */
  function issued(data) {
    return { externalId: textOf(data, 'id'), state: textOf(data, 'state'), url: textOf(data, 'url') };
  }

  /** @param {unknown} data */
  const templateOf = (data) => ({
    id: textOf(data, 'id'),
    name: textOf(data, 'name'),
    description: textOf(data, 'description'),
    imageUrl: null,
    state: /** @type {const} */ ('active'),
    dashboardUrl: null,
    details: {},
  });

  return {
    name: WORD,
    title: 'Board',
    capabilities: {
      synchronises: true,
      createsTemplates: false,
      revocation: 'revoke',
      findsIssued: true,
      listsIssued: false,
      webhooks: false,
      accounts: {
        noun: 'board',
        hosts: [{ name: 'production', title: 'Production', url }],
        externalId: null,
        secret: { label: 'API key', help: 'The operator of the board gives it to you.' },
        rotates: true,
      },
    },

    template: (templateText) =>
      accounts.find(WORD, templateText).then((known) => known && { ...known, id: known.templateId }),

    async checkAccount(account) {
      const { data } = await board(account).call({ method: 'GET', path: 'me' });
      return { name: textOf(data, 'name'), secretExpiresAt: new Date(textOf(data, 'expires')), notes: [] };
    },

    async rotateSecret(account) {
      const { data } = await board(account).call({ method: 'POST', path: 'key' });
      return { secret: textOf(data, 'key'), expiresAt: new Date(textOf(data, 'expires')) };
    },

    async *listTemplates(account) {
      const { data } = await board(account).call({ method: 'GET', path: 'templates' });
      if (!Array.isArray(data)) throw new ProviderError('unexpected-reply', 'The board lists no templates');
      for (const one of data) yield templateOf(one);
    },

    async award({ uuid, templateId, badgeName, awardedAt, recipient }) {
      const { account, template } = await accounts.resolve(WORD, templateId);
      const body = { template: template.templateId, badge: badgeName, name: recipient.name, awardedAt };
      // The same under the same uuid: to repeat it after a lost answer is safe.
      const { data } = await board(account).call({ method: 'PUT', path: `badges/${uuid}`, body, repeatable: true });
      return issued(data);
    },

    async findIssued({ uuid, templateId }) {
      const { account } = await accounts.resolveIssued(WORD, templateId);
      const { status, data } = await board(account).call({ method: 'GET', path: `badges/${uuid}`, accept: [404] });
      return status === 404 ? null : issued(data);
    },

    async revoke({ uuid, templateId, reason }) {
      const { account } = await accounts.resolveIssued(WORD, templateId);
      const path = `badges/${uuid}/revocation`;
      const { data } = await board(account).call({ method: 'POST', path, body: { reason }, repeatable: true });
      return issued(data);
    },
  };
}
