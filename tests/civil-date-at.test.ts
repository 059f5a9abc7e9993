import fc from 'fast-check';
import { expect, test } from 'vitest';
import { civilDateAt, instantAt } from '../src/kernel/instant.ts';

/** Among them one whose clocks went back across midnight at one minute past, and one that was 44 minutes and 30 seconds off. */
const zones = ['Europe/Moscow', 'Asia/Vladivostok', 'America/St_Johns', 'Africa/Monrovia', 'Asia/Kathmandu'];
const YEAR = 31_556_952;

function dayIn(zone: string, milliseconds: number): string {
  const parts = new Intl.DateTimeFormat('en', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' })
    .formatToParts(milliseconds)
    .map(({ type, value }) => [type, value]);
  const { year, month, day } = Object.fromEntries(parts) as Record<string, string>;
  return `${year}-${month}-${day}`;
}

test('the day of an instant is that of the zone, asked for again within a second, a minute and across midnight', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...zones),
      fc.integer({ min: -60 * YEAR, max: 60 * YEAR }),
      fc.array(fc.integer({ min: 0, max: 90 }), { maxLength: 20 }),
      (zone, from, steps) => {
        let second = from;
        for (const step of [0, ...steps]) {
          second += step;
          expect(civilDateAt(instantAt(second * 1000), zone)).toBe(dayIn(zone, second * 1000));
        }
      },
    ),
    { numRuns: 200 },
  );
});

test.each([
  ['2020-12-31T20:59:59Z', 'Europe/Moscow', '2020-12-31'],
  ['2020-12-31T21:00:00Z', 'Europe/Moscow', '2021-01-01'],
  ['2020-12-31T21:00:59.999Z', 'Europe/Moscow', '2021-01-01'],
  // Clocks were put back from one minute past midnight to one minute past eleven of the day before.
  ['2010-11-07T02:30:59Z', 'America/St_Johns', '2010-11-07'],
  ['2010-11-07T02:31:00Z', 'America/St_Johns', '2010-11-06'],
  // 44 minutes and 30 seconds behind until 1972.
  ['1971-06-02T00:44:29Z', 'Africa/Monrovia', '1971-06-01'],
  ['1971-06-02T00:44:30Z', 'Africa/Monrovia', '1971-06-02'],
])('%s in %s is on %s', (instant, zone, day) => {
  expect(civilDateAt(instant, zone)).toBe(day);
});
