/** Which addresses are out in the world: what a name on the internet may lead to, and what it must not. */

import { BlockList, isIPv4, isIPv6 } from 'node:net';

/** Kept for special purposes: this machine, private networks, metadata services of clouds, documentation, multicast. */
const RESERVED_IPV4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '168.63.129.16/32',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
] as const;

/** Within the range of public addresses, `2000::/3`: tunnels, documentation. */
const RESERVED_IPV6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'] as const;

/** The last 32 bits of these are an IPv4 address: mapped ones, and what NAT64 translates. */
const CARRIERS_OF_IPV4 = ['::ffff:0:0/96', '64:ff9b::/96'] as const;

const reservedIpv4 = blockList(RESERVED_IPV4, 'ipv4');
const reservedIpv6 = blockList(RESERVED_IPV6, 'ipv6');
const publicIpv6 = blockList(['2000::/3'], 'ipv6');
const carriers = blockList(CARRIERS_OF_IPV4, 'ipv6');

/** @param address an IPv4 or IPv6 address as text; anything else is not public */
export function isPublicAddress(address: string): boolean {
  if (isIPv4(address)) return !reservedIpv4.check(address, 'ipv4');
  if (!isIPv6(address) || address.includes('%')) return false;
  // Before the carriers: a block list reads a mapped address as the IPv4 one.
  const embedded = embeddedIpv4(address);
  if (embedded !== null) return isPublicAddress(embedded);
  return publicIpv6.check(address, 'ipv6') && !reservedIpv6.check(address, 'ipv6');
}

function embeddedIpv4(address: string): string | null {
  // The normal form, without a dotted end: `::ffff:7f00:1`.
  const normal = new URL(`http://[${address}]/`).hostname.slice(1, -1);
  if (!normal.startsWith('::ffff:') && !carriers.check(normal, 'ipv6')) return null;
  const [high, low] = [0, ...normal.split(':').map((group) => Number.parseInt(group || '0', 16))].slice(-2) as [
    number,
    number,
  ];
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

function blockList(ranges: readonly string[], family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [network = '', bits = ''] = range.split('/');
    list.addSubnet(network, Number(bits), family);
  }
  return list;
}
