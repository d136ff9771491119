/** Opaque keys in addresses. */

const COURSE = /^(course|ccx)-v1:(.+)$/;

/** One segment of a path. */
export function segment(text: string): string {
  return encodeURIComponent(text);
}

/** The usage key of the whole course: `block-v1:...+type@course+block@course`. */
export function rootBlock(courseKey: string): string {
  const [, kind, parts] = COURSE.exec(courseKey) ?? [];
  return `${kind === 'ccx' ? 'ccx-block' : 'block'}-v1:${parts}+type@course+block@course`;
}

export function isCcx(courseKey: string): boolean {
  return courseKey.startsWith('ccx-v1:');
}
