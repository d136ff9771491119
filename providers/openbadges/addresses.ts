/** Where everything of an issuer is found, from the address of its site. What stands in a signed badge never changes: neither may these. */

export interface Addresses {
  readonly site: string;
  /** The issuer's own id: `did:web:badges.example.org`. */
  readonly issuerId: string;
  /** Facts about the issuer as Open Badges have them. */
  readonly profile: string;
  achievement(templateId: string): string;
  image(name: string): string;
  /** The page of a badge. */
  page(uuid: string): string;
  /** The badge itself; also its id. */
  credential(uuid: string): string;
  bakedImage(uuid: string): string;
  statusList(number: number): string;
}

/** @param site scheme and host, without a slash at the end */
export function addressesOf(site: string): Addresses {
  const base = `${site}/open-badges`;
  return {
    site,
    issuerId: `did:web:${new URL(site).host.replace(':', '%3A')}`,
    profile: `${base}/issuer`,
    achievement: (templateId) => `${base}/achievements/${encodeURIComponent(templateId)}`,
    image: (name) => `${base}/images/${encodeURIComponent(name)}`,
    page: (uuid) => `${base}/${uuid}`,
    credential: (uuid) => `${base}/${uuid}/credential.json`,
    bakedImage: (uuid) => `${base}/${uuid}/badge.png`,
    statusList: (number) => `${base}/status/${number}`,
  };
}
