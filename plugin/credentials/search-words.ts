/** What credentials are found by: the beginning of the username, of the e-mail address, or of any word of the name. */

import type { Credential } from '../ports/credential-store.ts';

export function credentialWords({
  username,
  learnerName,
  email,
}: Pick<Credential, 'username' | 'learnerName' | 'email'>): readonly string[] {
  const [name, ...words] = [learnerName, ...learnerName.split(/\s+/).slice(1)];
  return [...new Set([username, name, email, ...words].map((text) => (text ?? '').toLowerCase()))];
}
