import { z } from 'zod';
import type { ExplainedLine } from '../../../src/index.ts';
import { component } from './component.ts';
import { amount, count, date, id, instant, listOf, text } from './fields.ts';
import { pageOf } from './page.ts';

const figures = { nominal: amount, available: amount, blocked: amount, charged: amount, expired: amount };

const contractFigures = component(
  'ContractFigures',
  'A contract in a balance: share = blocked + charged + released.',
  z.strictObject({
    contractId: id,
    share: amount,
    blocked: amount,
    charged: amount,
    released: amount,
    lessonsCharged: count,
    lessons: count,
    status: z.enum(['active', 'terminated', 'released']),
  }),
);

/** The object of SPEC section 10. */
export const balance = component(
  'Balance',
  'The money of a certificate: in every period nominal = available + blocked + charged + expired.',
  z.strictObject({
    certificateId: id,
    periods: listOf(
      component(
        'BalancePeriod',
        'A period with its contracts in the order they were recorded; on an earlier day available can be below zero.',
        z.strictObject({ periodId: id, ...figures, contracts: listOf(contractFigures) }),
      ),
    ),
    frozen: z.boolean(),
  }),
);

const effects = component('Figures', 'The five figures of a period, or changes of them.', z.strictObject(figures));

const explainedEvent = component(
  'ExplainedEvent',
  'One event behind a balance, what it did to the figures of its period, and what they came to.',
  z.strictObject({
    type: text,
    effectiveOn: date,
    revision: count,
    recordedAt: instant,
    commandId: id,
    contractId: id.exactOptional(),
    periodId: id.exactOptional(),
    effect: effects.exactOptional(),
    totals: effects.exactOptional(),
  }),
) satisfies z.ZodType<ExplainedLine>;

/** The events behind a balance, in the order of the log. */
export const explanation = pageOf('Explanation', explainedEvent);

/** Examples of these answers. */
export const balanceExamples = {
  balance: {
    certificateId: '0000000001',
    periods: [
      {
        periodId: '2026',
        nominal: '12000.00',
        available: '6000.00',
        blocked: '5666.67',
        charged: '333.33',
        expired: '0.00',
        contracts: [
          {
            contractId: 'c-1',
            share: '6000.00',
            blocked: '5666.67',
            charged: '333.33',
            released: '0.00',
            lessonsCharged: 2,
            lessons: 36,
            status: 'active',
          },
        ],
      },
    ],
    frozen: false,
  },
  explanation: {
    items: [
      {
        type: 'LessonCharged',
        effectiveOn: '2026-02-03',
        revision: 3,
        recordedAt: '2026-03-10T09:00:00Z',
        commandId: 'town-34',
        contractId: 'c-1',
        periodId: '2026',
        effect: { nominal: '0.00', available: '0.00', blocked: '-166.67', charged: '166.67', expired: '0.00' },
        totals: { nominal: '12000.00', available: '6000.00', blocked: '5833.33', charged: '166.67', expired: '0.00' },
      },
    ],
    next: null,
  },
} satisfies { balance: z.input<typeof balance>; explanation: z.input<typeof explanation> };
