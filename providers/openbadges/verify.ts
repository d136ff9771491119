/** Checking a badge, of whatever issuer: each check by itself, with a sentence for people. */

import { msg, type Words, words } from '../../plugin/words.ts';
import { isKnownContext } from './contexts.ts';
import { isObject, listOf, shapeProblem, timeOf } from './shape.ts';
import { checkSignature, keyId } from './signing.ts';
import { readBit } from './status-list.ts';

export type CheckResult = 'pass' | 'fail' | 'unknown';

export interface Check {
  readonly id: 'format' | 'signature' | 'issuer' | 'status' | 'dates';
  readonly result: CheckResult;
  /** A whole sentence. */
  readonly message: Words;
}

/** What a check needs from outside. null: it could not be had, so the check has no result. */
export interface VerifierWorld {
  readonly now: Date;
  /** What an issuer says of itself under its id: the keys that may sign for it. */
  issuerDocument(issuerId: string): Promise<unknown>;
  statusList(address: string): Promise<unknown>;
}

type Json = Readonly<Record<string, unknown>>;
type Outcome = Omit<Check, 'id'>;

const CRYPTOSUITE = 'eddsa-rdfc-2022';
/** How an Ed25519 public key begins. */
const ED25519_KEY = /^z6Mk[1-9A-HJ-NP-Za-km-z]{40,60}$/;

/** @returns every check, in the order in which people ask; where the first fails the others are not made */
export async function verifyBadge(badge: unknown, world: VerifierWorld): Promise<readonly Check[]> {
  const problem = shapeProblem(badge);
  if (problem !== null || !isObject(badge))
    return [{ id: 'format', ...fail(words('This is not an Open Badge 3.0: {problem}.', { problem: problem ?? '' })) }];
  const { signature, issuer } = await verifyProof(badge, world);
  return [
    { id: 'format', ...pass(msg('It is built like an Open Badge 3.0.')) },
    { id: 'signature', ...signature },
    { id: 'issuer', ...issuer },
    { id: 'status', ...(await statusOf(badge, world)) },
    { id: 'dates', ...datesOf(badge, world.now) },
  ];
}

/** One failure makes it invalid; short of that, one open question leaves the answer open. */
export function verdictOf(checks: readonly Pick<Check, 'result'>[]): 'valid' | 'invalid' | 'unknown' {
  if (checks.some(({ result }) => result === 'fail')) return 'invalid';
  return checks.some(({ result }) => result === 'unknown') ? 'unknown' : 'valid';
}

/** Signature and issuer of a badge or of a status list. */
async function verifyProof(
  document: Json,
  world: VerifierWorld,
): Promise<{ readonly signature: Outcome; readonly issuer: Outcome }> {
  const issuerId = issuerIdOf(document);
  const proofs = listOf(document.proof).filter(isObject);
  const notChecked = unknown(msg('Nothing is known about the key that signed it.'));
  if (proofs.length === 0)
    return { signature: fail(msg('It carries no signature: anybody may have written it.')), issuer: notChecked };
  const proof = proofs.find((one) => one.type === 'DataIntegrityProof' && one.cryptosuite === CRYPTOSUITE);
  if (!proof) {
    const kind = String(proofs[0]?.cryptosuite ?? proofs[0]?.type ?? 'unnamed').slice(0, 60);
    return {
      signature: unknown(words('It is signed in a way that is not checked here ({kind}).', { kind })),
      issuer: notChecked,
    };
  }
  const method = String(proof.verificationMethod);
  const [controller = '', fragment = ''] = method.split('#');
  if (controller !== issuerId) {
    const message = msg('The key that signed it belongs to somebody else than the issuer that it names.');
    return {
      signature: await signatureOf({ ...document, proof }, { method, controller, publicKey: fragment }),
      issuer: fail(message),
    };
  }
  const found = issuerKey(await issuerDocumentOf(controller, world), { controller, method });
  const publicKey = found?.publicKey ?? fragment;
  return {
    signature: await signatureOf({ ...document, proof }, { method, controller, publicKey }),
    issuer: issuerOutcome(found),
  };
}

async function signatureOf(
  document: Json,
  key: { readonly method: string; readonly controller: string; readonly publicKey: string },
): Promise<Outcome> {
  const strange = listOf(document['@context']).find((one) => !isKnownContext(String(one)));
  if (strange !== undefined)
    return unknown(msg('It uses a vocabulary that Laurel does not know, so its signature cannot be checked here.'));
  if (!ED25519_KEY.test(key.publicKey))
    return unknown(msg('The key that signed it could not be had, so its signature cannot be checked.'));
  const { method: id, controller, publicKey } = key;
  const problem = await checkSignature(document, { id, controller, publicKey });
  if (problem === null) return pass(msg('The signature fits: nothing was changed since it was signed.'));
  return fail(msg('The signature does not fit: something was changed, or it was signed with another key.'));
}

interface IssuerKeyFound {
  readonly publicKey: string | null;
  /** Whether the issuer says that this key may sign badges. */
  readonly mayAssert: boolean;
}

