/** Whether a badge provider is what it says it is. */

import type { BadgeProvider, ProviderCapabilities } from '../ports/badge-provider.ts';

/** A word in a rule, and in addresses of pages. */
const NAME = /^[a-z][a-z0-9-]*$/;

const ALWAYS = ['template', 'award', 'revoke'] as const;

/** Which capability a method belongs to: it is there exactly when the capability is declared. */
const DECLARED = {
  listTemplates: ({ synchronises }) => synchronises,
  findIssued: ({ findsIssued }) => findsIssued,
  listIssued: ({ listsIssued }) => listsIssued,
  readWebhook: ({ webhooks }) => webhooks,
  checkAccount: ({ accounts }) => accounts !== null,
  rotateSecret: ({ accounts }) => accounts?.rotates === true,
} as const satisfies Partial<Record<keyof BadgeProvider, (capabilities: ProviderCapabilities) => boolean>>;

const REVOCATIONS: readonly unknown[] = ['revoke', 'expire', 'delete', 'none'];
const FLAGS = ['synchronises', 'createsTemplates', 'findsIssued', 'listsIssued', 'webhooks'] as const;

/** @param value what a package gives: nothing is taken for granted
 *  @returns a sentence per problem, each telling what to change; none: it can be used */
export function providerProblems(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null)
    return ['it is no object with name, title, capabilities and methods'];
  const provider = value as Readonly<Record<keyof BadgeProvider, unknown>>;
  const problems: string[] = [];
  if (typeof provider.name !== 'string' || !NAME.test(provider.name))
    problems.push(
      'its name must be a word of small letters, digits and hyphens, as it stands after `template` in a rule',
    );
  if (typeof provider.title !== 'string' || provider.title.trim() === '')
    problems.push('its title must be a text, as people write the name');
  for (const method of ALWAYS)
    if (typeof provider[method] !== 'function') problems.push(`the method ${method} is missing`);
  const capabilities = provider.capabilities as ProviderCapabilities | null | undefined;
  if (typeof capabilities !== 'object' || capabilities === null)
    return [...problems, 'its capabilities are missing: an object that says what it can do'];
  return [...problems, ...capabilityProblems(capabilities, provider), ...formProblems(capabilities)];
}

function capabilityProblems(
  capabilities: ProviderCapabilities,
  provider: Readonly<Record<keyof BadgeProvider, unknown>>,
): readonly string[] {
  const problems: string[] = [];
  for (const flag of FLAGS)
    if (typeof capabilities[flag] !== 'boolean') problems.push(`capabilities.${flag} must be true or false`);
  if (!REVOCATIONS.includes(capabilities.revocation))
    problems.push(`capabilities.revocation must be one of ${REVOCATIONS.join(', ')}`);
  if (capabilities.accounts === undefined)
    problems.push('capabilities.accounts must be null or say what the form for an account asks for');
  for (const [method, isDeclared] of Object.entries(DECLARED) as [
    keyof typeof DECLARED,
    (typeof DECLARED)['findIssued'],
  ][]) {
    const isThere = typeof provider[method] === 'function';
    if (isThere === (isDeclared(capabilities) === true)) continue;
    problems.push(
      isThere
        ? `it has the method ${method}, but its capabilities do not declare it`
        : `its capabilities declare what the method ${method} does, but there is none`,
    );
  }
  return problems;
}

function formProblems({ accounts: form }: ProviderCapabilities): readonly string[] {
  if (form === null || form === undefined) return [];
  const problems: string[] = [];
  if (typeof form.noun !== 'string' || form.noun === '') problems.push('capabilities.accounts.noun must be a word');
  if (!Array.isArray(form.hosts) || form.hosts.length === 0)
    problems.push('capabilities.accounts.hosts must name at least one host');
  else if (!form.hosts.every(({ name, title, url }) => NAME.test(name) && title !== '' && URL.canParse(url)))
    problems.push('every one of capabilities.accounts.hosts needs a name of small letters, a title and an address');
  if (form.externalId !== null && !(form.externalId?.pattern instanceof RegExp))
    problems.push('capabilities.accounts.externalId must be null, or have label, help and pattern');
  if (typeof form.secret?.label !== 'string' || typeof form.secret.help !== 'string')
    problems.push('capabilities.accounts.secret must have label and help');
  if (typeof form.rotates !== 'boolean') problems.push('capabilities.accounts.rotates must be true or false');
  return problems;
}
