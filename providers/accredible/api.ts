/** The calls to Accredible that are used, typed; one instance for one use of one account. */

import { ProviderError } from '../../plugin/errors.ts';
import type { HttpClient, HttpReply } from '../http/client.ts';
import { refusal } from './refusals.ts';
import {
  believed,
  type Credential,
  credentialPage,
  design,
  type Group,
  groupPage,
  issuerDetails,
  type ListedCredential,
  oneCredential,
} from './replies.ts';

/** As it goes into the body. */
export type CredentialFields = Readonly<Record<string, unknown>>;

export interface AccredibleApi {
  details(): Promise<{ readonly name: string; readonly creditsLeft: number | null }>;
  groups(): AsyncIterable<Group>;
  /** Address of the picture; null: it has none. */
  designImage(id: string): Promise<string | null>;
  /** @returns null: the recipient seems to have one already, or something else was refused with 422: `refused` says what */
  create(fields: CredentialFields, personal: readonly string[], mayIssue?: () => boolean): Promise<Created>;
  /** @param id Accredible's, or the one we gave it */
  credential(id: string): Promise<Credential | null>;
  /** @returns null: there is none; @throws ProviderError `provider.refused` also for 422 */
  update(id: string, fields: CredentialFields): Promise<Credential | null>;
  /** What was not there is gone as well. */
  remove(id: string): Promise<void>;
  /** At most one page, the newest first. The index may not know yet what was created a moment ago. */
  find(query: Readonly<Record<string, unknown>>): Promise<readonly ListedCredential[]>;
  list(): AsyncIterable<ListedCredential>;
}

export type Created =
  | { readonly credential: Credential; readonly refused: null }
  | { readonly credential: null; readonly refused: ProviderError };

const PAGE_SIZE = 50;
/** Half a million groups or credentials an account, at 50 a page: more is a provider that never ends. */
const MAX_PAGES = 10_000;

export function accredibleApi(client: HttpClient): AccredibleApi {
  async function search(body: object): Promise<ReturnType<typeof credentialPage.parse>> {
    const reply = await client.call({
      method: 'POST',
      path: 'v2/credentials/search',
      body,
      repeatable: true,
      accept: [400, 404],
    });
    if (reply.status !== 200) throw refusal(reply, 'the search for credentials');
    return believed(credentialPage, reply.data, 'the search for credentials');
  }

  return {
    async details() {
      const reply = await client.call({ method: 'GET', path: 'v1/issuer/details', accept: [403, 404] });
      if (reply.status !== 200) throw refusal(reply, 'the question whose key it is');
      const { issuer } = believed(issuerDetails, reply.data, 'the question whose key it is');
      return { name: issuer.name ?? 'Accredible', creditsLeft: issuer.certificate_left ?? null };
    },

    async *groups() {
      let page: number | null = 1;
      for (let pages = 0; page !== null; pages++) {
        if (pages === MAX_PAGES) throw endless('groups');
        const reply: HttpReply = await client.call({
          method: 'POST',
          path: 'v1/issuer/groups/search',
          body: { page, page_size: PAGE_SIZE },
          repeatable: true,
          accept: [400, 403, 404, 422],
        });
        if (reply.status !== 200) throw refusal(reply, 'the list of groups');
        const { groups, meta } = believed(groupPage, reply.data, 'the list of groups');
        yield* groups;
        const next: number | null = meta.next_page ?? null;
        if (next !== null && next <= page) throw endless('groups');
        page = next;
      }
    },

    async designImage(id) {
      const path = `v1/designs/${encodeURIComponent(id)}`;
      const reply = await client.call({ method: 'GET', path, accept: [403, 404] });
      if (reply.status !== 200) return null;
      return believed(design, reply.data, 'the question for a design').design.rasterized_content_url ?? null;
    },

    async create(fields, personal, mayIssue) {
      const reply = await client.call({
        method: 'POST',
        path: 'v1/credentials',
        body: { credential: fields },
        accept: [400, 403, 404, 422],
        mayStill: mayIssue,
      });
      if (reply.status === 422) return { credential: null, refused: refusal(reply, 'the award', personal) };
      if (reply.status >= 400) throw refusal(reply, 'the award', personal);
      return { credential: believed(oneCredential, reply.data, 'an award', true).credential, refused: null };
    },

    async credential(id) {
      const path = `v1/credentials/${encodeURIComponent(id)}`;
      const reply = await client.call({ method: 'GET', path, accept: [403, 404] });
      if (reply.status === 404) return null;
      if (reply.status !== 200) throw refusal(reply, 'the question for a credential');
      return believed(oneCredential, reply.data, 'the question for a credential').credential;
    },

    async update(id, fields) {
      const reply = await client.call({
        method: 'PUT',
        path: `v1/credentials/${encodeURIComponent(id)}`,
        body: { credential: fields },
        // It says how the credential is to be, not what is to be done with it.
        repeatable: true,
        accept: [400, 403, 404, 422],
      });
      if (reply.status === 404) return null;
      if (reply.status >= 400) throw refusal(reply, 'the change of a credential');
      return believed(oneCredential, reply.data, 'the change of a credential').credential;
    },

    async remove(id) {
      const reply = await client.call({
        method: 'DELETE',
        path: `v1/credentials/${encodeURIComponent(id)}`,
        repeatable: true,
        accept: [400, 403, 404, 422],
      });
      if (reply.status >= 400 && reply.status !== 404) throw refusal(reply, 'the deletion of a credential');
    },

    async find(query) {
      return (await search({ query, sort: { id: 'desc' }, page: { from: 0, size: PAGE_SIZE } })).credentials;
    },

    async *list() {
      // `from` and `cursor` exclude each other, and `from` ends at ten thousand.
      let page: object | null = { from: 0, size: PAGE_SIZE };
      const seen = new Set<string>();
      for (let pages = 0; page !== null; pages++) {
        if (pages === MAX_PAGES) throw endless('credentials');
        const { credentials, meta }: ReturnType<typeof credentialPage.parse> = await search({
          query: {},
          sort: { id: 'asc' },
          page,
        });
        yield* credentials;
        const cursor: string | null = meta?.cursor ?? null;
        if (cursor !== null && seen.has(cursor)) throw endless('credentials');
        if (cursor !== null) seen.add(cursor);
        page = cursor === null || credentials.length === 0 ? null : { cursor, size: PAGE_SIZE };
      }
    },
  };
}

function endless(what: string): ProviderError {
  return new ProviderError(
    'unexpected-reply',
    `the list of ${what} at Accredible leads back to where it began; try again, and ask Accredible if it stays so`,
  );
}
