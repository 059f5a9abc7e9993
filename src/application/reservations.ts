import type { CertificateEvent } from '../domain/certificate/events.ts';
import type { CertificateState } from '../domain/certificate/state.ts';
import type { ReservationEvent } from '../domain/reservation/events.ts';
import { agreementSharesStream } from '../domain/reservation/events.ts';
import type { CivilDate } from '../kernel/civil-date.ts';
import { DEFAULT_ZONE } from '../kernel/clock.ts';
import type { Kopecks } from '../kernel/money.ts';
import { reservations } from './categories.ts';
import type { CommandSession } from './command-session.ts';
import { loadCertificate } from './lookups.ts';

/** Σ (share − released) of the contracts under an agreement, one of them left out on request. */
export async function sharesInUse(agreementId: string, session: CommandSession, without?: string): Promise<Kopecks> {
  const { state } = await session.load(reservations, agreementSharesStream(agreementId));
  const left = without === undefined ? 0 : (state.shares.get(without)?.inUse ?? 0);
  return state.inUse - left;
}

/** Tells the agreements' accounts what the events of a certificate have released. */
export async function followReleases(
  events: readonly CertificateEvent[],
  state: CertificateState,
  session: CommandSession,
): Promise<void> {
  const released = new Map<string, { contractId: string; amount: Kopecks }[]>();
  let effectiveOn: CivilDate = '';
  for (const event of events) {
    if (event.type !== 'BlockReleased' || event.amount === 0) continue;
    const agreementId = state.contracts.get(event.contractId)?.agreementId;
    if (agreementId === undefined) continue;
    const contracts = released.get(agreementId) ?? [];
    contracts.push({ contractId: event.contractId, amount: event.amount });
    released.set(agreementId, contracts);
    effectiveOn = event.effectiveOn;
  }
  for (const [agreementId, contracts] of released) {
    const event: ReservationEvent = { type: 'SharesReleased', effectiveOn, contracts };
    await session.change(reservations, agreementSharesStream(agreementId), () => [event], { record: false });
  }
}

/**
 * Compares an agreement's account with its contracts, and mends what an interruption has left open. Answers whether
 * anything was mended, in which case a limit that seemed reached has to be looked at again.
 */
export async function settleAgreementShares(agreementId: string, session: CommandSession): Promise<boolean> {
  const account = await session.load(reservations, agreementSharesStream(agreementId));
  const effectiveOn = session.today(DEFAULT_ZONE);
  const mending: ReservationEvent[] = [];
  for (const [contractId, { certificateId, inUse }] of [...account.state.shares]) {
    const { state } = await loadCertificate(certificateId, session);
    const contract = state.contracts.get(contractId);
    const actual = contract?.agreementId === agreementId ? contract.share - contract.released : 0;
    if (actual === inUse) continue;
    mending.push(
      contract === undefined
        ? { type: 'ShareGivenBack', effectiveOn, contractId }
        : { type: 'SharesReleased', effectiveOn, contracts: [{ contractId, amount: inUse - actual }] },
    );
  }
  if (mending.length === 0) return false;
  await session.append(reservations, account, mending, { record: false });
  return true;
}

/** Compares a group's account of one period with its certificates, and mends what an interruption has left open. */
export async function settleGroupPlaces(stream: string, periodId: string, session: CommandSession): Promise<boolean> {
  const account = await session.load(reservations, stream);
  const effectiveOn = session.today(DEFAULT_ZONE);
  const mending: ReservationEvent[] = [];
  for (const [certificateId, held] of [...account.state.places]) {
    const { state } = await loadCertificate(certificateId, session);
    const amount = state.periods.get(periodId)?.nominal;
    if (amount === held) continue;
    mending.push(
      amount === undefined
        ? { type: 'PlaceGivenBack', effectiveOn, certificateId }
        : { type: 'PlaceAmountChanged', effectiveOn, certificateId, amount },
    );
  }
  if (mending.length === 0) return false;
  await session.append(reservations, account, mending, { record: false });
  return true;
}
