import { drawUpInvoice, invoiceLines, refuseUnfinishedMonth } from '../domain/invoice/billing.ts';
import type { IssueInvoices } from '../domain/invoice/commands.ts';
import type { InvoiceEvent, InvoiceLine, IssuedInvoice } from '../domain/invoice/events.ts';
import { invoicesStream } from '../domain/invoice/events.ts';
import type { InvoicesState } from '../domain/invoice/state.ts';
import { invoiceOfMonth } from '../domain/invoice/state.ts';
import { payerStream } from '../domain/payer/events.ts';
import { providerStream } from '../domain/provider/events.ts';
import type { CutEntry, ReservationEvent } from '../domain/reservation/events.ts';
import { invoiceNumbersStream } from '../domain/reservation/events.ts';
import type { ReservedNumber } from '../domain/reservation/state.ts';
import { yearOf } from '../kernel/civil-date.ts';
import { DEFAULT_ZONE } from '../kernel/clock.ts';
import { refuse } from '../kernel/errors.ts';
import { refuseFutureDate } from '../kernel/future.ts';
import { formatMoney } from '../kernel/money.ts';
import { ConflictError } from '../store/event-store.ts';
import { invoices, payers, providers, reservations } from './categories.ts';
import type { CommandSession } from './command-session.ts';
import { inChunks } from './event-size.ts';
import type { Handled } from './handled.ts';
import { knownPayer, knownProvider, zoneOf } from './lookups.ts';
import type { Pair, ReadSide, UnbilledSum } from './read-side.ts';
import { retried } from './retried.ts';
import { unbilledAtCut } from './unbilled-at-cut.ts';

/** What a run did for one pair (SPEC section 11). */
interface InvoiceResult extends Pair {
  readonly number: string;
  readonly result: 'issued' | 'alreadyIssued';
  readonly due: string;
}

/**
 * Issues the month's invoices, one per pair that has something to bill, in the order payerId, providerId. A pair is cut
 * when its number is reserved; whoever goes on after an interruption bills that cut under that number.
 */
export async function issueMonth(
  command: IssueInvoices,
  session: CommandSession,
  body: Record<string, unknown>,
  readSide: ReadSide,
): Promise<Handled> {
  session.confirmStates();
  if (!session.resumed) await refuseRun(command, session);
  await readSide.catchUp();
  const results: InvoiceResult[] = [];
  const pairs = readSide.pairsOfMonth(command.month, command);
  for (const [index, pair] of pairs.entries()) {
    const places = [
      invoicesStream(pair.payerId, pair.providerId),
      invoiceNumbersStream(pair.providerId, yearOf(command.on)),
    ];
    const result = await session.inTurn(places, () => retried(() => issuePair(command, pair, session, body, readSide)));
    if (result !== undefined) results.push(result);
    session.progress?.(index + 1, pairs.length);
  }
  const issued = results.filter(({ result }) => result === 'issued').length;
  return session.complete(command.command, {
    events: issued === 0 ? [] : ['InvoiceIssued'],
    outcome: { invoices: results },
    eventCounts: issued === 0 ? {} : { InvoiceIssued: issued },
  });
}

async function refuseRun(command: IssueInvoices, session: CommandSession): Promise<void> {
  const { payerId, month, on } = command;
  await refuseUnknownPair(command, session);
  refuseUnfinishedMonth(month, on);
  refuseFutureDate('on', on, {
    today: session.today(payerId === undefined ? DEFAULT_ZONE : await zoneOf(payerId, session)),
  });
}

/** Refuses a payer or provider that is named but not there. */
export async function refuseUnknownPair(
  { payerId, providerId }: { readonly payerId?: string | undefined; readonly providerId?: string | undefined },
  session: CommandSession,
): Promise<void> {
  if (payerId !== undefined && !(await knownPayer(payerId, session))) {
    refuse('payer.not_found', `there is no payer ${payerId}`);
  }
  if (providerId !== undefined && !(await knownProvider(providerId, session))) {
    refuse('provider.not_found', `there is no provider ${providerId}`);
  }
}

async function issuePair(
  command: IssueInvoices,
  pair: Pair,
  session: CommandSession,
  body: Record<string, unknown>,
  readSide: ReadSide,
): Promise<InvoiceResult | undefined> {
  const stream = invoicesStream(pair.payerId, pair.providerId);
  if (session.shared) await readSides(pair, session);
  const { state, revision } = await session.load(invoices, stream);
  const known = invoiceOfMonth(command.month, state);
  if (known !== undefined) {
    const own = session.hasIntent && (await isOwn(known.number, stream, session));
    return { number: known.number, ...pair, result: own ? 'issued' : 'alreadyIssued', due: formatMoney(known.due) };
  }
  const open = await openReservation(command, pair, state, session);
  if (open !== undefined) {
    await session.begin(body);
    const { number, cut } = open;
    return draw(command, pair, { number, sums: await unbilledAtCut(pair, cut, session), revision }, session);
  }
  const { sums, pairRevision } = await freshSums(pair, command, revision, readSide);
  if (pairRevision !== revision) throw new ConflictError(stream, pairRevision, revision);
  if (invoiceLines(command.month, sums).length === 0 && !state.advances.has(command.month)) return undefined;
  await session.begin(body);
  const number = await reserveNumber(command, pair, sums, state, session);
  return draw(command, pair, { number, sums, revision }, session);
}

