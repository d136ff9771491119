/** What to do about a connection to RabbitMQ that does not come about, told from the error of the library. Pure. */

export interface WhyNot {
  readonly message: string;
  readonly todo: string;
}

/** The first that fits. */
const REASONS: readonly (readonly [pattern: RegExp, message: string, todo: string])[] = [
  [
    /altnames/i,
    'has a certificate for another host name than that in AMQP_URL',
    'use the name that the certificate was made for',
  ],
  [
    /certificate/i,
    'has a certificate that is not trusted here',
    'give every process the authority that made it: NODE_EXTRA_CA_CERTS=/path/to/authority.pem; or renew it, if it has expired',
  ],
  [
    /wrong version number|packet length too long/i,
    'does not speak TLS at the port of AMQP_URL',
    'name the port for TLS (usually 5671), or begin AMQP_URL with amqp://',
  ],
  [
    /ACCESS.REFUSED/,
    'refuses user name and password of AMQP_URL',
    'mend them; `guest` is let in from the same machine only',
  ],
  [
    /ConnectionOpenOk/,
    'does not let the account of AMQP_URL into its virtual host',
    'see `rabbitmqctl list_vhosts`, and `rabbitmqctl set_permissions` for configure, write and read',
  ],
  [
    /closed abruptly during opening handshake/,
    'ends the connection before anything is said',
    'if that port is for TLS, begin AMQP_URL with amqps://',
  ],
];

/** @param lastError null: it did not even fail yet */
export function whyNot(lastError: string | null): WhyNot {
  const [, message, todo] = REASONS.find(([pattern]) => pattern.test(lastError ?? '')) ?? [];
  if (message !== undefined && todo !== undefined) return { message, todo };
  const code = /\bE[A-Z]{4,}\b/.exec(lastError ?? '')?.[0];
  return {
    message: `does not answer at AMQP_URL${code === undefined ? '' : ` (${code})`}`,
    todo: 'start it, or mend the address',
  };
}
