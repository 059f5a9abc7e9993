import { CHARGED_BY_DEFAULT } from '../../kernel/attendance.ts';
import type { CivilDate } from '../../kernel/civil-date.ts';
import { DEFAULT_ZONE } from '../../kernel/clock.ts';
import { refuse } from '../../kernel/errors.ts';
import { refuseFutureDate } from '../../kernel/future.ts';
import { given } from '../../kernel/given.ts';
import type {
  ChangePayerDetails,
  ClosePeriod,
  DefineCertificateGroup,
  OpenFundingPeriod,
  RegisterPayer,
  SetGroupNominal,
} from './commands.ts';
import type { PayerEvent } from './events.ts';
import type { PayerState } from './state.ts';

interface Day {
  readonly today: CivilDate;
}

type PayerCommand =
  | RegisterPayer
  | ChangePayerDetails
  | OpenFundingPeriod
  | DefineCertificateGroup
  | SetGroupNominal
  | ClosePeriod;

/** The rule book of a payer: its registration, periods and groups (SPEC sections 3 and 7). */
export function decidePayer(command: PayerCommand, day: Day, state: PayerState): PayerEvent[] {
  switch (command.command) {
    case 'registerPayer':
      return register(command, day, state);
    case 'changePayerDetails':
      return changeDetails(command, day, state);
    case 'openFundingPeriod':
      return openPeriod(command, day, state);
    case 'defineCertificateGroup':
      return defineGroup(command, day, state);
    case 'setGroupNominal':
      return setNominal(command, day, state);
    case 'closePeriod':
      return closePeriod(command, day, state);
  }
}

function register(command: RegisterPayer, { today }: Day, state: PayerState): PayerEvent[] {
  const { payerId, name, inn, kpp, bank, zone = DEFAULT_ZONE, chargedStatuses = [...CHARGED_BY_DEFAULT] } = command;
  if (state.payer !== undefined) refuse('payer.already_exists', `payer ${payerId} has been registered`);
  const details = given({ inn, kpp, bank });
  return [{ type: 'PayerRegistered', effectiveOn: today, payerId, name, ...details, zone, chargedStatuses }];
}

function changeDetails(command: ChangePayerDetails, day: Day, state: PayerState): PayerEvent[] {
  refuseUnknownPayer(command.payerId, state);
  refuseFutureDate('on', command.on, day);
  const { name, inn, kpp, bank, on } = command;
  return [{ type: 'PayerDetailsChanged', effectiveOn: on, ...given({ name, inn, kpp, bank }) }];
}

function openPeriod(command: OpenFundingPeriod, { today }: Day, state: PayerState): PayerEvent[] {
  const { payerId, periodId, from, until } = command;
  if (state.periods.has(periodId)) refuse('period.already_exists', `payer ${payerId} has a period ${periodId}`);
  refuseUnknownPayer(payerId, state);
  for (const other of state.periods.values()) {
    if (from <= other.until && other.from <= until) {
      refuse('period.overlaps', `period ${other.periodId} runs from ${other.from} to ${other.until}`);
    }
  }
  return [{ type: 'FundingPeriodOpened', effectiveOn: today, periodId, from, until }];
}

function defineGroup(command: DefineCertificateGroup, { today }: Day, state: PayerState): PayerEvent[] {
  const { payerId, groupId, name, kind, limitCount, limitAmount } = command;
  if (state.groups.has(groupId)) refuse('group.already_exists', `payer ${payerId} has a group ${groupId}`);
  refuseUnknownPayer(payerId, state);
  const limits = given({ limitCount, limitAmount });
  return [{ type: 'CertificateGroupDefined', effectiveOn: today, groupId, name, kind, ...limits }];
}

function setNominal(command: SetGroupNominal, { today }: Day, state: PayerState): PayerEvent[] {
  const { payerId, groupId, periodId, nominal } = command;
  refuseUnknownPayer(payerId, state);
  const group = state.groups.get(groupId);
  if (group === undefined) refuse('group.not_found', `payer ${payerId} has no group ${groupId}`);
  if (!state.periods.has(periodId)) refuse('period.not_found', `payer ${payerId} has no period ${periodId}`);
  if (group.kind !== 'funding') refuse('group.not_funding', `group ${groupId} keeps account only, its nominal is 0.00`);
  return [{ type: 'GroupNominalSet', effectiveOn: today, groupId, periodId, nominal }];
}

function closePeriod(command: ClosePeriod, day: Day, state: PayerState): PayerEvent[] {
  const { payerId, periodId, on } = command;
  refuseUnknownPayer(payerId, state);
  const period = state.periods.get(periodId);
  if (period === undefined) refuse('period.not_found', `payer ${payerId} has no period ${periodId}`);
  if (period.closed) refuse('period.not_open', `period ${periodId} has been closed`);
  if (on <= period.until)
    refuse('period.not_over', `${on} does not lie after ${period.until}, the last day of ${periodId}`);
  refuseFutureDate('on', on, day);
  return [{ type: 'FundingPeriodClosed', effectiveOn: period.until, periodId }];
}

function refuseUnknownPayer(payerId: string, state: PayerState): void {
  if (state.payer === undefined) refuse('payer.not_found', `there is no payer ${payerId}`);
}
