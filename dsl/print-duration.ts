const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
  ['millisecond', 1],
] as const;

export interface Amount {
  readonly amount: number;
  readonly unit: (typeof UNITS)[number][0];
}

/** In the largest unit that says it exactly. @param ms whole */
export function inLargestUnit(ms: number): Amount {
  const [unit, length] = UNITS.find(([, unitMs]) => ms % unitMs === 0) ?? UNITS[4];
  return { amount: ms / length, unit };
}

/** `365 days`, `90 minutes` */
export function durationText(ms: number): string {
  const { amount, unit } = inLargestUnit(ms);
  return `${amount} ${unit}${amount === 1 ? '' : 's'}`;
}
