import { agreementStream } from '../domain/agreement/events.ts';
import type { BlockCourse } from '../domain/certificate/commands.ts';
import { blockCourse } from '../domain/certificate/decide.ts';
import type { CertificateEvent } from '../domain/certificate/events.ts';
import { certificateStream } from '../domain/certificate/events.ts';
import type { AgreementFacts, BlockFacts } from '../domain/certificate/facts.ts';
import type { CertificateState } from '../domain/certificate/state.ts';
import { programmeStream } from '../domain/programme/events.ts';
import { isCertifiedOn } from '../domain/programme/state.ts';
import { providerStream } from '../domain/provider/events.ts';
import { isSuspendedOn } from '../domain/provider/state.ts';
import type { ReservationEvent } from '../domain/reservation/events.ts';
import { agreementSharesStream, contractNumberStream, contractStream } from '../domain/reservation/events.ts';
import type { HeldShare, ReservationState } from '../domain/reservation/state.ts';
import { yearOf } from '../kernel/civil-date.ts';
import { DEFAULT_ZONE } from '../kernel/clock.ts';
import type { Kopecks } from '../kernel/money.ts';
import { formatMoney } from '../kernel/money.ts';
import { agreements, certificates, programmes, providers, reservations } from './categories.ts';
import type { CommandSession } from './command-session.ts';
import type { Handled, Outcome } from './handled.ts';
import { typesOf } from './handled.ts';
import { groupFactsOf, loadCertificate, payerState } from './lookups.ts';
import { settleAgreement, settlingAtLimit, sharesInUse, withoutLatecomers } from './reservations.ts';
import { refuseMoved, retriedConfirming } from './retried.ts';
import type { LoadedStream } from './stream-cache.ts';

/**
 * Blocks a course. Its contract id and number and its share under the agreement are reserved first; a reservation whose
 * contract was never concluded, because the process ended in between, holds nobody up.
 */
export async function block(command: BlockCourse, session: CommandSession): Promise<Handled> {
  const places = [
    contractStream(command.contractId),
    contractNumberStream(command.providerId, yearOf(command.date), command.number),
    agreementSharesStream(command.agreementId),
  ];
  const { agreementId, contractId } = command;
  const settled = () =>
    settlingAtLimit(
      'agreement.limit_reached',
      () => retriedConfirming(() => attempt(command, session), session),
      () => settleAgreement(agreementId, session, contractId),
    );
  // On a server the turn ends when the share is taken: what is reserved then holds whoever comes next, of this node or another.
  return session.shared ? settled() : session.inTurn(places, settled);
}

/** The outcome of a block, told from its event (SPEC section 4). */
export function blockOutcome(events: readonly CertificateEvent[]): Outcome {
  const [event] = events;
  if (event?.type !== 'CourseBlocked') return {};
  return { share: formatMoney(event.share), parentShare: formatMoney(event.parentShare) };
}

/** The streams in which a block takes what counts or must be unique, as they were when it was decided. */
interface Places {
  readonly contract: LoadedStream<ReservationState>;
  readonly number: LoadedStream<ReservationState>;
  readonly shares: LoadedStream<ReservationState>;
}

async function attempt(command: BlockCourse, session: CommandSession): Promise<Handled> {
  const loaded = await loadCertificate(command.certificateId, session);
  const { revision } = loaded;
  const take = () => takeShare(command, { loaded, revision }, session);
  const { events, blocked, reserved } = session.shared
    ? await session.inTurn([agreementSharesStream(command.agreementId)], take)
    : await take();
  if (blocked !== undefined) await reserveContract(command, blocked, reserved, session);
  await session.append(certificates, loaded, events, { record: true, decidedAt: revision });
  return { events: typesOf(events), outcome: blockOutcome(events) };
}

/** What is reserved in, and the revisions it was decided at. */
interface Reserved {
  readonly places: Places;
  readonly revisions: ReturnType<typeof revisionsOf>;
}

/** Decides, and takes the share under the agreement, at the revision of its account on which it was decided. */
async function takeShare(
  command: BlockCourse,
  { loaded, revision }: { readonly loaded: LoadedStream<CertificateState>; readonly revision: number },
  session: CommandSession,
) {
  const { contractId, certificateId } = command;
  const places = await placesOf(command, session);
  const revisions = revisionsOf(places);
  const facts = await factsOf(command, loaded.state, places, session);
  refuseMoved(loaded, revision);
  const events = blockCourse(command, facts, loaded.state);
  const [first] = events;
  const blocked = first?.type === 'CourseBlocked' ? first : undefined;
  const held = places.shares.state.shares.get(contractId);
  if (blocked !== undefined && (session.shared || held?.inUse !== blocked.share)) {
    const { effectiveOn, share } = blocked;
    const amount = session.shared ? shareToTake(share, certificateId, held) : share;
    const taken = { type: 'ShareReserved' as const, effectiveOn, contractId, certificateId, amount };
    await reserve(places.shares, revisions.shares, taken, session);
  }
  return { events, blocked, reserved: { places, revisions } };
}

/**
 * What is in the account under the same contract id need not be one's own: another node may be about to block more on this
 * very certificate, and only one of the two is appended there. On another certificate nothing comes any more by now.
 */
function shareToTake(share: Kopecks, certificateId: string, held: HeldShare | undefined): Kopecks {
  return held?.certificateId === certificateId ? Math.max(share, held.inUse) : share;
}

