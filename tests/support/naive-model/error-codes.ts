/** Every code of section 11 of the rules, as noun and reasons. */
const reasons: Record<string, readonly string[]> = {
  command: ['invalid'],
  idempotency: ['key_reused'],
  payer: ['not_found', 'already_exists'],
  period: ['not_found', 'already_exists', 'overlaps', 'not_open', 'not_over'],
  group: ['not_found', 'already_exists', 'not_funding', 'limit_reached'],
  provider: ['not_found', 'already_exists', 'suspended', 'not_suspended'],
  agreement: ['not_found', 'already_exists', 'not_active', 'limit_reached', 'term_invalid'],
  programme: ['not_found', 'already_exists', 'not_certified', 'reviews_missing'],
  module: ['not_found'],
  certificate: ['not_found', 'already_exists', 'age_out_of_range', 'frozen', 'closed', 'not_valid'],
  contract: [
    'not_found',
    'already_exists',
    'spans_periods',
    'duplicate_module',
    'number_taken',
    'outside_term',
    'not_ended',
    'terminated',
    'block_released',
    'lessons_exhausted',
  ],
  lesson: ['not_found', 'conflict', 'already_reversed', 'not_charged', 'unchanged'],
  invoice: ['not_found', 'month_not_over', 'wrong_status', 'amount_differs'],
  nominal: ['not_set', 'already_topped_up'],
  balance: ['insufficient'],
  freeze: ['overlaps', 'not_open'],
  advance: ['too_early', 'not_allowed', 'percent_out_of_range'],
  date: ['in_future'],
  clock: ['goes_back'],
};

export const everyErrorCode: readonly string[] = Object.entries(reasons).flatMap(([noun, all]) =>
  all.map((reason) => `${noun}.${reason}`),
);
