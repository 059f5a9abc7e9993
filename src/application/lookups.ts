import { certificateStream } from '../domain/certificate/events.ts';
import type { GroupFacts } from '../domain/certificate/facts.ts';
import type { CertificateState } from '../domain/certificate/state.ts';
import { payerStream } from '../domain/payer/events.ts';
import type { CertificateGroup, PayerState } from '../domain/payer/state.ts';
import { providerStream } from '../domain/provider/events.ts';
import { contractStream } from '../domain/reservation/events.ts';
import { CHARGED_BY_DEFAULT } from '../kernel/attendance.ts';
import { DEFAULT_ZONE } from '../kernel/clock.ts';
import { streamName } from '../kernel/stream-name.ts';
import { certificates, payers, providers, reservations } from './categories.ts';
import type { CommandSession } from './command-session.ts';
import type { LoadedStream } from './stream-cache.ts';

/** The state of a payer's stream; that of an unknown payer is empty. */
export async function payerState(payerId: string, session: CommandSession): Promise<PayerState> {
  const stream = payerStream(payerId);
  return (session.atHand(payers, stream) ?? (await session.load(payers, stream))).state;
}

export async function knownPayer(payerId: string, session: CommandSession): Promise<boolean> {
  return (await payerState(payerId, session)).payer !== undefined;
}

export async function knownProvider(providerId: string, session: CommandSession): Promise<boolean> {
  return (await session.load(providers, providerStream(providerId))).state.registered;
}

/** The zone in which a payer's dates are judged; the default where no payer is involved (SPEC section 2). */
export async function zoneOf(payerId: string | undefined, session: CommandSession): Promise<string> {
  if (payerId === undefined) return DEFAULT_ZONE;
  return (await payerState(payerId, session)).payer?.zone ?? DEFAULT_ZONE;
}

/** What judging a lesson needs of the certificate's payer. */
export async function lessonFactsOf(state: CertificateState, session: CommandSession) {
  const payerId = state.certificate?.payerId;
  return lessonFactsFrom(payerId === undefined ? undefined : await payerState(payerId, session), session);
}

/** The same with the payer's state at hand. */
export function lessonFactsFrom(state: PayerState | undefined, session: CommandSession) {
  return {
    today: session.today(state?.payer?.zone ?? DEFAULT_ZONE),
    chargedStatuses: state?.payer?.chargedStatuses ?? CHARGED_BY_DEFAULT,
  };
}

export async function loadCertificate(
  certificateId: string,
  session: CommandSession,
): Promise<LoadedStream<CertificateState>> {
  const stream = certificateStream(certificateId);
  return session.atHand(certificates, stream) ?? (await session.load(certificates, stream));
}

/** The certificate a contract is on: found in the contract's own reservation, never in a read model alone. */
export async function certificateOfContract(contractId: string, session: CommandSession): Promise<string | undefined> {
  const stream = contractStream(contractId);
  const reservation = session.atHand(reservations, stream) ?? (await session.load(reservations, stream));
  return reservation.state.holder?.certificateId;
}

/** Where commands that join or close a period take turns. */
export function periodPlace(payerId: string, periodId: string): string {
  return streamName('period', payerId, periodId);
}

/** A group as decisions about certificates need it. */
export function groupFactsOf(group: CertificateGroup): GroupFacts {
  const { groupId, kind, limitCount, limitAmount } = group;
  return { groupId, kind, limitCount, limitAmount };
}
