import type { CertificateState, ContractState, PeriodState, RecordedLesson } from '../domain/certificate/state.ts';
import type { ReservationState } from '../domain/reservation/state.ts';

/** How a state is written down and read back, exactly. The version is raised whenever state, fold or form change. */
export interface SnapshotForm<State> {
  readonly version: string;
  /** Something JSON can hold; the state itself goes on being used and is not changed. */
  write(state: State): unknown;
  read(written: unknown): State;
}

/** A lesson without the names of its fields: a contract may have thousands, and this is five times faster to read. */
type WrittenLesson = readonly [
  lessonId: string,
  date: RecordedLesson['date'],
  status: RecordedLesson['status'],
  result: RecordedLesson['result'],
  amount: RecordedLesson['amount'],
];

interface WrittenContract extends Omit<ContractState, 'recorded'> {
  readonly recorded?: readonly WrittenLesson[];
}

interface WrittenCertificate extends Omit<CertificateState, 'periods' | 'contracts'> {
  readonly periods: readonly PeriodState[];
  readonly contracts: readonly WrittenContract[];
}

interface WrittenReservation extends Omit<ReservationState, 'places' | 'shares'> {
  readonly places: readonly (readonly [string, number])[];
  readonly shares: readonly (readonly [string, { certificateId: string; inUse: number }])[];
}

export const certificateForm: SnapshotForm<CertificateState> = {
  version: 'certificate 1',
  write: (state): WrittenCertificate => ({
    ...state,
    periods: [...state.periods.values()],
    contracts: [...state.contracts.values()].map(writeContract),
  }),
  read: (written) => {
    const { periods, contracts, ...state } = written as WrittenCertificate;
    return {
      ...state,
      periods: new Map(periods.map((period) => [period.periodId, period])),
      contracts: new Map(contracts.map((contract) => [contract.contractId, readContract(contract)])),
    };
  },
};

export const reservationForm: SnapshotForm<ReservationState> = {
  version: 'reservation 2',
  write: (state): WrittenReservation => ({ ...state, places: [...state.places], shares: [...state.shares] }),
  read: (written) => {
    const { places, shares, ...state } = written as WrittenReservation;
    return { ...state, places: new Map(places), shares: new Map(shares) };
  },
};

function writeContract({ recorded, ...contract }: ContractState): WrittenContract {
  if (recorded === undefined) return contract;
  // Without pairs in between, here and where it is read: a contract has hundreds of lessons, and a pair would be garbage for each.
  const lessons: WrittenLesson[] = [];
  recorded.forEach(({ date, status, result, amount }, lessonId) => {
    lessons.push([lessonId, date, status, result, amount]);
  });
  return { ...contract, recorded: lessons };
}

function readContract({ recorded, ...contract }: WrittenContract): ContractState {
  if (recorded === undefined) return contract;
  const lessons = new Map<string, RecordedLesson>();
  for (const [lessonId, date, status, result, amount] of recorded) {
    lessons.set(lessonId, { date, status, result, amount });
  }
  return { ...contract, recorded: lessons };
}
