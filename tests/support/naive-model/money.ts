/** Money is a BigInt count of kopecks; decimal strings exist only at the edge. */
export type Kopecks = bigint;

const LARGEST: Kopecks = 99_999_999_999_999n;

export function isMoney(value: unknown): value is string {
  return typeof value === 'string' && /^\d{1,15}(\.\d{1,2})?$/.test(value) && parseMoney(value) <= LARGEST;
}

export function parseMoney(text: string): Kopecks {
  const [rubles = '0', fraction = ''] = text.split('.');
  return BigInt(rubles) * 100n + BigInt(fraction.padEnd(2, '0'));
}

export function formatMoney(amount: Kopecks): string {
  const size = amount < 0n ? -amount : amount;
  const digits = size.toString().padStart(3, '0');
  return `${amount < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** Exact quotient of two non-negative numbers, halves go up. */
export function divideHalfUp(dividend: bigint, divisor: bigint): bigint {
  return (2n * dividend + divisor) / (2n * divisor);
}

export function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

export function larger(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

export function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, amount) => total + amount, 0n);
}
