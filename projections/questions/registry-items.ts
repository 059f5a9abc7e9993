/** What the registries list. Amounts are decimal strings; a member that is not known or not to be disclosed is left out. */

export interface BankItem {
  readonly bik: string;
  readonly account: string;
  readonly name: string;
}

export interface PayerItem {
  readonly payerId: string;
  readonly name: string;
  readonly inn?: string;
  readonly kpp?: string;
  readonly bank?: BankItem;
  /** The IANA zone that turns "now" into the payer's civil date. */
  readonly zone: string;
}

export interface PeriodItem {
  readonly payerId: string;
  readonly periodId: string;
  readonly from: string;
  readonly until: string;
  readonly status: 'open' | 'closed';
}

export interface GroupItem {
  readonly payerId: string;
  readonly groupId: string;
  readonly name: string;
  readonly kind: 'funding' | 'accounting';
  readonly limitCount?: number;
  readonly limitAmount?: string;
  /** The yearly nominal per period. */
  readonly nominals: readonly { readonly periodId: string; readonly nominal: string }[];
}

/** Of an entrepreneur, name, inn, ogrn and bank disclose a person: they are there only when asked for (SPEC section 2). */
export interface ProviderItem {
  readonly providerId: string;
  readonly name?: string;
  readonly legalForm: 'organisation' | 'entrepreneur';
  readonly inn?: string;
  readonly kpp?: string;
  readonly ogrn?: string;
  readonly bank?: BankItem;
  readonly status: 'active' | 'suspended';
  readonly suspendedFrom?: string;
}

export interface AgreementItem {
  readonly agreementId: string;
  readonly payerId: string;
  readonly providerId: string;
  readonly number: string;
  readonly date: string;
  readonly from: string;
  readonly until: string;
  readonly totalLimit?: string;
  /** Σ (share − released) of its contracts: what of the limit is in use. */
  readonly inUse: string;
}

export interface ProgrammeItem {
  readonly programmeId: string;
  readonly providerId: string;
  readonly name: string;
  readonly direction: string;
  readonly ageFrom: number;
  readonly ageTo: number;
  readonly certification: 'submitted' | 'certified' | 'revision' | 'refused';
  /** The day of the last decision. */
  readonly decidedOn?: string;
  readonly reviews: readonly { readonly expertId: string; readonly verdict: 'meets' | 'doesNotMeet' }[];
  readonly modules: readonly {
    readonly moduleId: string;
    readonly name: string;
    readonly lessons: number;
    readonly price: string;
    readonly normativePrice: string;
  }[];
}

export interface PeriodFiguresItem {
  readonly periodId: string;
  readonly nominal: string;
  readonly available: string;
  readonly blocked: string;
  readonly charged: string;
  readonly expired: string;
}

export interface CertificateItem {
  readonly certificateId: string;
  readonly payerId: string;
  readonly groupId: string;
  readonly holderId: string;
  readonly validFrom: string;
  /** Tells the birth date, so it is there only when asked for (SPEC section 2). */
  readonly validUntil?: string;
  /** `frozen` while a freeze has no end. */
  readonly status: 'active' | 'frozen' | 'closed';
  readonly closedOn?: string;
  readonly closingReason?: string;
  readonly periods: readonly PeriodFiguresItem[];
}

export interface ContractItem {
  readonly contractId: string;
  readonly certificateId: string;
  readonly payerId: string;
  readonly groupId: string;
  readonly periodId: string;
  readonly providerId: string;
  readonly programmeId: string;
  readonly moduleId: string;
  readonly agreementId: string;
  readonly number: string;
  readonly date: string;
  readonly from: string;
  readonly until: string;
  readonly status: 'active' | 'terminated' | 'released';
  readonly terminatedOn?: string;
  readonly releasedOn?: string;
  readonly price: string;
  readonly share: string;
  readonly parentShare: string;
  readonly blocked: string;
  readonly charged: string;
  readonly released: string;
  readonly lessonsCharged: number;
  readonly lessons: number;
}

export interface AdvanceItem {
  readonly payerId: string;
  readonly providerId: string;
  readonly month: string;
  readonly requestedOn: string;
  readonly percent: number;
  readonly amount: string;
}

/** An attendance entry that was refused and has not been recorded since (SPEC section 5). */
export interface RefusalItem {
  readonly contractId: string;
  readonly lessonId: string;
  readonly date: string;
  readonly code: string;
  readonly message: string;
  readonly commandId: string;
}

/** An invoice as it was issued, with its life since (SPEC sections 6 and 10). */
export interface InvoiceItem {
  readonly number: string;
  readonly payerId: string;
  readonly providerId: string;
  readonly month: string;
  readonly issuedOn: string;
  readonly status: 'issued' | 'accepted' | 'paid' | 'rejected' | 'annulled';
  readonly acceptedOn?: string;
  readonly paidOn?: string;
  readonly reason?: string;
  readonly services: string;
  readonly corrections: string;
  readonly carriedIn: string;
  readonly advance: string;
  readonly total: string;
  readonly due: string;
  readonly carriedOut: string;
  readonly lines: readonly InvoiceLineItem[];
}

/** A contract's lessons of one month; the figures of a correction may be negative. */
export interface InvoiceLineItem {
  readonly kind: 'charge' | 'correction';
  readonly month: string;
  readonly contractId: string;
  readonly contractNumber: string;
  readonly contractDate: string;
  readonly certificateId: string;
  readonly lessons: number;
  readonly amount: string;
}
