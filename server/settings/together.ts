/** Settings that are right one by one and not together. */

/** @param values by the keys of the table; one that is undefined has been reported already */
export function problemsTogether(values: Readonly<Record<string, unknown>>): readonly string[] {
  const problems = [...lmsProblems(values), ...lmsTokenProblems(values), ...lmsSignInProblems(values)];
  if (typeof values.smtpUrl === 'string' && values.mailFrom === null)
    problems.push('LAUREL_MAIL_FROM must be set where LAUREL_SMTP_URL is');
  return problems;
}

function lmsProblems({
  lmsUrl,
  lmsClientId,
  lmsClientSecret,
  lmsAllowHttp,
}: Readonly<Record<string, unknown>>): string[] {
  const names = ['LAUREL_LMS_URL', 'LAUREL_LMS_CLIENT_ID', 'LAUREL_LMS_CLIENT_SECRET'];
  const values = [lmsUrl, lmsClientId, lmsClientSecret];
  const missing = names.filter((_, index) => values[index] === null);
  const isPart = missing.length > 0 && missing.length < names.length;
  const problems = isPart
    ? missing.map((name) => `${name} must be set where ${names.find((one) => !missing.includes(one))} is`)
    : [];
  if (typeof lmsUrl === 'string' && lmsAllowHttp === false && !isConfidential(new URL(lmsUrl)))
    problems.push(
      'LAUREL_LMS_URL must begin with https://, or LAUREL_LMS_ALLOW_HTTP must be true: the client secret travels to it',
    );
  return problems;
}

function lmsTokenProblems({
  lmsUrl,
  lmsAllowHttp,
  lmsJwtKeys,
  lmsJwtIssuer,
  lmsPublicUrl,
  lmsRetirementUser,
}: Readonly<Record<string, unknown>>): string[] {
  if (typeof lmsJwtKeys !== 'string')
    return typeof lmsRetirementUser === 'string'
      ? ['LAUREL_LMS_JWT_KEYS must be set where LAUREL_LMS_RETIREMENT_USER is: its tokens are checked with them']
      : [];
  const problems =
    lmsUrl === null && lmsPublicUrl === null && lmsJwtIssuer === null
      ? ['LAUREL_LMS_JWT_ISSUER must be set where LAUREL_LMS_JWT_KEYS is and LAUREL_LMS_URL is not']
      : [];
  if (!lmsJwtKeys.startsWith('{') && lmsAllowHttp === false && !isConfidential(new URL(lmsJwtKeys)))
    problems.push(
      'LAUREL_LMS_JWT_KEYS must begin with https://, or LAUREL_LMS_ALLOW_HTTP must be true: who changes the keys on their way can be anybody',
    );
  return problems;
}

function lmsSignInProblems(values: Readonly<Record<string, unknown>>): string[] {
  const { lmsUrl, lmsPublicUrl, lmsAllowHttp, lmsSignInClientId: id, lmsSignInClientSecret: secret } = values;
  if (id === null && secret === null) return [];
  const problems: string[] = [];
  if (id === null) problems.push('LAUREL_LMS_SIGN_IN_CLIENT_ID must be set where LAUREL_LMS_SIGN_IN_CLIENT_SECRET is');
  if (secret === null)
    problems.push('LAUREL_LMS_SIGN_IN_CLIENT_SECRET must be set where LAUREL_LMS_SIGN_IN_CLIENT_ID is');
  if (values.lmsJwtKeys === null)
    problems.push(
      'LAUREL_LMS_JWT_KEYS must be set where LAUREL_LMS_SIGN_IN_CLIENT_ID is: who signs in is told by a token, which is checked with them',
    );
  if (lmsUrl === null && lmsPublicUrl === null)
    problems.push('LAUREL_LMS_PUBLIC_URL must be set where LAUREL_LMS_SIGN_IN_CLIENT_ID is and LAUREL_LMS_URL is not');
  if (typeof lmsPublicUrl === 'string' && lmsAllowHttp === false && !isConfidential(new URL(lmsPublicUrl)))
    problems.push(
      'LAUREL_LMS_PUBLIC_URL must begin with https://, or LAUREL_LMS_ALLOW_HTTP must be true: people enter their passwords there',
    );
  return problems;
}

/** Encrypted, or to a host that is not out in the world: this machine, a container beside us, a private network. */
function isConfidential({ protocol, hostname }: URL): boolean {
  if (protocol === 'https:') return true;
  if (/^[a-z0-9_-]+$/i.test(hostname) || /\.(local|localhost|internal|svc)$/i.test(hostname)) return true;
  return /^(127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)[\d.]+$|^\[(::1|f[cd][0-9a-f:]*)\]$/i.test(hostname);
}
