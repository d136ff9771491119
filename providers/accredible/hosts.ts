/** Where Accredible answers. A key of one host means nothing to the others: accounts in the EU have a host of their own. */

import type { AccountForm, ProviderCapabilities } from '../../plugin/ports/badge-provider.ts';

export type HostName = 'production' | 'eu' | 'sandbox';
export type Hosts = Readonly<Record<HostName, string>>;

export const defaultHosts: Hosts = {
  production: 'https://api.accredible.com/',
  eu: 'https://eu.api.accredible.com/',
  sandbox: 'https://sandbox.api.accredible.com/',
};

const TITLES: Readonly<Record<HostName, string>> = {
  production: 'Production',
  eu: 'Production in the EU',
  sandbox: 'Sandbox',
};

export function capabilitiesOf(hosts: Hosts, revocation: 'expire' | 'delete'): ProviderCapabilities {
  return {
    synchronises: true,
    createsTemplates: false,
    revocation,
    findsIssued: true,
    listsIssued: true,
    webhooks: false,
    accounts: accountForm(hosts),
  };
}

function accountForm(hosts: Hosts): AccountForm {
  return {
    noun: 'configuration',
    hosts: (Object.keys(TITLES) as HostName[]).map((name) => ({ name, title: TITLES[name], url: hosts[name] })),
    externalId: null,
    secret: {
      label: 'API key',
      help: 'Made in the dashboard of Accredible under Settings, API. A key of a department sees the groups of that department only.',
    },
    rotates: false,
  };
}

/** Where the dashboard shows a group; null: a host of the operator's own has none. */
export function dashboardOf(apiUrl: string, groupId: string): string | null {
  const { hostname } = new URL(apiUrl);
  if (!Object.values(defaultHosts).some((url) => new URL(url).hostname === hostname)) return null;
  const dashboard = hostname.replace('api.', 'dashboard.');
  return `https://${dashboard}/issuer/dashboard/group/${encodeURIComponent(groupId)}/information-and-appearance`;
}
