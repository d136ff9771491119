/** The shapes of Accredible's answers, with the oddities of its documents: ids that are text here and numbers there, members
 *  that are missing in one version of a thing, page numbers that mean nothing. */

import { type AccredibleWorld, type Credential, type Group, Refusal } from './world.ts';

const PAGE_SIZE = 50;

/** As a single credential is answered: its id is text. */
export function singleCredential(credential: Credential, world: AccredibleWorld): object {
  const group = world.groups.find(({ id }) => id === credential.groupId);
  return {
    credential: {
      id: String(credential.id),
      name: group?.course_name ?? null,
      description: group?.course_description ?? null,
      approve: credential.approve,
      complete: true,
      grade: null,
      issued_on: credential.issuedOn,
      expired_on: credential.expiredOn,
      custom_attibutes: {},
      group_id: credential.groupId,
      group_name: group?.name ?? null,
      url: `https://www.credential.net/${credential.id}`,
      encoded_id: credential.encodedId,
      license_id: credential.licenseId,
      private: false,
      evidence_items: [],
      references: [],
      recipient: { ...credential.recipient, phone_number: null, meta_data: null },
      issuer: { name: 'Example University', description: null, url: 'https://example.edu', id: 4897 },
      meta_data: credential.metaData,
    },
  };
}

/** As the second version of the search lists it: flat, its id a number, without an address. */
function listedCredential(credential: Credential, world: AccredibleWorld): object {
  const group = world.groups.find(({ id }) => id === credential.groupId);
  const created = new Date(credential.createdAt).toISOString();
  return {
    id: credential.id,
    uuid: credential.uuid,
    encoded_id: credential.encodedId,
    license_id: credential.licenseId,
    name: group?.course_name ?? null,
    recipient_name: credential.recipient.name,
    recipient_email: credential.recipient.email,
    recipient_id: credential.recipient.id,
    recipient_meta_data: {},
    recipient_opened: false,
    recipient_engaged: false,
    group: { id: credential.groupId, name: group?.name ?? null, course_name: group?.course_name ?? null },
    approve: credential.approve,
    private: false,
    grade: null,
    issuer_id: 4897,
    issued_on: credential.issuedOn,
    expired_on: credential.expiredOn,
    published_on: credential.approve ? credential.issuedOn : null,
    created_at: created,
    updated_at: created,
    custom_attributes: {},
    meta_data: credential.metaData,
    seo_image: null,
  };
}

/** `current_page` is always the first: only `next_page` can be relied on. */
export function groupPage(groups: readonly Group[], page: number, size = PAGE_SIZE): object {
  const total = Math.max(1, Math.ceil(groups.length / size));
  return {
    groups: groups.slice((page - 1) * size, page * size).map(({ allow_duplicate_credentials: _, ...group }) => ({
      ...group,
      course_link: null,
      language: 'en',
      learning_outcomes: null,
      design_id: group.primary_design_id,
      blockchain: false,
      meta_data: null,
      created_at: '2016-08-29T06:14:18.000Z',
      updated_at: '2016-08-29T07:03:25.000Z',
    })),
    meta: {
      current_page: 1,
      next_page: page < total ? page + 1 : null,
      prev_page: null,
      total_pages: total,
      total_count: groups.length,
    },
  };
}

const FIELDS: Readonly<Record<string, (credential: Credential) => unknown>> = {
  uuid: ({ uuid }) => uuid,
  'group.id': ({ groupId }) => groupId,
  recipient_email: ({ recipient }) => recipient.email,
  recipient_id: ({ recipient }) => recipient.id,
  license_id: ({ licenseId }) => licenseId,
  approve: ({ approve }) => approve,
  meta_data: ({ metaData }) => metaData,
};

/** The second version of the search: by offset up to a bound, by cursor beyond. */
export function searchPage(
  body: unknown,
  visible: readonly Credential[],
  world: AccredibleWorld,
  searchableByOffset: number,
): object {
  const { query = {}, sort = {}, page = {} } = body as Record<string, Record<string, unknown>>;
  const order = Object.entries(sort).map(([key, direction]) => `${key} ${direction}`);
  if (order.some((one) => !['id asc', 'id desc'].includes(one)))
    throw badSearch(`Sort order ${order} is not supported`);
  if (page.from !== undefined && page.cursor !== undefined) throw badSearch('from and cursor exclude each other');
  const from = Number(page.from ?? 0);
  const size = Number(page.size ?? PAGE_SIZE);
  if (from + size > searchableByOffset) throw badSearch(`Use cursor beyond the first ${searchableByOffset} results`);
  const sign = order[0] === 'id desc' ? -1 : 1;
  const matching = visible
    .filter((credential) => Object.entries(query).every(([key, value]) => matches(credential, key, value)))
    .toSorted((a, b) => sign * (a.id - b.id));
  const start = typeof page.cursor === 'string' ? behind(matching, page.cursor) : from;
  const found = matching.slice(start, start + size);
  const last = found.at(-1);
  return {
    credentials: found.map((credential) => listedCredential(credential, world)),
    meta: {
      count: found.length,
      from,
      size,
      ...(last === undefined ? {} : { cursor: Buffer.from(String(last.id)).toString('base64') }),
    },
  };
}

function behind(matching: readonly Credential[], cursor: string): number {
  const last = Number(Buffer.from(cursor, 'base64').toString());
  const at = matching.findIndex(({ id }) => id === last);
  if (at < 0) throw badSearch('cursor is not valid');
  return at + 1;
}

function matches(credential: Credential, key: string, wanted: unknown): boolean {
  const [, field = '', operator = 'eq'] = /^([^[]+)(?:\[(\w+)\])?$/.exec(key) ?? [];
  const read = FIELDS[field];
  if (!read || !['eq', 'in'].includes(operator)) throw badSearch(`Query key ${key} is not supported`);
  const value = read(credential);
  if (operator === 'in') return Array.isArray(wanted) && wanted.map(String).includes(String(value));
  if (field === 'meta_data') {
    return Object.entries(wanted as object).every(([name, one]) => (value as Record<string, string>)[name] === one);
  }
  return String(value) === String(wanted);
}

function badSearch(message: string): Refusal {
  return new Refusal(400, { code: 400, message, status: 'invalid_search_query', errors: {} });
}