async function placesOf(command: BlockCourse, session: CommandSession): Promise<Places> {
  const { contractId, providerId, agreementId, date, number } = command;
  // Most contracts and numbers are new, so that their streams are not asked for: an append tells if they are there.
  return {
    contract: await session.assumed(reservations, contractStream(contractId)),
    number: await session.assumed(reservations, contractNumberStream(providerId, yearOf(date), number)),
    shares: await session.load(reservations, agreementSharesStream(agreementId)),
  };
}

function revisionsOf({ contract, number, shares }: Places) {
  return { contract: contract.revision, number: number.revision, shares: shares.revision };
}

/**
 * Reserves the contract's id and number, at the revisions on which the block was decided. Where other nodes may give back
 * what they think was left behind, every attempt makes reservations of its own, so that theirs and the block cannot both be
 * right.
 */
async function reserveContract(
  { contractId, certificateId }: BlockCourse,
  { effectiveOn }: CertificateEvent,
  { places: { contract, number }, revisions }: Reserved,
  session: CommandSession,
): Promise<void> {
  const id = { effectiveOn, contractId, certificateId };
  const ofContract = () => reserve(contract, revisions.contract, { type: 'ContractReserved', ...id }, session);
  const ofNumber = () => reserve(number, revisions.number, { type: 'ContractNumberReserved', ...id }, session);
  if (session.shared) {
    // Neither rests on the other; an attempt that fails ends when both have been answered.
    const outcomes = await Promise.allSettled([ofContract(), ofNumber()]);
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
    return;
  }
  const heldBySame = ({ state: { holder } }: LoadedStream<ReservationState>) =>
    holder?.contractId === contractId && holder.certificateId === certificateId;
  if (!heldBySame(contract)) await ofContract();
  if (!heldBySame(number)) await ofNumber();
}

async function reserve(
  place: LoadedStream<ReservationState>,
  decidedAt: number,
  event: ReservationEvent,
  session: CommandSession,
): Promise<void> {
  await session.append(reservations, place, [event], { record: false, decidedAt });
}

async function factsOf(
  command: BlockCourse,
  state: CertificateState,
  places: Places,
  session: CommandSession,
): Promise<BlockFacts> {
  const [provider, programme, payer, agreement] = await Promise.all([
    session.recent(providers, providerStream(command.providerId)),
    session.recent(programmes, programmeStream(command.programmeId)),
    payerState(state.certificate?.payerId ?? '', session),
    agreementFacts(command, places.shares.state, session),
  ]);
  const group = payer.groups.get(state.certificate?.groupId ?? '');
  return {
    today: session.today(payer.payer?.zone ?? DEFAULT_ZONE),
    contractKnown:
      (await isConcluded(command, places.contract, session)) || (await isCounted(command, places.shares, session)),
    providerKnown: provider.state.registered,
    programmeKnown: programme.state.programme?.providerId === command.providerId,
    normativePrice: programme.state.normativePrices.get(command.moduleId),
    agreement,
    group: group === undefined ? undefined : groupFactsOf(group),
    periods: [...payer.periods.values()],
    suspended: isSuspendedOn(command.date, provider.state),
    certified: isCertifiedOn(command.date, programme.state),
    numberTaken: await isConcluded(command, places.number, session),
  };
}

/**
 * Whether the contract that holds a reservation is really on its certificate. One on another certificate that is not there
 * will not come any more; one on the same would have to be appended where this one is.
 */
function isConcluded(
  command: BlockCourse,
  { stream, state: { holder, rivals = [] } }: LoadedStream<ReservationState>,
  session: CommandSession,
): Promise<boolean> {
  if (holder === undefined) return Promise.resolve(false);
  const reserved = [holder.contractId, ...rivals];
  return isAnyOn(holder.certificateId, reserved, { command, place: stream }, session);
}

/**
 * The same of a contract that is counted under the agreement: most contract ids are new, so that their own streams are not
 * asked for, and a contract that another node has concluded under this one is met here first.
 */
function isCounted(
  command: BlockCourse,
  { stream, state: { shares } }: LoadedStream<ReservationState>,
  session: CommandSession,
): Promise<boolean> {
  const { contractId } = command;
  const held = shares.get(contractId);
  if (held === undefined) return Promise.resolve(false);
  return isAnyOn(held.certificateId, [contractId], { command, place: stream }, session);
}

async function isAnyOn(
  holder: string,
  contractIds: readonly string[],
  { command: { certificateId }, place }: { readonly command: BlockCourse; readonly place: string },
  session: CommandSession,
): Promise<boolean> {
  const isThere = ({ contracts }: CertificateState) => contractIds.some((contractId) => contracts.has(contractId));
  if (holder === certificateId) return isThere((await loadCertificate(certificateId, session)).state);
  const change = { category: certificates, stream: certificateStream(holder), place };
  return isThere(await withoutLatecomers(change, isThere, session));
}

async function agreementFacts(
  { agreementId, contractId }: BlockCourse,
  account: ReservationState,
  session: CommandSession,
): Promise<AgreementFacts | undefined> {
  const { state, revision } = await session.recent(agreements, agreementStream(agreementId));
  if (state.agreement === undefined) return undefined;
  const inUse = sharesInUse(account, contractId);
  const { announcedLimit: announced } = account;
  if (announced === undefined || revision > announced.agreementRevision) return { ...state.agreement, inUse };
  // A lower limit is on its way, or this node has not heard that it has come.
  const now = await session.current(agreements, agreementStream(agreementId));
  const { agreement } = now.state;
  if (agreement === undefined || now.revision > announced.agreementRevision)
    return agreement && { ...agreement, inUse };
  const totalLimit = Math.min(agreement.totalLimit ?? announced.limit, announced.limit);
  return { ...agreement, totalLimit, inUse };
}
