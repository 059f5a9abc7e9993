import type { AdjustNominal, IssueCertificate, TopUpNominal } from '../domain/certificate/commands.ts';
import { adjustNominal, issueCertificate, topUpNominal } from '../domain/certificate/decide.ts';
import type { CertificateEvent } from '../domain/certificate/events.ts';
import { certificateStream } from '../domain/certificate/events.ts';
import type { NominalFacts } from '../domain/certificate/facts.ts';
import type { CertificateState } from '../domain/certificate/state.ts';
import type { ReservationEvent } from '../domain/reservation/events.ts';
import { groupPlacesStream } from '../domain/reservation/events.ts';
import { DEFAULT_ZONE } from '../kernel/clock.ts';
import { LedgerError, refuse } from '../kernel/errors.ts';
import { formatMoney } from '../kernel/money.ts';
import { ConflictError } from '../store/event-store.ts';
import { certificates, reservations } from './categories.ts';
import type { CommandSession, Handled } from './command-session.ts';
import { retried, typesOf } from './command-session.ts';
import { groupFactsOf, loadCertificate, payerState, periodPlace } from './lookups.ts';
import { settleGroupPlaces } from './reservations.ts';
import type { LoadedStream } from './stream-cache.ts';

/** Issues a certificate in a group of its payer. */
export async function issue(command: IssueCertificate, session: CommandSession): Promise<Handled> {
  const payer = await payerState(command.payerId, session);
  const group = payer.groups.get(command.groupId);
  const facts = {
    today: session.today(payer.payer?.zone ?? DEFAULT_ZONE),
    payerKnown: payer.payer !== undefined,
    group: group === undefined ? undefined : groupFactsOf(group),
  };
  const decide = (state: CertificateState) => issueCertificate(command, facts, state);
  const events = await session.change(certificates, certificateStream(command.certificateId), decide, { record: true });
  return { events: typesOf(events), outcome: {} };
}

/** Tops up or adjusts a nominal: the group's account counts it first, so that its limits hold across certificates. */
export async function changeNominal(command: TopUpNominal | AdjustNominal, session: CommandSession): Promise<Handled> {
  const { certificateId, periodId } = command;
  const { certificate } = (await loadCertificate(certificateId, session)).state;
  if (certificate === undefined) refuse('certificate.not_found', `there is no certificate ${certificateId}`);
  return session.inTurn([periodPlace(certificate.payerId, periodId)], () => settlingAtLimit(command, session));
}

async function settlingAtLimit(command: TopUpNominal | AdjustNominal, session: CommandSession): Promise<Handled> {
  try {
    return await retried(() => attempt(command, session));
  } catch (error) {
    if (!(error instanceof LedgerError) || error.code !== 'group.limit_reached') throw error;
    const { state } = await loadCertificate(command.certificateId, session);
    // Before a limit is said to be reached, what counts against it is compared with the certificates themselves.
    if (!(await settleGroupPlaces(placesStream(command, state), command.periodId, session))) throw error;
    return retried(() => attempt(command, session));
  }
}

async function attempt(command: TopUpNominal | AdjustNominal, session: CommandSession): Promise<Handled> {
  const { certificateId } = command;
  const loaded = await loadCertificate(certificateId, session);
  const { state, revision } = loaded;
  const account = await session.load(reservations, placesStream(command, state));
  const places = account.revision;
  const facts = await nominalFacts(command, state, account, session);
  const events =
    command.command === 'topUpNominal' ? topUpNominal(command, facts, state) : adjustNominal(command, facts, state);
  const [event] = events;
  const place = event === undefined ? undefined : placeEvent(event, certificateId, account);
  const lessens = event?.type === 'NominalAdjusted' && event.nominal < event.previous;
  // Other streams have been read meanwhile; a certificate that moved on is decided anew.
  if (loaded.revision !== revision) throw new ConflictError(loaded.stream, revision, loaded.revision);
  if (account.revision !== places) throw new ConflictError(account.stream, places, account.revision);
  // Room is taken before it is used and given back after, so that the limit holds at every moment.
  if (place !== undefined && !lessens) await session.append(reservations, account, [place], { record: false });
  await session.append(certificates, loaded, events, { record: true });
  if (place !== undefined && lessens) {
    await session.change(reservations, account.stream, () => [place], { record: false });
  }
  return { events: typesOf(events), outcome: nominalOutcome(events) };
}

async function nominalFacts(
  command: TopUpNominal | AdjustNominal,
  state: CertificateState,
  account: LoadedStream<{ places: Map<string, number>; placesSum: number; placesClosed: boolean }>,
  session: CommandSession,
): Promise<NominalFacts> {
  const payer = await payerState(state.certificate?.payerId ?? '', session);
  const group = payer.groups.get(state.certificate?.groupId ?? '');
  const period = payer.periods.get(command.periodId);
  const { places, placesSum, placesClosed } = account.state;
  const own = places.get(command.certificateId);
  if (group === undefined) throw new RangeError(`certificate ${command.certificateId} belongs to no group`);
  return {
    today: session.today(payer.payer?.zone ?? DEFAULT_ZONE),
    period: period === undefined ? undefined : { ...period, closed: period.closed || placesClosed },
    group: groupFactsOf(group),
    groupNominal: group.nominals.get(command.periodId),
    places: { count: places.size - (own === undefined ? 0 : 1), sum: placesSum - (own ?? 0) },
  };
}

function placeEvent(
  event: CertificateEvent,
  certificateId: string,
  account: LoadedStream<{ places: Map<string, number> }>,
): ReservationEvent | undefined {
  const held = account.state.places.get(certificateId);
  const { effectiveOn } = event;
  const amount =
    event.type === 'NominalToppedUp' ? event.amount : event.type === 'NominalAdjusted' ? event.nominal : held;
  if (amount === undefined || amount === held) return undefined;
  return { type: held === undefined ? 'PlaceTaken' : 'PlaceAmountChanged', effectiveOn, certificateId, amount };
}

/** The outcome of a top-up or adjustment, told from its event. */
export function nominalOutcome(events: readonly CertificateEvent[]): Record<string, unknown> {
  const [event] = events;
  if (event?.type === 'NominalToppedUp') return { nominal: formatMoney(event.amount) };
  return event?.type === 'NominalAdjusted' ? { nominal: formatMoney(event.nominal) } : {};
}

function placesStream(command: TopUpNominal | AdjustNominal, state: CertificateState): string {
  const { payerId = '', groupId = '' } = state.certificate ?? {};
  return groupPlacesStream(payerId, groupId, command.periodId);
}
