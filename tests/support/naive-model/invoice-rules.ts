import { type CivilDate, lastDay, type Month, monthOf, plusDays, yearOf } from './calendar.ts';
import type { Body } from './command-shapes.ts';
import type { FactOf, InvoiceLine } from './facts.ts';
import { findContract, findPayer, findProvider, zoneOfPayer } from './lookups.ts';
import { formatMoney, type Kopecks, larger, parseMoney, smaller, sum } from './money.ts';
import { byKeys } from './text-order.ts';
import { found, refuseFuture, refuseIf, type World } from './world.ts';

type Invoice = FactOf<'InvoiceIssued'>;

export interface Pair {
  payerId: string;
  providerId: string;
}

export interface InvoiceResult extends Pair {
  number: string;
  result: 'issued' | 'alreadyIssued';
  due: string;
}

/** Payer and provider of every contract there is, narrowed by what a command names, in the order of their ids. */
export function pairsOf(world: World, wanted: { payerId?: string; providerId?: string }): Pair[] {
  const pairs = new Map<string, Pair>();
  for (const { payerId, providerId } of world.all('CourseBlocked')) {
    const isWanted = payerId === (wanted.payerId ?? payerId) && providerId === (wanted.providerId ?? providerId);
    if (isWanted) pairs.set(JSON.stringify([payerId, providerId]), { payerId, providerId });
  }
  return [...pairs.values()].sort(byKeys((pair) => [pair.payerId, pair.providerId]));
}

export function findNamed(world: World, wanted: { payerId?: string; providerId?: string }): void {
  if (wanted.payerId !== undefined) findPayer(world, wanted.payerId);
  if (wanted.providerId !== undefined) findProvider(world, wanted.providerId);
}

/** Neither rejected nor annulled; in the order of issuing. */
export function invoicesInForce(world: World, { payerId, providerId }: Pair): Invoice[] {
  return world.all('InvoiceIssued').filter((invoice) => {
    const isOfPair = invoice.payerId === payerId && invoice.providerId === providerId;
    return isOfPair && !['rejected', 'annulled'].includes(statusOf(world, invoice));
  });
}

export function issueInvoices(world: World, command: Body<'issueInvoices'>): { invoices: InvoiceResult[] } {
  const { month, on } = command;
  findNamed(world, command);
  refuseIf(on < firstDayToIssue(month), 'invoice.month_not_over');
  refuseFuture(world, zoneOfPayer(world, command.payerId), on);
  const invoices = pairsOf(world, command).flatMap((pair) => issueOne(world, pair, month, on));
  return { invoices };
}

/** A month is billed when it is over, December from the 25th. */
function firstDayToIssue(month: Month): CivilDate {
  return month.endsWith('-12') ? `${month}-25` : plusDays(lastDay(month), 1);
}

function issueOne(world: World, pair: Pair, month: Month, on: CivilDate): InvoiceResult[] {
  const earlier = invoicesInForce(world, pair);
  const existing = earlier.find((invoice) => invoice.month === month);
  if (existing) {
    return [{ ...pair, number: existing.number, result: 'alreadyIssued', due: formatMoney(existing.due) }];
  }
  const lines = linesToBill(world, pair, month, earlier);
  const advance = advanceOf(world, pair, month);
  if (lines.length === 0 && advance === undefined) return [];
  const figures = figuresOf(lines, earlier.at(-1)?.carriedOut ?? 0n, advance?.amount ?? 0n);
  const number = nextNumber(world, pair.providerId, on);
  world.record({ type: 'InvoiceIssued', number, ...pair, month, on, lines, ...figures });
  return [{ ...pair, number, result: 'issued', due: formatMoney(figures.due) }];
}

function nextNumber(world: World, providerId: string, on: CivilDate): string {
  const year = yearOf(on);
  const numbered = world
    .all('InvoiceIssued')
    .filter((invoice) => invoice.providerId === providerId && yearOf(invoice.on) === year);
  return `${providerId}-${year}-${String(numbered.length + 1).padStart(4, '0')}`;
}

export function advanceOf(world: World, pair: Pair, month: Month): FactOf<'AdvanceRequested'> | undefined {
  return world
    .all('AdvanceRequested')
    .find((one) => one.payerId === pair.payerId && one.providerId === pair.providerId && one.month === month);
}

function figuresOf(lines: readonly InvoiceLine[], carriedIn: Kopecks, advance: Kopecks) {
  const of = (kind: InvoiceLine['kind']): Kopecks =>
    sum(lines.filter((line) => line.kind === kind).map((line) => line.amount));
  const services = of('charge');
  const corrections = of('correction');
  const total = services + corrections + carriedIn - advance;
  return { services, corrections, carriedIn, advance, total, due: larger(0n, total), carriedOut: smaller(0n, total) };
}

