import { loadavg } from 'node:os';

/** One question's figures: events per second of each round, ours and the raw engines' taken in turn. */
export interface Rounds {
  readonly ours: readonly number[];
  readonly raw: readonly { readonly name: string; readonly rates: readonly number[]; readonly goal?: number }[];
}

/** Prints medians of a measurement and the median ratio to each raw engine of the same round. */
export function printRounds(title: string, { ours, raw }: Rounds): void {
  process.stdout.write(`${title} (${ours.length} rounds, load ${loadavg()[0]?.toFixed(2)})\n`);
  process.stdout.write(`  ledger          ${perSecond(median(ours))}\n`);
  for (const { name, rates, goal } of raw) {
    const ratio = median(ours.map((rate, round) => rate / (rates[round] ?? Number.NaN)));
    const wanted = goal === undefined ? '' : `, goal ${percent(goal)}: ${ratio >= goal ? 'reached' : 'missed'}`;
    process.stdout.write(`  ${name.padEnd(15)} ${perSecond(median(rates))}  ratio ${percent(ratio)}${wanted}\n`);
  }
}

/** The middle of the figures, the upper one of two. */
export function median(figures: readonly number[]): number {
  return figures.toSorted((a, b) => a - b)[Math.floor(figures.length / 2)] ?? Number.NaN;
}

/** Of figures in order the one below which that share of them lies. */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

function perSecond(rate: number): string {
  return `${Math.round(rate).toLocaleString('en').padStart(9)} events/s`;
}

function percent(ratio: number): string {
  return `${(100 * ratio).toFixed(0)} %`;
}
