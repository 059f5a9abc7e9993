import type { CivilDate } from '../../kernel/civil-date.ts';
import type { Kopecks } from '../../kernel/money.ts';
import type { CutEntry, ReservationEvent } from './events.ts';

/** Everything a reservation stream can hold; each kind of stream fills its own part. */
export interface ReservationState {
  /** contract and contractNumber streams: who holds the id or number. */
  holder?: { readonly contractId: string; readonly certificateId: string };
  /** contractNumber streams: other contracts of the holder's certificate that have reserved the number and may still come. */
  rivals?: readonly string[];
  /** groupPlaces streams: the nominal per certificate. */
  readonly places: Map<string, Kopecks>;
  placesSum: Kopecks;
  placesClosed: boolean;
  /** groupPlaces streams: the group's nominal is another once the payer's own stream has moved past that revision. */
  announcedNominal?: { readonly payerRevision: number };
  /** agreementShares streams: share minus released per contract; contracts with nothing in use are not kept. */
  readonly shares: Map<string, HeldShare>;
  inUse: Kopecks;
  /** agreementShares streams: counts until the agreement's own stream has moved past that revision. */
  announcedLimit?: { readonly limit: Kopecks; readonly agreementRevision: number };
  /** invoiceNumbers streams, in the order of their numbers. */
  readonly numbers: ReservedNumber[];
}

export interface HeldShare {
  readonly certificateId: string;
  inUse: Kopecks;
}

export interface ReservedNumber {
  readonly number: string;
  readonly payerId: string;
  readonly month: string;
  /** The day its invoice is issued on. */
  readonly on: CivilDate;
  /** Without trailing entries of later events only until those are folded. */
  readonly cut: CutEntry[];
}

export function initialReservationState(): ReservationState {
  return { places: new Map(), placesSum: 0, placesClosed: false, shares: new Map(), inUse: 0, numbers: [] };
}

/** Folds one event into the state, which it may change: the caller owns it. */
export function evolveReservation(state: ReservationState, event: ReservationEvent): ReservationState {
  switch (event.type) {
    case 'ContractReserved':
    case 'ContractNumberReserved':
      return setHolder(state, event);
    case 'PlaceTaken':
    case 'PlaceAmountChanged':
      return setPlace(state, event.certificateId, event.amount);
    case 'PlaceGivenBack':
      return setPlace(state, event.certificateId, undefined);
    case 'PlacesClosed':
      state.placesClosed = true;
      return state;
    case 'ShareReserved':
      setShare(state, event.contractId, 0);
      state.shares.set(event.contractId, { certificateId: event.certificateId, inUse: event.amount });
      state.inUse += event.amount;
      return state;
    case 'SharesReleased':
      for (const { contractId, amount } of event.contracts) {
        setShare(state, contractId, (state.shares.get(contractId)?.inUse ?? amount) - amount);
      }
      return state;
    case 'ShareGivenBack':
      setShare(state, event.contractId, 0);
      return state;
    case 'LimitAnnounced':
      return announceLimit(state, event);
    case 'NominalAnnounced':
      return announceNominal(state, event);
    case 'InvoiceNumberReserved': {
      const { number, payerId, month, cut, effectiveOn: on } = event;
      state.numbers.push({ number, payerId, month, on, cut: [...cut] });
      return state;
    }
    case 'InvoiceCutContinued':
      state.numbers.find(({ number }) => number === event.number)?.cut.push(...event.cut);
      return state;
    default: {
      const unknown: never = event;
      throw new RangeError(`unexpected ${JSON.stringify(unknown)}`);
    }
  }
}

/**
 * Whoever reserves for another certificate has made sure that nobody before comes any more. On one certificate all who have
 * reserved may come: only the first of their blocks can be appended, and the others are then decided on that.
 */
function setHolder(
  state: ReservationState,
  holder: { readonly contractId: string; readonly certificateId: string },
): ReservationState {
  const { holder: before, rivals = [] } = state;
  const same = before?.certificateId === holder.certificateId ? [...rivals, before.contractId] : [];
  const others = new Set(same.filter((contractId) => contractId !== holder.contractId));
  state.holder = holder;
  if (others.size > 0) state.rivals = [...others];
  else delete state.rivals;
  return state;
}

/** What was announced at an earlier revision can never come any more; of what may come at one revision the lowest counts. */
function announceLimit(
  state: ReservationState,
  { limit, agreementRevision }: { readonly limit: Kopecks; readonly agreementRevision: number },
): ReservationState {
  const before = state.announcedLimit;
  if (before === undefined || agreementRevision > before.agreementRevision) {
    state.announcedLimit = { limit, agreementRevision };
  } else if (agreementRevision === before.agreementRevision) {
    state.announcedLimit = { limit: Math.min(limit, before.limit), agreementRevision };
  }
  return state;
}

/** One that arrives after a later one says nothing: its change can never come any more. */
function announceNominal(
  state: ReservationState,
  { payerRevision }: { readonly payerRevision: number },
): ReservationState {
  const before = state.announcedNominal;
  if (before === undefined || payerRevision > before.payerRevision) state.announcedNominal = { payerRevision };
  return state;
}

function setPlace(state: ReservationState, certificateId: string, amount: Kopecks | undefined): ReservationState {
  state.placesSum += (amount ?? 0) - (state.places.get(certificateId) ?? 0);
  if (amount === undefined) state.places.delete(certificateId);
  else state.places.set(certificateId, amount);
  return state;
}

function setShare(state: ReservationState, contractId: string, inUse: Kopecks): void {
  const share = state.shares.get(contractId);
  if (share === undefined) return;
  state.inUse += inUse - share.inUse;
  // A share that was charged in full stays in use for ever, so only what came back to zero leaves the account.
  if (inUse === 0) state.shares.delete(contractId);
  else share.inUse = inUse;
}
