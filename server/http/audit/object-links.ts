/** From what the audit calls a thing to its page. */

const PAGES: Readonly<Record<string, (id: string) => string>> = {
  account: (id) => `/accounts/${id}`,
  asset: (id) => `/credential-assets/${id}`,
  badge: (id) => `/badges/${id}`,
  configuration: (id) => `/configurations/${id}/edit`,
  credential: (id) => `/credentials/${id}`,
  'credential-type': (id) => `/credential-types/${id}`,
  'dead-letter': (id) => `/dead-letters/${id}`,
  event: (id) => `/events/${id}`,
  job: (id) => `/jobs/${id}`,
  learner: (id) => `/learners/${id}`,
  list: (id) => `/${id}`,
  'open-badge-template': (id) => `/open-badge-templates/${id}`,
  run: (id) => `/runs/${id}`,
  token: (id) => `/tokens/${id}`,
};

/** @returns null for what has no page, or none by its id alone; the thing may be gone by now */
export function objectPath(object: string): string | null {
  const colon = object.indexOf(':');
  const kind = object.slice(0, Math.max(colon, 0));
  const id = object.slice(colon + 1);
  return Object.hasOwn(PAGES, kind) && id !== '' ? (PAGES[kind]?.(encodeURIComponent(id)) ?? null) : null;
}
