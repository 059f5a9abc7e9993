import { advanceOn, plannedCharge, refuseEarlyAdvance, refusePercent } from '../domain/invoice/advance.ts';
import type { RequestAdvance } from '../domain/invoice/commands.ts';
import type { InvoiceEvent } from '../domain/invoice/events.ts';
import { invoicesStream } from '../domain/invoice/events.ts';
import type { InvoicesState } from '../domain/invoice/state.ts';
import { invoiceOfMonth } from '../domain/invoice/state.ts';
import { DEFAULT_ZONE } from '../kernel/clock.ts';
import { LedgerError } from '../kernel/errors.ts';
import { refuseFutureDate } from '../kernel/future.ts';
import { formatMoney } from '../kernel/money.ts';
import { ConflictError } from '../store/event-store.ts';
import { invoices } from './categories.ts';
import type { CommandSession } from './command-session.ts';
import type { Handled } from './handled.ts';
import { refuseUnknownPair } from './issue-invoices.ts';
import { zoneOf } from './lookups.ts';
import type { Pair, PlannedContractRow, ReadSide } from './read-side.ts';
import { retried } from './retried.ts';

/** What a request did for one pair. */
interface AdvanceResult extends Pair {
  readonly result: 'requested' | 'alreadyRequested' | 'refused';
  readonly amount?: string;
  readonly error?: { readonly code: string; readonly message: string };
}

/** Requests the month's advances, one per pair with contracts in force in the month (SPEC section 6). */
export async function requestAdvances(
  command: RequestAdvance,
  session: CommandSession,
  body: Record<string, unknown>,
  readSide: ReadSide,
): Promise<Handled> {
  session.confirmStates();
  await readSide.catchUp();
  if (!session.resumed) await refuseRequest(command, readSide.pairsWithContracts(command), session);
  return session.workToCompletion(command.command, async () => {
    const results = await requestAll(command, session, body, readSide);
    const requested = results.filter(({ result }) => result === 'requested').length;
    return {
      events: requested === 0 ? [] : ['AdvanceRequested'],
      outcome: { advances: results },
      eventCounts: requested === 0 ? {} : { AdvanceRequested: requested },
    };
  });
}

async function requestAll(
  command: RequestAdvance,
  session: CommandSession,
  body: Record<string, unknown>,
  readSide: ReadSide,
): Promise<readonly AdvanceResult[]> {
  const pairs = readSide.pairsWithContracts(command);
  const results: AdvanceResult[] = [];
  for (const pair of pairs) {
    const result = await retried(() => requestPair(command, pair, session, body, readSide));
    if (result !== undefined) results.push(result);
  }
  // The invoices of all pairs may have come out since the request was looked at first.
  if (!session.hasIntent) await refuseRequest(command, pairs, session);
  return results;
}

/** A request over several pairs is refused only if every pair is. */
async function refuseRequest(command: RequestAdvance, pairs: readonly Pair[], session: CommandSession): Promise<void> {
  const { payerId, month, on, percent } = command;
  await refuseUnknownPair(command, session);
  refusePercent(percent);
  refuseEarlyAdvance(month, on);
  let refusal: LedgerError | undefined;
  for (const pair of pairs) {
    refusal = refusalOf(
      command,
      pair,
      (await session.load(invoices, invoicesStream(pair.payerId, pair.providerId))).state,
    );
    if (refusal === undefined) break;
  }
  if (refusal !== undefined) throw refusal;
  const zone = payerId === undefined ? DEFAULT_ZONE : await zoneOf(payerId, session);
  refuseFutureDate('on', on, { today: session.today(zone) });
}

function refusalOf(
  { month }: RequestAdvance,
  { payerId, providerId }: Pair,
  state: InvoicesState,
): LedgerError | undefined {
  const invoice = invoiceOfMonth(month, state);
  if (invoice === undefined) return undefined;
  const sentence = `invoice ${invoice.number} of ${month} between ${payerId} and ${providerId} is out`;
  return new LedgerError('advance.not_allowed', sentence);
}

async function requestPair(
  command: RequestAdvance,
  pair: Pair,
  session: CommandSession,
  body: Record<string, unknown>,
  readSide: ReadSide,
): Promise<AdvanceResult | undefined> {
  const { month, percent, on } = command;
  const stream = invoicesStream(pair.payerId, pair.providerId);
  const own = session.hasIntent ? await ownAdvance(stream, month, session) : undefined;
  if (own !== undefined) return { ...pair, result: 'requested', amount: own };
  const { state, revision } = await session.load(invoices, stream);
  const refusal = refusalOf(command, pair, state);
  if (refusal !== undefined) {
    return { ...pair, result: 'refused', error: { code: refusal.code, message: refusal.message } };
  }
  const known = state.advances.get(month);
  if (known !== undefined) return { ...pair, result: 'alreadyRequested', amount: formatMoney(known) };
  const contracts = advances(readSide.contractsInForce(pair, month), command);
  const amount = contracts.reduce((sum, contract) => sum + contract.amount, 0);
  if (amount === 0) return undefined;
  await session.begin(body);
  const event: InvoiceEvent = {
    type: 'AdvanceRequested',
    effectiveOn: on,
    ...pair,
    month,
    percent,
    amount,
    contracts,
  };
  await session.changeOnce(
    invoices,
    stream,
    (_, loaded) => {
      if (loaded.revision !== revision) throw new ConflictError(stream, revision, loaded.revision);
      return [event];
    },
    { record: false },
  );
  return { ...pair, result: 'requested', amount: formatMoney(amount) };
}

function advances(contracts: readonly PlannedContractRow[], { month, percent }: RequestAdvance) {
  return contracts
    .map((contract) => ({
      contractId: contract.contractId,
      planned: plannedCharge(contract, month),
      amount: advanceOn(contract, month, percent),
    }))
    .filter(({ amount }) => amount > 0);
}

/** The amount this very command had requested before it was interrupted. */
async function ownAdvance(stream: string, month: string, session: CommandSession): Promise<string | undefined> {
  for (const event of await session.ownEvents(stream)) {
    if (event.type === 'AdvanceRequested' && event.month === month) return formatMoney(event.amount);
  }
  return undefined;
}
