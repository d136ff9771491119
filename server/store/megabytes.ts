/** A number of bytes as operators read it. */
export function megabytes(bytes: number): string {
  const size = bytes / 1_000_000;
  return `${size.toLocaleString('en', { maximumFractionDigits: size < 10 ? 1 : 0 })} MB`;
}
