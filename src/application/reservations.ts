import { setTimeout as wait } from 'node:timers/promises';
import { agreementStream } from '../domain/agreement/events.ts';
import type { AgreementState } from '../domain/agreement/state.ts';
import type { CertificateEvent } from '../domain/certificate/events.ts';
import { certificateStream } from '../domain/certificate/events.ts';
import type { CertificateState } from '../domain/certificate/state.ts';
import type { ReservationEvent } from '../domain/reservation/events.ts';
import { agreementSharesStream } from '../domain/reservation/events.ts';
import type { ReservationState } from '../domain/reservation/state.ts';
import type { LedgerEvent } from '../events/catalogue.ts';
import type { CivilDate } from '../kernel/civil-date.ts';
import { DEFAULT_ZONE } from '../kernel/clock.ts';
import type { ErrorCode } from '../kernel/errors.ts';
import { LedgerError } from '../kernel/errors.ts';
import type { Kopecks } from '../kernel/money.ts';
import { ConflictError } from '../store/event-store.ts';
import type { Category } from './categories.ts';
import { agreements, certificates, reservations } from './categories.ts';
import type { CommandSession } from './command-session.ts';
import { retried } from './retried.ts';
import type { LoadedStream } from './stream-cache.ts';

/** How often, and after how many milliseconds each, it is looked whether a change on its way has come. */
const [LOOKS, PAUSE] = [4, 15];
/** How often a limit is looked at again when others take and give back at the same time. */
const SETTLED_AT_MOST = 10;
/** How many certificates are compared with an account at a time. */
const COMPARED_AT_ONCE = 32;

/** Σ (share − released) of the contracts under an agreement, one of them left out on request. */
export function sharesInUse({ shares, inUse }: ReservationState, without?: string): Kopecks {
  return inUse - (without === undefined ? 0 : (shares.get(without)?.inUse ?? 0));
}

/**
 * Tries, and before a limit is said to be reached, has what counts against it compared with the streams themselves: `settle`
 * answers whether that changed anything, in which case it is tried again.
 */
export async function settlingAtLimit<Answer>(
  code: ErrorCode,
  attempt: () => Promise<Answer>,
  settle: () => Promise<boolean>,
): Promise<Answer> {
  for (let settled = 0; ; settled += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof LedgerError) || error.code !== code || settled === SETTLED_AT_MOST) throw error;
      if (!(await retried(settle))) throw error;
    }
  }
}

/** Tells the agreements' accounts what the events of a certificate have released. */
export async function followReleases(
  events: readonly CertificateEvent[],
  state: CertificateState,
  session: CommandSession,
): Promise<void> {
  const released = new Map<string, string[]>();
  let effectiveOn: CivilDate = '';
  for (const event of events) {
    if (event.type !== 'BlockReleased' || event.amount === 0) continue;
    const agreementId = state.contracts.get(event.contractId)?.agreementId;
    if (agreementId === undefined) continue;
    released.set(agreementId, [...(released.get(agreementId) ?? []), event.contractId]);
    effectiveOn = event.effectiveOn;
  }
  for (const [agreementId, contractIds] of released) {
    const decide = (account: ReservationState) => sharesReleased(contractIds, state, account, effectiveOn);
    await session.change(reservations, agreementSharesStream(agreementId), decide, { record: false });
  }
}

/**
 * Told as the difference to what the account has, which is read before the contracts: what somebody else has told of the
 * same release is then not counted twice, and since what a contract uses never grows, the account is never too low.
 */
function sharesReleased(
  contractIds: readonly string[],
  state: CertificateState,
  account: ReservationState,
  effectiveOn: CivilDate,
): ReservationEvent[] {
  const contracts = contractIds.flatMap((contractId) => {
    const held = account.shares.get(contractId)?.inUse ?? 0;
    const amount = held - inUseOf(contractId, state);
    return amount > 0 ? [{ contractId, amount }] : [];
  });
  return contracts.length === 0 ? [] : [{ type: 'SharesReleased', effectiveOn, contracts }];
}

function inUseOf(contractId: string, { contracts }: CertificateState): Kopecks {
  const contract = contracts.get(contractId);
  return contract === undefined ? 0 : contract.share - contract.released;
}

/**
 * Compares an agreement's account with its contracts, and mends what an interruption has left open; the contract of whoever
 * asks is left out. Answers whether a limit that seemed reached has to be looked at again.
 */
export async function settleAgreement(
  agreementId: string,
  session: CommandSession,
  without?: string,
): Promise<boolean> {
  const lowered = await settleLimit(agreementId, session);
  return (await settleShares(agreementId, session, without)) || lowered;
}

/** Waits for a limit that was announced, or makes sure that it does not come any more. */
async function settleLimit(agreementId: string, session: CommandSession): Promise<boolean> {
  const stream = agreementStream(agreementId);
  const place = agreementSharesStream(agreementId);
  const { announcedLimit: announced } = (await session.current(reservations, place)).state;
  if (announced === undefined) return false;
  const isOver = ({ revision }: LoadedStream<AgreementState>) => revision > announced.agreementRevision;
  if (isOver(await session.current(agreements, stream))) return false;
  await withoutLatecomers({ category: agreements, stream, place }, (_, loaded) => isOver(loaded), session);
  return true;
}

