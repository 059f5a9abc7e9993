import { drawUpInvoice, invoiceLines, refuseUnfinishedMonth } from '../domain/invoice/billing.ts';
import type { IssueInvoices } from '../domain/invoice/commands.ts';
import type { InvoiceEvent, InvoiceLine, IssuedInvoice } from '../domain/invoice/events.ts';
import { invoicesStream } from '../domain/invoice/events.ts';
import type { InvoiceHead, InvoicesState } from '../domain/invoice/state.ts';
import { invoiceOfMonth } from '../domain/invoice/state.ts';
import { payerStream } from '../domain/payer/events.ts';
import { providerStream } from '../domain/provider/events.ts';
import type { CutEntry, ReservationEvent } from '../domain/reservation/events.ts';
import { invoiceNumbersStream } from '../domain/reservation/events.ts';
import type { ReservationState, ReservedNumber } from '../domain/reservation/state.ts';
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
import { refuseMoved, retried } from './retried.ts';
import type { LoadedStream } from './stream-cache.ts';
import { unbilledAtCut } from './unbilled-at-cut.ts';

/** What a run did for one pair (SPEC section 11). */
interface InvoiceResult extends Pair {
  readonly number: string;
  readonly result: 'issued' | 'alreadyIssued';
  readonly due: string;
}

/**
 * Issues the month's invoices, one per pair that has something to bill, in the order payerId, providerId. A pair is cut
 * when its number is reserved; whoever comes next, be it for another month, bills that cut under that number first.
 */
export async function issueMonth(
  command: IssueInvoices,
  session: CommandSession,
  body: Record<string, unknown>,
  readSide: ReadSide,
): Promise<Handled> {
  session.confirmStates();
  if (!session.resumed) await refuseRun(command, session);
  return session.workToCompletion(command.command, async () => {
    const results = await issueAll(command, session, body, readSide);
    const issued = results.filter(({ result }) => result === 'issued').length;
    return {
      events: issued === 0 ? [] : ['InvoiceIssued'],
      outcome: { invoices: results },
      eventCounts: issued === 0 ? {} : { InvoiceIssued: issued },
    };
  });
}

async function issueAll(
  command: IssueInvoices,
  session: CommandSession,
  body: Record<string, unknown>,
  readSide: ReadSide,
): Promise<readonly InvoiceResult[]> {
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
  return results;
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
  if (session.shared) await readSides(pair, session);
  const loaded = await session.load(invoices, invoicesStream(pair.payerId, pair.providerId));
  const { state, revision } = loaded;
  const known = invoiceOfMonth(command.month, state);
  if (known !== undefined && !session.hasIntent) return resultOf(known, pair, 'alreadyIssued');
  const reserved = await reservedFor(pair, command, session);
  const own = await ownNumber(command, pair, reserved, session);
  const issued = own === undefined ? undefined : state.invoices.get(own);
  // Also where it was rejected since: it is what this command has issued, and nobody has asked for another.
  if (issued !== undefined) return resultOf(issued, pair, 'issued');
  if (known !== undefined) return resultOf(known, pair, 'alreadyIssued');
  const open = reserved.find(({ number }) => !state.invoices.has(number));
  if (open !== undefined) {
    await session.begin(body);
    const sums = await unbilledAtCut(pair, open.cut, session);
    const due = await draw(pair, open, { sums, revision }, session);
    if (open.number === own) return { number: own, ...pair, result: 'issued', due };
    // What another command has cut is its own result; this one goes on with what is left.
    return issuePair(command, pair, session, body, readSide);
  }
  const { sums, pairRevision } = await freshSums(pair, command, revision, readSide);
  if (pairRevision !== revision) throw new ConflictError(loaded.stream, pairRevision, revision);
  if (invoiceLines(command.month, sums).length === 0 && !state.advances.has(command.month)) return undefined;
  await session.begin(body);
  const number = await reserveNumber(command, pair, { sums, loaded, revision, seen: reserved.length }, session);
  const due = await draw(pair, { number, ...command }, { sums, revision }, session);
  return { number, ...pair, result: 'issued', due };
}

function resultOf(invoice: InvoiceHead, pair: Pair, result: InvoiceResult['result']): InvoiceResult {
  return { number: invoice.number, ...pair, result, due: formatMoney(invoice.due) };
}

/** The numbers reserved for the pair in the year of the run, whatever their months. */
async function reservedFor(
  { payerId, providerId }: Pair,
  { on }: IssueInvoices,
  session: CommandSession,
): Promise<readonly ReservedNumber[]> {
  const { state } = await session.load(reservations, invoiceNumbersStream(providerId, yearOf(on)));
  return numbersOf(payerId, state);
}

function numbersOf(payerId: string, { numbers }: ReservationState): readonly ReservedNumber[] {
  return numbers.filter((reserved) => reserved.payerId === payerId);
}

/**
 * The number that this very command has reserved for the pair, here or where another node goes on with it. Asked of the
 * stream only where there is a number for the month by now.
 */
async function ownNumber(
  { month, on }: IssueInvoices,
  { payerId, providerId }: Pair,
  reserved: readonly ReservedNumber[],
  session: CommandSession,
): Promise<string | undefined> {
  if (!session.hasIntent || !reserved.some((candidate) => candidate.month === month)) return undefined;
  for (const event of await session.ownEvents(invoiceNumbersStream(providerId, yearOf(on)))) {
    if (event.type === 'InvoiceNumberReserved' && event.payerId === payerId) return event.number;
  }
  return undefined;
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

/**
 * Reserves the pair's next number with its cut. Whoever has cut the pair meanwhile has to be heard first: its invoice may bill
 * the same, and then this one would be left without lines.
 */
async function reserveNumber(
  { month, on }: IssueInvoices,
  { payerId, providerId }: Pair,
  { sums, loaded, revision: decidedAt, seen }: Decided,
  session: CommandSession,
): Promise<string> {
  const year = yearOf(on);
  const cut = cutOf(sums);
  let number = '';
  await session.changeOnce(
    reservations,
    invoiceNumbersStream(providerId, year),
    (state, { stream, revision }) => {
      refuseMoved(loaded, decidedAt);
      if (numbersOf(payerId, state).length !== seen) throw new ConflictError(stream, revision, revision);
      number = `${providerId}-${year}-${String(state.numbers.length + 1).padStart(4, '0')}`;
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

/** What an invoice is decided on: the pair's unbilled sums and stream, and how many numbers it had by then. */
interface Decided {
  readonly sums: readonly UnbilledSum[];
  readonly loaded: LoadedStream<InvoicesState>;
  readonly revision: number;
  readonly seen: number;
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
 * Writes the invoice into the pair's stream, and answers what is due; lines that do not fit one event go before it. Nobody may
 * come in between: `revision` is that of the pair's stream at which the sums were taken.
 */
async function draw(
  pair: Pair,
  { number, month, on }: Pick<ReservedNumber, 'number' | 'month' | 'on'>,
  { sums, revision }: Pick<Decided, 'sums' | 'revision'>,
  session: CommandSession,
): Promise<string> {
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
  return formatMoney(issued?.due ?? 0);
}

function withoutRevision({ revision: _, ...sum }: UnbilledSum) {
  return sum;
}
