const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
] as const;

/** `365 days`, `90 minutes` */
export function durationText(ms: number): string {
  const [unit, length] = UNITS.find(([, unitMs]) => ms % unitMs === 0) ?? (['millisecond', 1] as const);
  const amount = ms / length;
  return `${amount} ${unit}${amount === 1 ? '' : 's'}`;
}
