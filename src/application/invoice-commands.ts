import type { AcceptInvoice, AnnulInvoice, PayInvoice, RejectInvoice } from '../domain/invoice/commands.ts';
import { decideInvoice } from '../domain/invoice/decide.ts';
import { invoicesStream } from '../domain/invoice/events.ts';
import { invoiceNumbersStream } from '../domain/reservation/events.ts';
import { refuse } from '../kernel/errors.ts';
import { invoices, reservations } from './categories.ts';
import type { CommandSession } from './command-session.ts';
import type { Handled } from './handled.ts';
import { typesOf } from './handled.ts';
import { zoneOf } from './lookups.ts';
import type { Pair } from './read-side.ts';
import type { StreamCache } from './stream-cache.ts';

/** Accepts, rejects, annuls or pays an invoice, in the stream of its pair. */
export async function changeInvoice(
  command: AcceptInvoice | RejectInvoice | AnnulInvoice | PayInvoice,
  session: CommandSession,
): Promise<Handled> {
  const pair = await pairOfInvoice(command.number, session);
  if (pair === undefined) refuse('invoice.not_found', `there is no invoice ${command.number}`);
  const day = { today: session.today(await zoneOf(pair.payerId, session)) };
  const stream = invoicesStream(pair.payerId, pair.providerId);
  const events = await session.change(invoices, stream, (state) => decideInvoice(command, day, state), {
    record: true,
  });
  return { events: typesOf(events), outcome: {} };
}

/** The pair an invoice is between: its number leads to the stream that gave the number out. */
export async function pairOfInvoice(number: string, streams: Pick<StreamCache, 'load'>): Promise<Pair | undefined> {
  const parts = /^(.+)-(\d{4})-\d{4,}$/s.exec(number);
  if (parts?.[1] === undefined || parts[2] === undefined) return undefined;
  const providerId = parts[1];
  const { numbers } = (await streams.load(reservations, invoiceNumbersStream(providerId, parts[2]))).state;
  const reserved = numbers.find((candidate) => candidate.number === number);
  return reserved === undefined ? undefined : { payerId: reserved.payerId, providerId };
}
