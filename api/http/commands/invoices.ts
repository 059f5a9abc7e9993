import type { CommandRoute } from './command-route.ts';
import { commandRoute } from './command-route.ts';

const resource = { kind: 'invoice', field: 'number' } as const;

/** The commands on the monthly documents (SPEC section 6). */
export const invoiceCommands: readonly CommandRoute[] = [
  commandRoute({
    command: 'issueInvoices',
    path: '/invoices',
    summary: "Issues the month's invoices; giving it again issues nothing twice",
    example: { month: '2026-02', on: '2026-03-02', payerId: 'uo', providerId: 'cdt' },
  }),
  commandRoute({
    command: 'acceptInvoice',
    path: '/invoices/:number/acceptance',
    summary: 'Accepts an invoice',
    resource,
    example: { number: 'cdt-2026-0001', on: '2026-03-05' },
  }),
  commandRoute({
    command: 'rejectInvoice',
    path: '/invoices/:number/rejection',
    summary: 'Rejects an issued invoice; its facts are free for the next run',
    resource,
    example: { number: 'cdt-2026-0002', on: '2026-04-06', reason: 'the details have changed' },
  }),
  commandRoute({
    command: 'annulInvoice',
    path: '/invoices/:number/annulment',
    summary: 'Annuls an issued or accepted invoice; its facts are free for the next run',
    resource,
    example: { number: 'cdt-2026-0003', on: '2026-04-08', reason: 'issued in error' },
  }),
  commandRoute({
    command: 'payInvoice',
    path: '/invoices/:number/payment',
    summary: 'Pays an accepted invoice: exactly what is due',
    resource,
    example: { number: 'cdt-2026-0001', on: '2026-03-12', amount: '166.67', reference: 'payment order 71' },
  }),
  commandRoute({
    command: 'requestAdvance',
    path: '/advances',
    summary: "Requests advances of a month: a percentage of each contract's planned charges",
    example: { month: '2026-03', on: '2026-03-03', percent: 80, payerId: 'uo', providerId: 'cdt' },
  }),
];
