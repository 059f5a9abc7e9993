import type { AccessKeyEvent } from '../domain/access-key/events.ts';
import type { AccessKeysState } from '../domain/access-key/state.ts';
import { evolveAccessKeys, initialAccessKeysState } from '../domain/access-key/state.ts';
import type { AgreementEvent } from '../domain/agreement/events.ts';
import type { AgreementState } from '../domain/agreement/state.ts';
import { evolveAgreement, initialAgreementState } from '../domain/agreement/state.ts';
import type { CertificateEvent } from '../domain/certificate/events.ts';
import type { CertificateState } from '../domain/certificate/state.ts';
import { archiveClosedContracts, evolveCertificate, initialCertificateState } from '../domain/certificate/state.ts';
import type { InvoiceEvent } from '../domain/invoice/events.ts';
import type { InvoicesState } from '../domain/invoice/state.ts';
import { evolveInvoices, initialInvoicesState } from '../domain/invoice/state.ts';
import type { PayerEvent } from '../domain/payer/events.ts';
import type { PayerState } from '../domain/payer/state.ts';
import { evolvePayer, initialPayerState } from '../domain/payer/state.ts';
import type { ProgrammeEvent } from '../domain/programme/events.ts';
import type { ProgrammeState } from '../domain/programme/state.ts';
import { evolveProgramme, initialProgrammeState } from '../domain/programme/state.ts';
import type { ProviderEvent } from '../domain/provider/events.ts';
import type { ProviderState } from '../domain/provider/state.ts';
import { evolveProvider, initialProviderState } from '../domain/provider/state.ts';
import type { ReservationEvent } from '../domain/reservation/events.ts';
import type { ReservationState } from '../domain/reservation/state.ts';
import { evolveReservation, initialReservationState } from '../domain/reservation/state.ts';
import type { LedgerEvent } from '../events/catalogue.ts';
import type { CommandRecordEvent } from '../events/command-record.ts';
import { objectsIn } from './objects-in.ts';
import type { SnapshotForm } from './snapshot-forms.ts';
import { certificateForm, reservationForm } from './snapshot-forms.ts';

/** How the streams of one kind are folded. */
export interface Category<State, Event extends LedgerEvent> {
  initial(): State;
  evolve(state: State, event: Event): State;
  /** Lets go of what the state need not hold, after loading and after every append. */
  trim?(state: State): State;
  /** Roughly how many small objects a state holds; what the cache counts. */
  weight?(state: State): number;
  /** Set where streams grow long, so that their states may be kept. */
  readonly snapshot?: SnapshotForm<State>;
}

export const certificates: Category<CertificateState, CertificateEvent> = {
  initial: initialCertificateState,
  evolve: evolveCertificate,
  trim: archiveClosedContracts,
  snapshot: certificateForm,
  weight: (state) => {
    let weight = 10;
    for (const contract of state.contracts.values()) weight += contract.recorded?.size ?? 0;
    return weight;
  },
};
export const payers: Category<PayerState, PayerEvent> = { initial: initialPayerState, evolve: evolvePayer };
export const providers: Category<ProviderState, ProviderEvent> = {
  initial: initialProviderState,
  evolve: evolveProvider,
};
export const agreements: Category<AgreementState, AgreementEvent> = {
  initial: initialAgreementState,
  evolve: evolveAgreement,
};
export const programmes: Category<ProgrammeState, ProgrammeEvent> = {
  initial: initialProgrammeState,
  evolve: evolveProgramme,
};
export const invoices: Category<InvoicesState, InvoiceEvent> = {
  initial: initialInvoicesState,
  evolve: evolveInvoices,
};
export const reservations: Category<ReservationState, ReservationEvent> = {
  initial: initialReservationState,
  evolve: evolveReservation,
  snapshot: reservationForm,
  weight: (state) =>
    state.places.size + state.shares.size + state.numbers.reduce((sum, { cut }) => sum + cut.length, 1),
};

export const accessKeys: Category<AccessKeysState, AccessKeyEvent> = {
  initial: initialAccessKeysState,
  evolve: evolveAccessKeys,
};

/** What is remembered of a command in its own stream; its intent is read from there by whoever finishes it. */
export interface CommandRecord {
  readonly completed?: Extract<CommandRecordEvent, { readonly type: 'CommandCompleted' }>;
}

export const commandRecords: Category<CommandRecord, CommandRecordEvent> = {
  initial: () => ({}),
  evolve: (state, event) => (event.type === 'CommandCompleted' ? { completed: event } : state),
  weight: ({ completed }) => 10 + objectsIn(completed),
};
