import { agreementStream } from '../domain/agreement/events.ts';
import type { BlockCourse } from '../domain/certificate/commands.ts';
import { blockCourse } from '../domain/certificate/decide.ts';
import type { CertificateEvent } from '../domain/certificate/events.ts';
import type { AgreementFacts, BlockFacts } from '../domain/certificate/facts.ts';
import type { CertificateState } from '../domain/certificate/state.ts';
import { programmeStream } from '../domain/programme/events.ts';
import { isCertifiedOn } from '../domain/programme/state.ts';
import { providerStream } from '../domain/provider/events.ts';
import { isSuspendedOn } from '../domain/provider/state.ts';
import { agreementSharesStream, contractNumberStream, contractStream } from '../domain/reservation/events.ts';
import { yearOf } from '../kernel/civil-date.ts';
import { DEFAULT_ZONE } from '../kernel/clock.ts';
import { LedgerError } from '../kernel/errors.ts';
import { formatMoney } from '../kernel/money.ts';
import { ConflictError } from '../store/event-store.ts';
import { agreements, certificates, programmes, providers, reservations } from './categories.ts';
import type { CommandSession, Handled, Outcome } from './command-session.ts';
import { retried, typesOf } from './command-session.ts';
import { groupFactsOf, loadCertificate, payerState } from './lookups.ts';
import { settleAgreementShares, sharesInUse } from './reservations.ts';

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
  return session.inTurn(places, () => settlingAtLimit(command, session));
}

async function settlingAtLimit(command: BlockCourse, session: CommandSession): Promise<Handled> {
  try {
    return await retried(() => attempt(command, session));
  } catch (error) {
    if (!(error instanceof LedgerError) || error.code !== 'agreement.limit_reached') throw error;
    // Before a limit is said to be reached, what counts against it is compared with the contracts themselves.
    if (!(await settleAgreementShares(command.agreementId, session))) throw error;
    return retried(() => attempt(command, session));
  }
}

/** The outcome of a block, told from its event (SPEC section 4). */
export function blockOutcome(events: readonly CertificateEvent[]): Outcome {
  const [event] = events;
  if (event?.type !== 'CourseBlocked') return {};
  return { share: formatMoney(event.share), parentShare: formatMoney(event.parentShare) };
}

async function attempt(command: BlockCourse, session: CommandSession): Promise<Handled> {
  const loaded = await loadCertificate(command.certificateId, session);
  const { revision } = loaded;
  const facts = await factsOf(command, loaded.state, session);
  if (loaded.revision !== revision) throw new ConflictError(loaded.stream, revision, loaded.revision);
  const events = blockCourse(command, facts, loaded.state);
  const [blocked] = events;
  if (blocked?.type === 'CourseBlocked') await reserve(command, blocked, session);
  if (loaded.revision !== revision) throw new ConflictError(loaded.stream, revision, loaded.revision);
  await session.append(certificates, loaded, events, { record: true });
  return { events: typesOf(events), outcome: blockOutcome(events) };
}

async function reserve(
  command: BlockCourse,
  { effectiveOn, share }: CertificateEvent & { type: 'CourseBlocked' },
  session: CommandSession,
): Promise<void> {
  const { contractId, certificateId } = command;
  const id = { effectiveOn, contractId, certificateId };
  const heldBySame = (holder: { contractId: string; certificateId: string } | undefined) =>
    holder?.contractId === contractId && holder.certificateId === certificateId;
  await session.change(
    reservations,
    contractStream(contractId),
    ({ holder }) => (heldBySame(holder) ? [] : [{ type: 'ContractReserved', ...id }]),
    { record: false },
  );
  await session.change(
    reservations,
    contractNumberStream(command.providerId, yearOf(command.date), command.number),
    ({ holder }) => (heldBySame(holder) ? [] : [{ type: 'ContractNumberReserved', ...id }]),
    { record: false },
  );
  await session.change(
    reservations,
    agreementSharesStream(command.agreementId),
    ({ shares }) => (shares.get(contractId)?.inUse === share ? [] : [{ type: 'ShareReserved', ...id, amount: share }]),
    { record: false },
  );
}

async function factsOf(command: BlockCourse, state: CertificateState, session: CommandSession): Promise<BlockFacts> {
  const provider = (await session.load(providers, providerStream(command.providerId))).state;
  const programme = (await session.load(programmes, programmeStream(command.programmeId))).state;
  const payer = await payerState(state.certificate?.payerId ?? '', session);
  const group = payer.groups.get(state.certificate?.groupId ?? '');
  return {
    today: session.today(payer.payer?.zone ?? DEFAULT_ZONE),
    contractKnown: await isConcluded(contractStream(command.contractId), session),
    providerKnown: provider.registered,
    programmeKnown: programme.programme?.providerId === command.providerId,
    normativePrice: programme.normativePrices.get(command.moduleId),
    agreement: await agreementFacts(command, session),
    group: group === undefined ? undefined : groupFactsOf(group),
    periods: [...payer.periods.values()],
    suspended: isSuspendedOn(command.date, provider),
    certified: isCertifiedOn(command.date, programme),
    numberTaken: await isConcluded(
      contractNumberStream(command.providerId, yearOf(command.date), command.number),
      session,
    ),
  };
}

/** Whether the contract that holds a reservation is really on its certificate. */
async function isConcluded(reservation: string, session: CommandSession): Promise<boolean> {
  const { holder } = (await session.load(reservations, reservation)).state;
  if (holder === undefined) return false;
  return (await loadCertificate(holder.certificateId, session)).state.contracts.has(holder.contractId);
}

async function agreementFacts(command: BlockCourse, session: CommandSession): Promise<AgreementFacts | undefined> {
  const { agreement } = (await session.load(agreements, agreementStream(command.agreementId))).state;
  if (agreement === undefined) return undefined;
  const inUse = await sharesInUse(command.agreementId, session, command.contractId);
  return { ...agreement, inUse };
}
