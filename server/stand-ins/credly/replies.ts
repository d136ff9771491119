/** The envelope of Credly's answers, its pages with their traps, and its errors. */

import type { FakeReply, FakeRequest } from '../fake-server.ts';

const PER_PAGE = 50;

export function one(data: unknown, status = 200): FakeReply {
  return { status, body: { data, metadata: {} } };
}

/** Fifty at a time. The links to the other pages are as the real ones are: below another path, and without the filter. */
export function page<Item>(items: readonly Item[], toJson: (item: Item) => unknown, request: FakeRequest): FakeReply {
  const wanted = Math.max(1, Math.trunc(Number(request.query.get('page') ?? 1)) || 1);
  const pages = Math.max(1, Math.ceil(items.length / PER_PAGE));
  const shown = items.slice((wanted - 1) * PER_PAGE, wanted * PER_PAGE);
  const link = (number: number): string | null =>
    number < 1 || number > pages ? null : `${request.origin}/api${request.path}?page=${number}`;
  return {
    status: 200,
    body: {
      data: shown.map(toJson),
      metadata: {
        count: shown.length,
        current_page: wanted,
        total_count: items.length,
        total_pages: pages,
        per: PER_PAGE,
        previous_page_url: link(wanted - 1),
        next_page_url: link(wanted + 1),
      },
    },
  };
}

export function refused(message: string, metadata: object | null = null): FakeReply {
  return { status: 422, body: { data: { message }, metadata } };
}

export function invalid(attribute: string, message: string): FakeReply {
  const label = attribute.charAt(0).toUpperCase() + attribute.slice(1).replaceAll('_', ' ');
  return {
    status: 422,
    body: {
      data: {
        message: `Validation failed: ${label} ${message}`,
        errors: [{ attribute, attribute_label: label, messages: [message] }],
      },
      metadata: null,
    },
  };
}

/** What no documentation shows: text, not JSON. */
export const unauthorised: FakeReply = { status: 401, body: 'HTTP Basic: Access denied.\n' };

export function forbidden(message: string): FakeReply {
  return { status: 403, body: { data: { message }, metadata: null } };
}

export const notFound: FakeReply = { status: 404, body: { data: { message: 'resource not found' }, metadata: null } };

/** `key::value|key2::value2`; a parameter of another name, such as `filters`, says nothing. */
export function filterOf({ query }: FakeRequest): ReadonlyMap<string, string> {
  const parts = (query.get('filter') ?? '').split('|').filter((part) => part.includes('::'));
  return new Map(
    parts.map((part) => {
      const place = part.indexOf('::');
      return [part.slice(0, place), part.slice(place + 2)];
    }),
  );
}
