import type { CivilDate } from '../../kernel/civil-date.ts';
import { refuse } from '../../kernel/errors.ts';
import { refuseFutureDate } from '../../kernel/future.ts';
import { given } from '../../kernel/given.ts';
import type { Kopecks } from '../../kernel/money.ts';
import { formatMoney } from '../../kernel/money.ts';
import type { AmendAgreement, ConcludeAgreement } from './commands.ts';
import type { AgreementEvent } from './events.ts';
import type { AgreementState } from './state.ts';

/** Concludes an agreement; without an active one nothing is blocked (SPEC sections 1 and 7). */
export function concludeAgreement(
  command: ConcludeAgreement,
  facts: { readonly payerKnown: boolean; readonly providerKnown: boolean },
  state: AgreementState,
): AgreementEvent[] {
  const { agreementId, payerId, providerId, number, date, from, until, totalLimit } = command;
  if (state.agreement !== undefined) refuse('agreement.already_exists', `agreement ${agreementId} has been concluded`);
  if (!facts.payerKnown) refuse('payer.not_found', `there is no payer ${payerId}`);
  if (!facts.providerKnown) refuse('provider.not_found', `there is no provider ${providerId}`);
  const terms = { number, date, from, until, ...given({ totalLimit }) };
  return [{ type: 'AgreementConcluded', effectiveOn: date, agreementId, payerId, providerId, ...terms }];
}

/** Moves the end or the limit; the limit stays at or above what is in use (SPEC section 11). */
export function amendAgreement(
  command: AmendAgreement,
  facts: { readonly today: CivilDate; readonly inUse: Kopecks },
  { agreement }: AgreementState,
): AgreementEvent[] {
  const { agreementId, on, until, totalLimit } = command;
  if (agreement === undefined) refuse('agreement.not_found', `there is no agreement ${agreementId}`);
  if (until !== undefined && until < agreement.from) {
    refuse(
      'agreement.term_invalid',
      `${until} lies before ${agreement.from}, the first day of agreement ${agreementId}`,
    );
  }
  if (totalLimit !== undefined && totalLimit < facts.inUse) {
    refuse(
      'agreement.limit_reached',
      `a limit of ${formatMoney(totalLimit)} is less than ${formatMoney(facts.inUse)}, in use under agreement ${agreementId}`,
    );
  }
  refuseFutureDate('on', on, facts);
  return [{ type: 'AgreementAmended', effectiveOn: on, ...given({ until, totalLimit }) }];
}