async function settleShares(agreementId: string, session: CommandSession, without?: string): Promise<boolean> {
  const stream = agreementSharesStream(agreementId);
  const account = await session.current(reservations, stream);
  const entries = [...account.state.shares].map(([contractId, share]) => ({ contractId, ...share }));
  const differs = ({ contractId, inUse }: (typeof entries)[number], { contracts }: CertificateState) => {
    const contract = contracts.get(contractId);
    return contract?.agreementId !== agreementId || contract.share - contract.released !== inUse;
  };
  return settle(
    account,
    entries.filter(({ contractId }) => contractId !== without),
    differs,
    session,
    (entry, state) => {
      const { contractId, inUse } = entry;
      const effectiveOn = session.today(DEFAULT_ZONE);
      if (state.contracts.get(contractId)?.agreementId !== agreementId) {
        return { type: 'ShareGivenBack', effectiveOn, contractId };
      }
      const contracts = [{ contractId, amount: inUse - inUseOf(contractId, state) }];
      return { type: 'SharesReleased', effectiveOn, contracts };
    },
  );
}

/** Compares a group's account of one period with its certificates in the same way, or with one of them alone. */
export async function settleGroupPlaces(
  stream: string,
  periodId: string,
  session: CommandSession,
  which: { readonly without?: string; readonly only?: string } = {},
): Promise<boolean> {
  const account = await session.current(reservations, stream);
  const entries = [...account.state.places]
    .map(([certificateId, held]) => ({ certificateId, held }))
    .filter(({ certificateId }) => certificateId !== which.without && certificateId === (which.only ?? certificateId));
  const differs = ({ held }: (typeof entries)[number], { periods }: CertificateState) =>
    periods.get(periodId)?.nominal !== held;
  return settle(account, entries, differs, session, ({ certificateId }, { periods }) => {
    const effectiveOn = session.today(DEFAULT_ZONE);
    const amount = periods.get(periodId)?.nominal;
    if (amount === undefined) return { type: 'PlaceGivenBack', effectiveOn, certificateId };
    return { type: 'PlaceAmountChanged', effectiveOn, certificateId, amount };
  });
}

/** Mends the entries that still differ from their certificates when nothing on its way can come any more. */
async function settle<Entry extends { readonly certificateId: string }>(
  account: LoadedStream<ReservationState>,
  entries: readonly Entry[],
  differs: (entry: Entry, state: CertificateState) => boolean,
  session: CommandSession,
  mend: (entry: Entry, state: CertificateState) => ReservationEvent,
): Promise<boolean> {
  const { revision } = account;
  const mending: ReservationEvent[] = [];
  let changed = false;
  for (const entry of await differing(entries, differs, session)) {
    const state = await withoutLatecomers(
      { category: certificates, stream: certificateStream(entry.certificateId), place: account.stream },
      (now) => !differs(entry, now),
      session,
    );
    changed = true;
    if (differs(entry, state)) mending.push(mend(entry, state));
  }
  // Whoever has moved the account on meanwhile has changed what the limit is compared with.
  if (mending.length === 0 || account.revision !== revision) return changed;
  await session.append(reservations, account, mending, { record: false, decidedAt: revision });
  return true;
}

async function differing<Entry extends { readonly certificateId: string }>(
  entries: readonly Entry[],
  differs: (entry: Entry, state: CertificateState) => boolean,
  session: CommandSession,
): Promise<readonly Entry[]> {
  const found: Entry[] = [];
  for (let start = 0; start < entries.length; start += COMPARED_AT_ONCE) {
    const compared = await Promise.all(
      entries.slice(start, start + COMPARED_AT_ONCE).map(async (entry) => {
        const { state } = await session.current(certificates, certificateStream(entry.certificateId), {
          decides: false,
        });
        return differs(entry, state) ? [entry] : [];
      }),
    );
    found.push(...compared.flat());
  }
  return found;
}

/**
 * Waits a little for a change that has been announced in another place and then, where other nodes may have it on its way,
 * makes sure that it does not come any more. Answers the stream's state, of which that is true.
 */
export async function withoutLatecomers<State, Event extends LedgerEvent>(
  change: { readonly category: Category<State, Event>; readonly stream: string; readonly place: string },
  hasCome: (state: State, loaded: LoadedStream<State>) => boolean,
  session: CommandSession,
): Promise<State> {
  const { category, stream, place } = change;
  for (let look = 1; ; look += 1) {
    const loaded = await session.current(category, stream, { decides: false });
    if (!session.shared || hasCome(loaded.state, loaded)) return loaded.state;
    if (look <= LOOKS) {
      await wait(PAUSE);
      continue;
    }
    try {
      await session.fence(category, loaded, place);
      return loaded.state;
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
    }
  }
}
