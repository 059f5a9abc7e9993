import { z } from 'zod';
import type { AdvanceItem, InvoiceItem, InvoicesStatus, LineEvent } from '../../../src/index.ts';
import { component } from './component.ts';
import { amount, count, date, id, instant, listOf, month, text } from './fields.ts';

const lineEvent = component(
  'LineEvent',
  "A charge or reversal that an invoice's line bills; the line's figures are the sums of its events'.",
  z.strictObject({
    stream: text,
    revision: count,
    type: z.enum(['LessonCharged', 'LessonChargeReversed']),
    effectiveOn: date,
    recordedAt: instant,
    commandId: id,
    lessonId: id,
    lessons: z.union([z.literal(1), z.literal(-1)]),
    amount,
  }),
) satisfies z.ZodType<LineEvent>;

const invoiceLine = component(
  'InvoiceLine',
  "A contract's lessons of one month, net of reversals; a correction may be below zero.",
  z.strictObject({
    kind: z.enum(['charge', 'correction']),
    month,
    contractId: id,
    contractNumber: id,
    contractDate: date,
    certificateId: id,
    lessons: z.int(),
    amount,
    events: listOf(lineEvent).exactOptional().meta({ description: 'Only with `events=true`' }),
  }),
);

export const invoice = component(
  'Invoice',
  "A provider's monthly invoice to a payer: total = services + corrections + carriedIn − advance.",
  z.strictObject({
    number: id,
    payerId: id,
    providerId: id,
    month,
    issuedOn: date,
    status: z.enum(['issued', 'accepted', 'paid', 'rejected', 'annulled']),
    acceptedOn: date.exactOptional(),
    paidOn: date.exactOptional(),
    reason: text.exactOptional().meta({ description: 'Why it was rejected or annulled' }),
    services: amount,
    corrections: amount,
    carriedIn: amount,
    advance: amount,
    total: amount,
    due: amount.meta({ description: 'What is to be paid: max(0, total)' }),
    carriedOut: amount.meta({ description: 'What the next invoice carries in: min(0, total)' }),
    lines: listOf(invoiceLine),
  }),
) satisfies z.ZodType<InvoiceItem>;

export const advance = component(
  'Advance',
  'An advance requested for a month.',
  z.strictObject({
    payerId: id,
    providerId: id,
    month,
    requestedOn: date,
    percent: z.int().min(1).max(80),
    amount,
  }),
) satisfies z.ZodType<AdvanceItem>;

const pairStatus = component(
  'PairStatus',
  'How far a payer and a provider are with a month.',
  z.strictObject({
    payerId: id,
    providerId: id,
    status: z.enum(['invoiced', 'missing', 'late', 'nothingToBill']),
    contracts: count.meta({ description: 'Contracts in force in the month' }),
    invoice: z
      .strictObject({ number: id, status: text, issuedOn: date, late: z.boolean(), due: amount })
      .exactOptional(),
    unbilled: z
      .strictObject({ lessons: z.int(), amount })
      .exactOptional()
      .meta({ description: "What no invoice in force has billed, up to the month's end" }),
    advance: amount.exactOptional(),
  }),
);

const waiting = component(
  'Waiting',
  'Something that would be billed but cannot be, and why.',
  z.strictObject({
    why: z.enum([
      'attendanceRefused',
      'monthNotOver',
      'invoiceRejected',
      'invoiceAnnulled',
      'alreadyInvoiced',
      'carriedInWaits',
    ]),
    message: text,
    payerId: id.exactOptional(),
    providerId: id.exactOptional(),
    number: id.exactOptional(),
    contractId: id.exactOptional(),
    lessonId: id.exactOptional(),
    date: date.exactOptional(),
    code: text.exactOptional(),
    lessons: z.int().exactOptional(),
    amount: amount.exactOptional(),
  }),
);

export const invoicesStatus = component(
  'InvoicesStatus',
  'How far the invoices of a month are, judged on a day.',
  z.strictObject({
    month,
    on: date,
    invoicedFrom: date.meta({ description: 'The first day on which the month may be invoiced' }),
    deadline: date.meta({ description: 'The last day on which an invoice of the month is in time' }),
    pairs: listOf(pairStatus),
    waiting: listOf(waiting),
  }),
) satisfies z.ZodType<InvoicesStatus>;

const line = {
  kind: 'charge',
  month: '2026-02',
  contractId: 'c-1',
  contractNumber: '15/26',
  contractDate: '2026-01-12',
  certificateId: '0000000001',
  lessons: 2,
  amount: '333.33',
} as const;
const head = {
  number: 'cdt-2026-0001',
  payerId: 'uo',
  providerId: 'cdt',
  month: '2026-02',
  issuedOn: '2026-03-02',
  status: 'issued',
  services: '333.33',
  corrections: '0.00',
  carriedIn: '0.00',
  advance: '0.00',
  total: '333.33',
  due: '333.33',
  carriedOut: '0.00',
} as const;
const charge = {
  stream: 'certificate-0000000001',
  type: 'LessonCharged',
  recordedAt: '2026-03-10T09:00:00Z',
  lessons: 1,
} as const;

/** Examples of these answers. */
export const invoiceExamples = {
  invoice: { ...head, lines: [line] },
  invoiceWithEvents: {
    ...head,
    lines: [
      {
        ...line,
        events: [
          {
            ...charge,
            revision: 3,
            effectiveOn: '2026-02-03',
            commandId: 'l-1',
            lessonId: 'c-1-2026-02-03',
            amount: '166.67',
          },
          {
            ...charge,
            revision: 4,
            effectiveOn: '2026-02-05',
            commandId: 'l-2',
            lessonId: 'c-1-2026-02-05',
            amount: '166.66',
          },
        ],
      },
    ],
  },
  advance: {
    payerId: 'uo',
    providerId: 'cdt',
    month: '2026-03',
    requestedOn: '2026-03-03',
    percent: 50,
    amount: '583.33',
  },
  status: {
    month: '2026-02',
    on: '2026-03-10',
    invoicedFrom: '2026-03-01',
    deadline: '2026-03-02',
    pairs: [
      {
        payerId: 'uo',
        providerId: 'cdt',
        status: 'invoiced',
        contracts: 1,
        invoice: {
          number: 'cdt-2026-0001',
          status: 'issued',
          issuedOn: '2026-03-02',
          late: false,
          due: '333.33',
        },
      },
    ],
    waiting: [],
  },
} satisfies {
  invoice: z.input<typeof invoice>;
  invoiceWithEvents: z.input<typeof invoice>;
  advance: AdvanceItem;
  status: InvoicesStatus;
};