function issuerOutcome(found: IssuerKeyFound | null): Outcome {
  if (found === null) return unknown(msg('The issuer could not be asked which keys are its own.'));
  if (found.mayAssert && found.publicKey !== null) return pass(msg('The issuer says that the key is its own.'));
  return fail(msg('The issuer does not say that the key is its own, or trusts it no longer.'));
}

/** @param issuer what the issuer says of itself; null: it could not be asked */
function issuerKey(
  issuer: unknown,
  { controller, method }: { readonly controller: string; readonly method: string },
): IssuerKeyFound | null {
  if (!isObject(issuer) || issuer.id !== controller) return null;
  const methods = [...listOf(issuer.verificationMethod), ...listOf(issuer.assertionMethod)].filter(isObject);
  const key = methods.find(({ id }) => id === method);
  const publicKey = typeof key?.publicKeyMultibase === 'string' ? key.publicKeyMultibase : null;
  const mayAssert = listOf(issuer.assertionMethod).some(
    (one) => one === method || (isObject(one) && one.id === method),
  );
  return { publicKey: key?.controller === controller ? publicKey : null, mayAssert };
}

/** A `did:key` is its own document: the key stands in it. */
async function issuerDocumentOf(issuerId: string, world: VerifierWorld): Promise<unknown> {
  const own = /^did:key:(z.+)$/.exec(issuerId)?.[1];
  if (own === undefined) return world.issuerDocument(issuerId);
  const id = keyId(issuerId, own);
  return {
    id: issuerId,
    verificationMethod: [{ id, controller: issuerId, publicKeyMultibase: own }],
    assertionMethod: [id],
  };
}

async function statusOf(badge: Json, world: VerifierWorld): Promise<Outcome> {
  const entries = listOf(badge.credentialStatus);
  if (entries.length === 0) return pass(msg('It names no list of revoked badges: its issuer cannot take it back.'));
  const outcomes = await Promise.all(entries.map((entry) => entryOutcome(badge, entry, world)));
  return (
    outcomes.find(({ result }) => result === 'fail') ??
    outcomes.find(({ result }) => result === 'unknown') ??
    pass(msg('It has not been revoked.'))
  );
}

async function entryOutcome(badge: Json, entry: unknown, world: VerifierWorld): Promise<Outcome> {
  if (!isObject(entry) || entry.type !== 'BitstringStatusListEntry')
    return unknown(msg('Its status is kept in a way that is not checked here.'));
  const { statusListCredential: address, statusPurpose: purpose, statusSize: size = 1 } = entry;
  const index =
    typeof entry.statusListIndex === 'string' && /^\d{1,9}$/.test(entry.statusListIndex)
      ? Number(entry.statusListIndex)
      : null;
  if (
    typeof address !== 'string' ||
    index === null ||
    Number(size) !== 1 ||
    (purpose !== 'revocation' && purpose !== 'suspension')
  )
    return unknown(msg('Its status is kept in a way that is not checked here.'));
  const list = await world.statusList(address);
  if (!isObject(list)) return unknown(msg('The list of revoked badges could not be had: it may have been revoked.'));
  const bit = list.id === address ? await bitOf(list, { badge, index, purpose, world }) : null;
  if (bit === null)
    return unknown(msg('The list of revoked badges is not one that can be trusted: it may have been revoked.'));
  if (!bit) return pass(msg('It has not been revoked.'));
  return fail(purpose === 'revocation' ? msg('The issuer has revoked it.') : msg('The issuer has suspended it.'));
}

/** @returns null where the list is not signed by the issuer of the badge, or is about something else */
async function bitOf(
  list: Json,
  {
    badge,
    index,
    purpose,
    world,
  }: { readonly badge: Json; readonly index: number; readonly purpose: string; readonly world: VerifierWorld },
): Promise<boolean | null> {
  const subject = list.credentialSubject;
  if (!listOf(list.type).includes('BitstringStatusListCredential') || !isObject(subject)) return null;
  if (!listOf(subject.statusPurpose).includes(purpose) || typeof subject.encodedList !== 'string') return null;
  if (issuerIdOf(list) !== issuerIdOf(badge)) return null;
  if (datesOf(list, world.now).result !== 'pass') return null;
  const { signature, issuer } = await verifyProof(list, world);
  if (signature.result !== 'pass' || issuer.result !== 'pass') return null;
  return readBit(subject.encodedList, index);
}

function datesOf(document: Json, now: Date): Outcome {
  const from = timeOf(document.validFrom ?? document.issuanceDate);
  const until = timeOf(document.validUntil ?? document.expirationDate);
  if (from !== null && from > now) return fail(words('It is not valid before {day}.', { day: from }));
  if (until !== null && until < now) return fail(words('It expired on {day}.', { day: until }));
  return pass(until === null ? msg('It does not expire.') : words('It is valid until {day}.', { day: until }));
}

function issuerIdOf({ issuer }: Json): string {
  return isObject(issuer) ? String(issuer.id) : String(issuer);
}

function pass(message: Words): Outcome {
  return { result: 'pass', message };
}

function fail(message: Words): Outcome {
  return { result: 'fail', message };
}

function unknown(message: Words): Outcome {
  return { result: 'unknown', message };
}