/** An invoice has billed what was recorded before it with a lesson date up to the end of its month. */
function linesToBill(world: World, pair: Pair, month: Month, inForce: readonly Invoice[]): InvoiceLine[] {
  const lines = new Map<string, InvoiceLine>();
  for (const fact of [...world.all('LessonCharged'), ...world.all('LessonChargeReversed')]) {
    const contract = findContract(world, fact.contractId);
    const lessonMonth = monthOf(fact.effectiveOn);
    const isOfPair = contract.payerId === pair.payerId && contract.providerId === pair.providerId;
    const billed = inForce.some((invoice) => fact.position < invoice.position && lessonMonth <= invoice.month);
    if (!isOfPair || lessonMonth > month || billed) continue;
    const key = JSON.stringify([fact.contractId, lessonMonth]);
    const line = lines.get(key) ?? emptyLine(contract, lessonMonth, month);
    const sign = fact.type === 'LessonCharged' ? 1 : -1;
    lines.set(key, { ...line, lessons: line.lessons + sign, amount: line.amount + BigInt(sign) * fact.amount });
  }
  return [...lines.values()]
    .filter((line) => line.lessons !== 0 || line.amount !== 0n)
    .sort(byKeys((line) => [line.contractNumber, line.month, line.contractDate, line.contractId]));
}

function emptyLine(contract: FactOf<'CourseBlocked'>, lessonMonth: Month, month: Month): InvoiceLine {
  return {
    kind: lessonMonth === month ? 'charge' : 'correction',
    month: lessonMonth,
    contractId: contract.contractId,
    contractNumber: contract.number,
    contractDate: contract.date,
    certificateId: contract.certificateId,
    lessons: 0,
    amount: 0n,
  };
}

type InvoiceStatus = 'issued' | 'accepted' | 'paid' | 'rejected' | 'annulled';

/** The last step of its life; an invoice with nothing due is paid by being accepted. */
export function statusOf(world: World, { number, due }: Invoice): InvoiceStatus {
  const has = (type: 'InvoiceAccepted' | 'InvoiceRejected' | 'InvoiceAnnulled' | 'InvoicePaid'): boolean =>
    world.all(type).some((step) => step.number === number);
  if (has('InvoiceAnnulled')) return 'annulled';
  if (has('InvoiceRejected')) return 'rejected';
  if (has('InvoicePaid')) return 'paid';
  if (has('InvoiceAccepted')) return due === 0n ? 'paid' : 'accepted';
  return 'issued';
}

function findInvoice(world: World, number: string): Invoice {
  return found(
    world.all('InvoiceIssued').find((invoice) => invoice.number === number),
    'invoice',
  );
}

function refuseUnlessLast(world: World, invoice: Invoice): void {
  refuseIf(invoicesInForce(world, invoice).at(-1)?.number !== invoice.number, 'invoice.wrong_status');
}

export function acceptInvoice(world: World, { number, on }: Body<'acceptInvoice'>): void {
  const invoice = findInvoice(world, number);
  refuseIf(statusOf(world, invoice) !== 'issued', 'invoice.wrong_status');
  refuseFuture(world, zoneOfPayer(world, invoice.payerId), on);
  world.record({ type: 'InvoiceAccepted', number, on });
}

export function rejectInvoice(world: World, { number, on, reason }: Body<'rejectInvoice'>): void {
  const invoice = findInvoice(world, number);
  refuseIf(statusOf(world, invoice) !== 'issued', 'invoice.wrong_status');
  refuseUnlessLast(world, invoice);
  refuseFuture(world, zoneOfPayer(world, invoice.payerId), on);
  world.record({ type: 'InvoiceRejected', number, reason });
}

export function annulInvoice(world: World, { number, on, reason }: Body<'annulInvoice'>): void {
  const invoice = findInvoice(world, number);
  refuseIf(!['issued', 'accepted'].includes(statusOf(world, invoice)), 'invoice.wrong_status');
  refuseUnlessLast(world, invoice);
  refuseFuture(world, zoneOfPayer(world, invoice.payerId), on);
  world.record({ type: 'InvoiceAnnulled', number, reason });
}

export function payInvoice(world: World, { number, on, amount }: Body<'payInvoice'>): void {
  const invoice = findInvoice(world, number);
  refuseIf(statusOf(world, invoice) !== 'accepted', 'invoice.wrong_status');
  refuseIf(parseMoney(amount) !== invoice.due, 'invoice.amount_differs');
  refuseFuture(world, zoneOfPayer(world, invoice.payerId), on);
  world.record({ type: 'InvoicePaid', number, on });
}
