import { z } from 'zod';
import { commandHead } from '../../kernel/command-head.ts';
import { civilDate, civilMonth, identifier, invoiceNumber, money, text } from '../../kernel/fields.ts';

export const issueInvoices = z.strictObject({
  ...commandHead,
  command: z.literal('issueInvoices'),
  month: civilMonth,
  on: civilDate,
  payerId: identifier.optional(),
  providerId: identifier.optional(),
});

export const requestAdvance = z.strictObject({
  ...commandHead,
  command: z.literal('requestAdvance'),
  month: civilMonth,
  on: civilDate,
  percent: z.int({ error: 'is not a whole number' }),
  payerId: identifier.optional(),
  providerId: identifier.optional(),
});

const onInvoice = { ...commandHead, number: invoiceNumber, on: civilDate };

export const acceptInvoice = z.strictObject({ ...onInvoice, command: z.literal('acceptInvoice') });
export const rejectInvoice = z.strictObject({ ...onInvoice, command: z.literal('rejectInvoice'), reason: text });
export const annulInvoice = z.strictObject({ ...onInvoice, command: z.literal('annulInvoice'), reason: text });
export const payInvoice = z.strictObject({
  ...onInvoice,
  command: z.literal('payInvoice'),
  amount: money,
  reference: text,
});

export type IssueInvoices = z.output<typeof issueInvoices>;
export type RequestAdvance = z.output<typeof requestAdvance>;
export type AcceptInvoice = z.output<typeof acceptInvoice>;
export type RejectInvoice = z.output<typeof rejectInvoice>;
export type AnnulInvoice = z.output<typeof annulInvoice>;
export type PayInvoice = z.output<typeof payInvoice>;