/** What the invoice says of its sides is what is known of them now: its time is not to lie before theirs. */
async function readSides({ payerId, providerId }: Pair, session: CommandSession): Promise<void> {
  await session.load(payers, payerStream(payerId));
  await session.load(providers, providerStream(providerId));
}

/** The pair's unbilled sums, read at the revision its own stream has now. */
async function freshSums(pair: Pair, { month }: IssueInvoices, revision: number, readSide: ReadSide) {
  const read = readSide.unbilled(pair, month);
  if (read.pairRevision === revision) return read;
  await readSide.catchUp();
  return readSide.unbilled(pair, month);
}

/** Whether this very command had issued the invoice before it was interrupted. */
async function isOwn(number: string, stream: string, session: CommandSession): Promise<boolean> {
  const own = await session.ownEvents(stream);
  return own.some((event) => event.type === 'InvoiceIssued' && event.number === number);
}

/** A number reserved for this pair and month whose invoice was never written. */
async function openReservation(
  { month, on }: IssueInvoices,
  { payerId, providerId }: Pair,
  state: InvoicesState,
  session: CommandSession,
): Promise<ReservedNumber | undefined> {
  const numbers = (await session.load(reservations, invoiceNumbersStream(providerId, yearOf(on)))).state.numbers;
  return openNumber(numbers, payerId, month, state);
}

function openNumber(
  numbers: readonly ReservedNumber[],
  payerId: string,
  month: string,
  { invoices: issued }: InvoicesState,
): ReservedNumber | undefined {
  return numbers.find(
    (reserved) => reserved.payerId === payerId && reserved.month === month && !issued.has(reserved.number),
  );
}

async function reserveNumber(
  { month, on }: IssueInvoices,
  { payerId, providerId }: Pair,
  sums: readonly UnbilledSum[],
  state: InvoicesState,
  session: CommandSession,
): Promise<string> {
  const year = yearOf(on);
  const cut = cutOf(sums);
  let number = '';
  await session.changeOnce(
    reservations,
    invoiceNumbersStream(providerId, year),
    ({ numbers }, { stream, revision }) => {
      // Another node has cut the pair meanwhile: its number is used, none is added.
      if (openNumber(numbers, payerId, month, state) !== undefined) throw new ConflictError(stream, revision, revision);
      number = `${providerId}-${year}-${String(numbers.length + 1).padStart(4, '0')}`;
      const [first = [], ...rest] = inChunks(cut);
      const pair = { payerId, providerId, month };
      const reserved: ReservationEvent[] = [
        { type: 'InvoiceNumberReserved', effectiveOn: on, number, ...pair, cut: first },
      ];
      for (const part of rest) reserved.push({ type: 'InvoiceCutContinued', effectiveOn: on, number, cut: part });
      return reserved;
    },
    { record: false },
  );
  return number;
}

function cutOf(sums: readonly UnbilledSum[]): CutEntry[] {
  const cut = new Map<string, CutEntry>();
  for (const { contractId, certificateId, revision } of sums) {
    const known = cut.get(contractId);
    if (known === undefined || known.revision < revision) cut.set(contractId, { contractId, certificateId, revision });
  }
  return [...cut.values()];
}

/**
 * Writes the invoice into the pair's stream; lines that do not fit one event go before it. Nobody may come in between:
 * `revision` is that of the pair's stream at which the sums were taken.
 */
async function draw(
  { month, on }: IssueInvoices,
  pair: Pair,
  { number, sums, revision }: { number: string; sums: readonly UnbilledSum[]; revision: number },
  session: CommandSession,
): Promise<InvoiceResult> {
  const lines = invoiceLines(month, sums.map(withoutRevision));
  const parts = inChunks(lines);
  const stream = invoicesStream(pair.payerId, pair.providerId);
  let expected = revision;
  const append = async (decide: (state: InvoicesState) => InvoiceEvent[]) => {
    const events = await session.changeOnce(
      invoices,
      stream,
      (state, loaded) => {
        if (loaded.revision !== expected) throw new ConflictError(stream, expected, loaded.revision);
        return decide(state);
      },
      { record: false },
    );
    expected += events.length;
  };
  for (const part of parts.slice(0, -1)) {
    const start = lines.indexOf(part[0] as InvoiceLine);
    // An interrupted run may have added the part.
    await append(({ linesAdded }) =>
      (linesAdded.get(number) ?? 0) > start
        ? []
        : [{ type: 'InvoiceLinesAdded', effectiveOn: on, number, lines: [...part] }],
    );
  }
  let issued: IssuedInvoice | undefined;
  await append((state) => {
    const whole = drawUpInvoice({ number, ...pair, month, issuedOn: on }, lines, state);
    issued = whole;
    return [{ ...whole, lines: parts.at(-1) ?? [] }];
  });
  return { number, ...pair, result: 'issued', due: formatMoney(issued?.due ?? 0) };
}

function withoutRevision({ revision: _, ...sum }: UnbilledSum) {
  return sum;
}
