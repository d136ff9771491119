/** Credly's API as one organization sees it. */

import { z } from 'zod';
import { ProviderError } from '../../plugin/errors.ts';
import type { OpenAccount } from '../../plugin/ports/badge-provider.ts';
import type { HttpCall, HttpClient, HttpClientOptions, HttpReply } from '../http/client.ts';
import { explained } from './failures.ts';
import { read } from './replies.ts';

export interface ApiParts {
  /** Below which all of it lies, e.g. `https://api.credly.com/v1/`. */
  readonly baseUrl: string;
  connect(options: HttpClientOptions): HttpClient;
  /** The token is refused: to be shown with the account. */
  onRefusedToken(message: string): Promise<void>;
}

type Call = Omit<HttpCall, 'path'> & {
  /** Below the organization. */
  readonly path?: string;
};

export interface ListOptions {
  readonly path: string;
  readonly filter?: Readonly<Record<string, string>>;
  readonly mostPages: number;
  /** Who takes what is not listed for gone must have seen all of it: a list that changes on the way is refused. */
  readonly mustBeComplete: boolean;
}

const envelopeSchema = z.object({ data: z.unknown() });
const pageSchema = z.object({
  data: z.array(z.unknown()).max(500),
  metadata: z.object({
    current_page: z.int().min(1),
    total_pages: z.int().min(0),
    total_count: z.int().min(0).nullish(),
  }),
});

export class CredlyApi {
  readonly account: OpenAccount;
  readonly baseUrl: string;
  readonly #client: HttpClient;
  readonly #parts: ApiParts;

  constructor(account: OpenAccount, parts: ApiParts) {
    this.account = account;
    this.baseUrl = parts.baseUrl;
    this.#parts = parts;
    // The token is the name, the password is empty; the colon belongs to it.
    const credential = Buffer.from(`${account.secret}:`).toString('base64');
    this.#client = parts.connect({
      baseUrl: parts.baseUrl,
      peer: 'Credly',
      headers: { authorization: `Basic ${credential}` },
    });
  }

  /** What is under `data`; undefined where the answer is one of `accept` and no success. @throws ProviderError */
  async call({ path, ...call }: Call): Promise<unknown> {
    const reply = await this.#ask({ ...call, path: path === undefined ? '' : `/${path}` });
    if (reply.status >= 300) return undefined;
    return read(envelopeSchema, reply.data, 'what it was asked for').data;
  }

  /** Every page, asked for by number and with our own parameters: the links of the answers lead below another path, forget
   *  the filter, and could lead anywhere. @throws ProviderError */
  async *list({ path, filter = {}, mostPages, mustBeComplete }: ListOptions): AsyncGenerator<unknown> {
    const query = { sort: 'created_at', ...(Object.keys(filter).length > 0 && { filter: filterText(filter) }) };
    let seen = 0;
    let total: number | null = null;
    for (let page = 1, pages = 1; page <= pages; page++) {
      const { data, metadata } = await this.#page(path, { ...query, page });
      if (metadata.current_page !== page) throw unexpected(`gave page ${metadata.current_page} for page ${page}`);
      if (metadata.total_pages > mostPages) throw unexpected(`speaks of more than ${mostPages} pages`);
      const count = metadata.total_count ?? null;
      if (mustBeComplete && page > 1 && count !== total) throw changedMeanwhile();
      total = count;
      pages = metadata.total_pages;
      seen += data.length;
      yield* data;
    }
    if (mustBeComplete && total !== null && seen !== total) throw changedMeanwhile();
  }

  async #page(path: string, query: HttpCall['query']): Promise<z.output<typeof pageSchema>> {
    const { data } = await this.#ask({ method: 'GET', path: `/${path}`, query });
    return read(pageSchema, data, 'a page of a list');
  }

  /** @param path below the organization, with a slash at the start; empty: the organization itself */
  async #ask({ path, ...call }: HttpCall): Promise<HttpReply> {
    const organization = `organizations/${encodeURIComponent(this.account.externalId ?? '')}`;
    try {
      return await this.#client.call({ ...call, path: organization + path });
    } catch (error) {
      const told = explained(error, this.account);
      if (told instanceof ProviderError && told.code === 'provider.unauthorised')
        await this.#parts.onRefusedToken(told.message);
      throw told;
    }
  }
}

/** Values with a bar or a colon in them would say something else. */
export function canFilterBy(value: string): boolean {
  return value !== '' && !/[|]|::/.test(value);
}

function filterText(filter: Readonly<Record<string, string>>): string {
  return Object.entries(filter)
    .map(([key, value]) => `${key}::${value}`)
    .join('|');
}

function unexpected(what: string): ProviderError {
  return new ProviderError(
    'unexpected-reply',
    `Credly ${what}, which Laurel does not understand; nothing was changed; try again, and report this if it stays`,
  );
}

function changedMeanwhile(): ProviderError {
  return new ProviderError(
    'unavailable',
    'the list changed at Credly while it was read, so it may be incomplete; nothing was taken for gone; try again',
  );
}
