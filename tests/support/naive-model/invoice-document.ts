import type { FactOf, InvoiceLine } from './facts.ts';
import { statusOf } from './invoice-rules.ts';
import { formatMoney } from './money.ts';
import { byKeys } from './text-order.ts';
import type { World } from './world.ts';

export interface InvoiceDocument {
  number: string;
  payerId: string;
  providerId: string;
  month: string;
  issuedOn: string;
  status: string;
  acceptedOn?: string;
  paidOn?: string;
  reason?: string;
  services: string;
  corrections: string;
  carriedIn: string;
  advance: string;
  total: string;
  due: string;
  carriedOut: string;
  lines: LineDocument[];
}

type LineDocument = Omit<InvoiceLine, 'amount'> & { amount: string };

export function invoiceDocuments(world: World): InvoiceDocument[] {
  return world
    .all('InvoiceIssued')
    .map((invoice) => invoiceDocument(world, invoice))
    .sort(byKeys((invoice) => [invoice.number]));
}

function invoiceDocument(world: World, invoice: FactOf<'InvoiceIssued'>): InvoiceDocument {
  const { number, payerId, providerId, month, on: issuedOn } = invoice;
  return {
    number,
    payerId,
    providerId,
    month,
    issuedOn,
    ...lifeOf(world, invoice),
    services: formatMoney(invoice.services),
    corrections: formatMoney(invoice.corrections),
    carriedIn: formatMoney(invoice.carriedIn),
    advance: formatMoney(invoice.advance),
    total: formatMoney(invoice.total),
    due: formatMoney(invoice.due),
    carriedOut: formatMoney(invoice.carriedOut),
    lines: invoice.lines.map((line) => ({ ...line, amount: formatMoney(line.amount) })),
  };
}

function lifeOf(world: World, invoice: FactOf<'InvoiceIssued'>) {
  const isIts = (step: { number: string }): boolean => step.number === invoice.number;
  const status = statusOf(world, invoice);
  const acceptedOn = world.all('InvoiceAccepted').find(isIts)?.on;
  const paidByAccepting = status === 'paid' && invoice.due === 0n ? acceptedOn : undefined;
  const paidOn = world.all('InvoicePaid').find(isIts)?.on ?? paidByAccepting;
  const reason = (world.all('InvoiceRejected').find(isIts) ?? world.all('InvoiceAnnulled').find(isIts))?.reason;
  return {
    status,
    ...(acceptedOn !== undefined && { acceptedOn }),
    ...(paidOn !== undefined && { paidOn }),
    ...(reason !== undefined && { reason }),
  };
}
