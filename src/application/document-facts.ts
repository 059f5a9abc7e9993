import type { CivilDate, CivilMonth } from '../kernel/civil-date.ts';
import type { Bank } from '../kernel/fields.ts';
import type { Instant } from '../kernel/instant.ts';

/** The payer as it stood when a document was made; what it had not named is left out. */
export interface PayerOnDocument {
  readonly payerId: string;
  readonly name: string;
  readonly inn?: string;
  readonly kpp?: string;
}

/** The provider, who is the payee, as it stood when a document was made. */
export interface ProviderOnDocument {
  readonly providerId: string;
  readonly name: string;
  readonly legalForm: 'organisation' | 'entrepreneur';
  readonly inn?: string;
  readonly kpp?: string;
  readonly ogrn?: string;
  readonly bank?: Bank;
}

/** What every document names, and the instant it was recorded at, which is the document's own time. */
export interface DocumentHead {
  readonly month: CivilMonth;
  readonly recordedAt: Instant;
  readonly payer: PayerOnDocument;
  readonly provider: ProviderOnDocument;
  /** SHA-256, in hexadecimal digits, of the canonical JSON of what was recorded. */
  readonly digest: string;
}

/** An agreement as documents name it. */
export interface AgreementOnDocument {
  readonly agreementId: string;
  readonly number: string;
  readonly date: CivilDate;
}

/** One line of an invoice's annex. */
export interface InvoiceDocumentLine {
  readonly kind: 'charge' | 'correction';
  readonly month: CivilMonth;
  readonly contractId: string;
  readonly contractNumber: string;
  readonly contractDate: CivilDate;
  readonly certificateId: string;
  readonly lessons: number;
  /** Lessons planned in the invoice's month, by what was known when it was issued; 0 where none were. */
  readonly plannedLessons: number;
  readonly amount: string;
}

/** What an invoice bills under one agreement: its annex, when there are lines. */
export interface InvoicedAgreement extends AgreementOnDocument {
  /** Σ of the lines, corrections among them. */
  readonly services: string;
  /** The part of the month's advance that was requested for contracts of this agreement. */
  readonly advance: string;
  readonly lines: readonly InvoiceDocumentLine[];
}

/**
 * Everything an invoice says on paper (SPEC section 6, document annex). Names and details are those in force when it was
 * issued; amounts are decimal strings. It never changes, whatever becomes of the invoice.
 */
export interface InvoiceDocument extends DocumentHead {
  readonly number: string;
  readonly issuedOn: CivilDate;
  readonly services: string;
  readonly corrections: string;
  readonly carriedIn: string;
  readonly advance: string;
  readonly total: string;
  readonly due: string;
  readonly carriedOut: string;
  /** In the order of agreementId; one without lines is there when it has a part of the advance. */
  readonly agreements: readonly InvoicedAgreement[];
}

/** One line of the annex to a request for an advance. */
export interface AdvanceDocumentLine {
  readonly contractId: string;
  readonly contractNumber: string;
  readonly contractDate: CivilDate;
  readonly certificateId: string;
  /** The charge planned in the month. */
  readonly planned: string;
  readonly amount: string;
}

/** What is requested under one agreement. */
export interface AdvancedAgreement extends AgreementOnDocument {
  readonly planned: string;
  readonly amount: string;
  readonly lines: readonly AdvanceDocumentLine[];
}

/** Everything a request for an advance says on paper, as it was known when it was made. */
export interface AdvanceDocument extends DocumentHead {
  readonly requestedOn: CivilDate;
  /** A whole number. */
  readonly percent: number;
  readonly planned: string;
  readonly amount: string;
  /** In the order of agreementId. */
  readonly agreements: readonly AdvancedAgreement[];
}
