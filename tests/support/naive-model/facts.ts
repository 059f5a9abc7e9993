import type { CivilDate, Instant, Month } from './calendar.ts';
import type { Body, Module, Status } from './command-shapes.ts';
import type { Kopecks } from './money.ts';

/** What the ledger knows is this list of facts and nothing else. */
export type Fact = FactBody & Stamp;
export type FactType = FactBody['type'];
export type FactOf<T extends FactType> = Extract<FactBody, { type: T }> & Stamp;
export type FactBody = RegistryFact | ProgrammeFact | CertificateFact | ContractFact | InvoiceFact;

interface Stamp {
  readonly position: number;
  readonly recordedAt: Instant;
}

type RegistryFact =
  | { type: 'PayerRegistered'; payerId: string; zone: string; chargedStatuses: readonly Status[] }
  | { type: 'PayerDetailsChanged'; payerId: string }
  | { type: 'FundingPeriodOpened'; payerId: string; periodId: string; from: CivilDate; until: CivilDate }
  | { type: 'FundingPeriodClosed'; payerId: string; periodId: string }
  | ({ type: 'GroupDefined' } & Body<'defineCertificateGroup'>)
  | { type: 'GroupNominalSet'; payerId: string; groupId: string; periodId: string; nominal: Kopecks }
  | { type: 'ProviderRegistered'; providerId: string }
  | { type: 'ProviderDetailsChanged'; providerId: string }
  | { type: 'ProviderSuspended'; providerId: string; on: CivilDate }
  | { type: 'ProviderReinstated'; providerId: string; on: CivilDate }
  | ({ type: 'AgreementConcluded' } & Body<'concludeAgreement'>)
  | ({ type: 'AgreementAmended' } & Body<'amendAgreement'>);

type ProgrammeFact =
  | { type: 'ProgrammeSubmitted'; programmeId: string; providerId: string; modules: readonly Module[] }
  | { type: 'ExpertReviewRecorded'; programmeId: string; expertId: string }
  | ({ type: 'CertificationDecided' } & Body<'decideCertification'>);

export type CertificateFact = { certificateId: string } & (
  | { type: 'CertificateIssued'; payerId: string; groupId: string; issuedOn: CivilDate; validUntil: CivilDate }
  | { type: 'NominalToppedUp'; periodId: string; amount: Kopecks; effectiveOn: CivilDate }
  | { type: 'NominalAdjusted'; periodId: string; nominal: Kopecks; effectiveOn: CivilDate }
  | { type: 'PeriodClosed'; periodId: string; amount: Kopecks; effectiveOn: CivilDate }
  | { type: 'CertificateFrozen'; from: CivilDate; until: CivilDate | undefined }
  | { type: 'CertificateUnfrozen'; on: CivilDate }
  | { type: 'CertificateClosed'; on: CivilDate }
);

/** Why a charge was taken back: only a lesson taken back by reverseLesson is void for good. */
export type ReversalCause = 'reverseLesson' | 'correction' | 'freeze' | 'end';

export type ContractFact = { certificateId: string; contractId: string; periodId: string; effectiveOn: CivilDate } & (
  | CourseBlocked
  | { type: 'LessonCharged'; lessonId: string; status: Status; amount: Kopecks }
  | { type: 'LessonNotCharged'; lessonId: string; status: Status; reason: 'status' | 'frozen' }
  | { type: 'LessonChargeReversed'; lessonId: string; amount: Kopecks; charge: number; cause: ReversalCause }
  | { type: 'ContractTerminated' }
  | { type: 'BlockReleased'; amount: Kopecks }
);

type CourseBlocked = {
  type: 'CourseBlocked';
  payerId: string;
  share: Kopecks;
} & Omit<Body<'blockCourse'>, 'price' | 'coPayment' | 'contractId' | 'certificateId'>;

type InvoiceFact =
  | InvoiceIssued
  | { type: 'InvoiceAccepted'; number: string; on: CivilDate }
  | { type: 'InvoiceRejected'; number: string; reason: string }
  | { type: 'InvoiceAnnulled'; number: string; reason: string }
  | { type: 'InvoicePaid'; number: string; on: CivilDate }
  | { type: 'AdvanceRequested'; payerId: string; providerId: string; month: Month; amount: Kopecks };

interface InvoiceIssued {
  type: 'InvoiceIssued';
  number: string;
  payerId: string;
  providerId: string;
  month: Month;
  on: CivilDate;
  lines: readonly InvoiceLine[];
  services: Kopecks;
  corrections: Kopecks;
  carriedIn: Kopecks;
  advance: Kopecks;
  total: Kopecks;
  due: Kopecks;
  carriedOut: Kopecks;
}

export interface InvoiceLine {
  kind: 'charge' | 'correction';
  month: Month;
  contractId: string;
  contractNumber: string;
  contractDate: CivilDate;
  certificateId: string;
  lessons: number;
  amount: Kopecks;
}
