import { expect } from 'chai';
import { whyNot } from '../../../server/amqp/why-not.ts';

describe('why there is no connection to RabbitMQ', () => {
  for (const [error, message, todo] of [
    [
      'self-signed certificate in certificate chain',
      'has a certificate that is not trusted here',
      'give every process the authority that made it: NODE_EXTRA_CA_CERTS=/path/to/authority.pem; or renew it, if it has expired',
    ],
    [
      "Hostname/IP does not match certificate's altnames: IP: 127.0.0.1 is not in the cert's list: ",
      'has a certificate for another host name than that in AMQP_URL',
      'use the name that the certificate was made for',
    ],
    [
      'Handshake terminated by server: 403 (ACCESS-REFUSED) with message "ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN."',
      'refuses user name and password of AMQP_URL',
      'mend them; `guest` is let in from the same machine only',
    ],
    [
      'Expected ConnectionOpenOk; got <ConnectionClose channel:0>',
      'does not let the account of AMQP_URL into its virtual host',
      'see `rabbitmqctl list_vhosts`, and `rabbitmqctl set_permissions` for configure, write and read',
    ],
    [
      'Socket closed abruptly during opening handshake',
      'ends the connection before anything is said',
      'if that port is for TLS, begin AMQP_URL with amqps://',
    ],
    [
      'C0A8:error:0A00010B:SSL routines:ssl3_get_record:wrong version number',
      'does not speak TLS at the port of AMQP_URL',
      'name the port for TLS (usually 5671), or begin AMQP_URL with amqp://',
    ],
    ['connect ECONNREFUSED 127.0.0.1:1', 'does not answer at AMQP_URL (ECONNREFUSED)', 'start it, or mend the address'],
    [null, 'does not answer at AMQP_URL', 'start it, or mend the address'],
  ] as const) {
    it(`is told from ${error}`, () => {
      expect(whyNot(error)).to.deep.equal({ message, todo });
    });
  }
});
