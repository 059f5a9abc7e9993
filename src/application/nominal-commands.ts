import type { AdjustNominal, IssueCertificate, TopUpNominal } from '../domain/certificate/commands.ts';
import { adjustNominal, issueCertificate, topUpNominal } from '../domain/certificate/decide.ts';
import type { CertificateEvent } from '../domain/certificate/events.ts';
import { certificateStream } from '../domain/certificate/events.ts';
import type { NominalFacts } from '../domain/certificate/facts.ts';
import type { CertificateState } from '../domain/certificate/state.ts';
import { payerStream } from '../domain/payer/events.ts';
import type { PayerState } from '../domain/payer/state.ts';
import type { ReservationEvent } from '../domain/reservation/events.ts';
import { groupPlacesStream } from '../domain/reservation/events.ts';
import type { ReservationState } from '../domain/reservation/state.ts';
import { DEFAULT_ZONE } from '../kernel/clock.ts';
import { refuse } from '../kernel/errors.ts';
import { formatMoney } from '../kernel/money.ts';
import { ConflictError } from '../store/event-store.ts';
import { certificates, payers, reservations } from './categories.ts';
import type { CommandSession } from './command-session.ts';
import type { Handled } from './handled.ts';
import { typesOf } from './handled.ts';
import { groupFactsOf, loadCertificate, payerState, periodPlace } from './lookups.ts';
import { settleGroupPlaces, settlingAtLimit } from './reservations.ts';
import { refuseMoved, retried, retriedConfirming } from './retried.ts';
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
  const events = await session.create(certificates, certificateStream(command.certificateId), decide, { record: true });
  return { events: typesOf(events), outcome: {} };
}

/** Tops up or adjusts a nominal: the group's account counts it first, so that its limits hold across certificates. */
export async function changeNominal(command: TopUpNominal | AdjustNominal, session: CommandSession): Promise<Handled> {
  const { certificateId, periodId } = command;
  const { certificate } = (await loadCertificate(certificateId, session)).state;
  if (certificate === undefined) refuse('certificate.not_found', `there is no certificate ${certificateId}`);
  const { payerId, groupId } = certificate;
  const settled = () =>
    settlingAtLimit(
      'group.limit_reached',
      () => retriedConfirming(() => attempt(command, session), session),
      () =>
        settleGroupPlaces(groupPlacesStream(payerId, groupId, periodId), periodId, session, { without: certificateId }),
    );
  // On a server the turn ends when the place is taken: what counts then holds whoever comes next, of this node or another.
  return session.shared ? settled() : session.inTurn([periodPlace(payerId, periodId)], settled);
}

async function attempt(command: TopUpNominal | AdjustNominal, session: CommandSession): Promise<Handled> {
  const loaded = await loadCertificate(command.certificateId, session);
  const { revision } = loaded;
  const take = () => takePlace(command, { loaded, revision }, session);
  const { events, after, account, reserved } = session.shared
    ? await session.inTurn([periodPlace(loaded.state.certificate?.payerId ?? '', command.periodId)], take)
    : await take();
  await session.append(certificates, loaded, events, { record: true, decidedAt: revision });
  if (after !== undefined) await giveBack(command, after, { account, reserved }, session);
  return { events: typesOf(events), outcome: nominalOutcome(events) };
}

/** Decides, and takes the place that is needed in the group's account, at the revision it was decided on. */
async function takePlace(
  command: TopUpNominal | AdjustNominal,
  { loaded, revision }: { readonly loaded: LoadedStream<CertificateState>; readonly revision: number },
  session: CommandSession,
) {
  const account = await session.load(reservations, placesStream(command, loaded.state));
  const counted = account.revision;
  const payer = await payerWithNominal(loaded.state, account.state, session);
  refuseMoved(account, counted);
  refuseMoved(loaded, revision);
  const facts = nominalFacts(command, loaded.state, { payer, account: account.state }, session);
  const { state } = loaded;
  const events =
    command.command === 'topUpNominal' ? topUpNominal(command, facts, state) : adjustNominal(command, facts, state);
  const [event] = events;
  const place = event === undefined ? {} : takenPlace(event, command.certificateId, account.state, session);
  if (place.before !== undefined) {
    await session.append(reservations, account, [place.before], { record: false, decidedAt: counted });
  }
  return { events, after: place.after, account, reserved: account.revision };
}

/**
 * The payer, with the nominal that counts at this revision of the group's account: one that was announced there is on its
 * way to the payer's stream, or this node has not heard that it has come.
 */
async function payerWithNominal(
  { certificate }: CertificateState,
  { announcedNominal: announced }: ReservationState,
  session: CommandSession,
): Promise<PayerState> {
  const stream = payerStream(certificate?.payerId ?? '');
  const known = await session.load(payers, stream);
  if (announced === undefined || known.revision > announced.payerRevision) return known.state;
  return (await session.current(payers, stream)).state;
}

/** Room that the certificate does not need any more; whoever has counted or changed places meanwhile is heard first. */
async function giveBack(
  { certificateId, periodId }: TopUpNominal | AdjustNominal,
  lessened: ReservationEvent,
  { account, reserved }: { readonly account: LoadedStream<ReservationState>; readonly reserved: number },
  session: CommandSession,
): Promise<void> {
  try {
    await session.append(reservations, account, [lessened], { record: false, decidedAt: reserved });
  } catch (error) {
    if (!(error instanceof ConflictError)) throw error;
    await retried(() => settleGroupPlaces(account.stream, periodId, session, { only: certificateId }));
  }
}

function nominalFacts(
  command: TopUpNominal | AdjustNominal,
  state: CertificateState,
  { payer, account }: { readonly payer: PayerState; readonly account: ReservationState },
  session: CommandSession,
): NominalFacts {
  const group = payer.groups.get(state.certificate?.groupId ?? '');
  const period = payer.periods.get(command.periodId);
  const { places, placesSum, placesClosed } = account;
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

/**
 * What is to be told to the group's account. Room is taken before it is used and given back after, so that the limit holds
 * at every moment. Where other nodes may give back what they think was left behind, every attempt takes its room anew.
 */
function takenPlace(
  event: CertificateEvent,
  certificateId: string,
  { places }: ReservationState,
  { shared }: CommandSession,
): { readonly before?: ReservationEvent; readonly after?: ReservationEvent } {
  const held = places.get(certificateId);
  const { effectiveOn } = event;
  const amount =
    event.type === 'NominalToppedUp' ? event.amount : event.type === 'NominalAdjusted' ? event.nominal : held;
  if (amount === undefined) return {};
  const changed: ReservationEvent = { type: 'PlaceAmountChanged', effectiveOn, certificateId, amount };
  if (held === undefined) return { before: { ...changed, type: 'PlaceTaken' } };
  if (amount > held) return { before: changed };
  return {
    ...(shared ? { before: { ...changed, amount: held } } : {}),
    ...(amount < held ? { after: changed } : {}),
  };
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
