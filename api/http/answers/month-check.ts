import { z } from 'zod';
import type { MonthCheck } from '../../../src/index.ts';
import { MONTH_FINDING_KINDS } from '../../../src/index.ts';
import { component } from './component.ts';
import { count, date, id, listOf, month, text } from './fields.ts';

const pairAttendance = component(
  'PairAttendance',
  "How much of what a provider's contracts had planned for the month is recorded.",
  z.strictObject({
    payerId: id,
    providerId: id,
    contracts: count,
    planned: count.meta({ description: 'Lessons planned in the month up to the day it is judged on' }),
    recorded: count,
    contractsWithoutAttendance: count,
  }),
);

const monthFinding = component(
  'MonthFinding',
  'One thing that would make a month wrong, or is worth knowing before its invoices go out.',
  z.strictObject({
    kind: z.enum(MONTH_FINDING_KINDS),
    severity: z.enum(['blocking', 'advice']),
    stream: text.meta({ description: 'The stream whose events tell of it' }),
    date: date.exactOptional(),
    message: text,
    whatToDo: text,
    payerId: id.exactOptional(),
    providerId: id.exactOptional(),
    certificateId: id.exactOptional(),
    contractId: id.exactOptional(),
    agreementId: id.exactOptional(),
    lessonId: id.exactOptional(),
    number: id.exactOptional(),
    figures: z.record(z.string(), z.union([z.number(), z.string(), listOf(z.string())])),
  }),
);

export const monthCheck = component(
  'MonthCheck',
  'What would make a month wrong before it is invoiced, judged on a day.',
  z.strictObject({
    month,
    on: date,
    invoicedFrom: date.meta({ description: 'The first day on which the month may be invoiced' }),
    deadline: date.meta({ description: 'The last day on which an invoice of the month is in time' }),
    blocking: count.meta({ description: 'How many findings block the month' }),
    advice: count,
    attendance: listOf(pairAttendance),
    findings: listOf(monthFinding),
  }),
) satisfies z.ZodType<MonthCheck>;

/** An example of this answer. */
export const monthCheckExample = {
  month: '2026-02',
  on: '2026-03-01',
  invoicedFrom: '2026-03-01',
  deadline: '2026-03-02',
  blocking: 1,
  advice: 0,
  attendance: [
    { payerId: 'uo', providerId: 'cdt', contracts: 1, planned: 8, recorded: 8, contractsWithoutAttendance: 0 },
  ],
  findings: [
    {
      kind: 'bankDetailsMissing',
      severity: 'blocking',
      stream: 'provider-cdt',
      message: 'provider cdt cannot be named in a payment order: bank missing',
      whatToDo: 'changeProviderDetails with what is missing',
      providerId: 'cdt',
      figures: { missing: ['bank'] },
    },
  ],
};
