/** The stable codes of refusals, one per rule (SPEC section 11), and of what can go wrong around the rules. */
export const ERROR_CODES = [
  'command.invalid',
  'idempotency.key_reused',
  'date.in_future',
  'clock.goes_back',
  'payer.not_found',
  'payer.already_exists',
  'provider.not_found',
  'provider.already_exists',
  'agreement.not_found',
  'agreement.already_exists',
  'programme.not_found',
  'programme.already_exists',
  'module.not_found',
  'group.not_found',
  'group.already_exists',
  'period.not_found',
  'period.already_exists',
  'certificate.not_found',
  'certificate.already_exists',
  'contract.not_found',
  'contract.already_exists',
  'lesson.not_found',
  'invoice.not_found',
  'certificate.age_out_of_range',
  'certificate.frozen',
  'certificate.closed',
  'certificate.not_valid',
  'group.not_funding',
  'group.limit_reached',
  'period.overlaps',
  'period.not_open',
  'period.not_over',
  'nominal.not_set',
  'nominal.already_topped_up',
  'balance.insufficient',
  'provider.suspended',
  'provider.not_suspended',
  'programme.not_certified',
  'programme.reviews_missing',
  'agreement.not_active',
  'agreement.limit_reached',
  'agreement.term_invalid',
  'contract.spans_periods',
  'contract.duplicate_module',
  'contract.number_taken',
  'contract.outside_term',
  'contract.not_ended',
  'contract.terminated',
  'contract.block_released',
  'contract.lessons_exhausted',
  'lesson.conflict',
  'lesson.already_reversed',
  'lesson.not_charged',
  'lesson.unchanged',
  'freeze.overlaps',
  'freeze.not_open',
  'invoice.month_not_over',
  'invoice.wrong_status',
  'invoice.amount_differs',
  'advance.too_early',
  'advance.not_allowed',
  'advance.percent_out_of_range',
  'stream.changed',
  'key.not_found',
  'key.already_exists',
  'copy.other_ledger',
  'store.conflict',
  'store.unavailable',
  'store.locked',
  'store.newer_version',
  'store.corrupt',
  'store.unreadable',
  'readmodels.behind',
  'query.invalid',
  'projection.not_found',
  'ledger.closed',
  'ledger.read_only',
] as const;

/** One of the stable codes of {@link ERROR_CODES}. */
export type ErrorCode = (typeof ERROR_CODES)[number];

/** The one error of the ledger: a stable code, and a message in plain words that names the figures. */
export class LedgerError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'LedgerError';
    this.code = code;
  }
}

/** Refuses: throws a {@link LedgerError} with the rule's code and the figures. */
export function refuse(code: ErrorCode, message: string): never {
  throw new LedgerError(code, message);
}

/** For code that cannot be reached while the types are right: an unknown event or command is an error, never skipped. */
export function unreachable(value: never): never {
  throw new LedgerError('store.corrupt', `unexpected ${JSON.stringify(value)}`);
}
