import { z } from 'zod';
import type { Coverage } from '../../../src/index.ts';
import { component } from './component.ts';
import { count, date, id, percentage } from './fields.ts';
import { pageOf } from './page.ts';

const groupCoverage = component(
  'Coverage',
  "How far the children of a payer's group are reached; without groupId, of all its groups together.",
  z.strictObject({
    payerId: id,
    groupId: id.exactOptional(),
    on: date,
    certificates: count.meta({ description: 'Certificates in force on the day' }),
    funded: count.meta({ description: 'Of them, those topped up for the period the day lies in' }),
    fundedPercent: percentage.exactOptional(),
    children: count.meta({ description: 'Different holders of the certificates in force' }),
    childrenWithContract: count.meta({ description: 'Of them, those with a live contract' }),
    contractPercent: percentage.exactOptional(),
  }),
) satisfies z.ZodType<Coverage>;

export const coverage = pageOf('Coverage', groupCoverage);

export const coverageExample: z.input<typeof coverage> = {
  items: [
    {
      payerId: 'uo',
      groupId: 'funded',
      on: '2026-03-10',
      certificates: 2,
      funded: 2,
      fundedPercent: '100.00',
      children: 2,
      childrenWithContract: 2,
      contractPercent: '100.00',
    },
    {
      payerId: 'uo',
      on: '2026-03-10',
      certificates: 2,
      funded: 2,
      fundedPercent: '100.00',
      children: 2,
      childrenWithContract: 2,
      contractPercent: '100.00',
    },
  ],
  next: null,
};
