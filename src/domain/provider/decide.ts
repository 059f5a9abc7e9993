import type { CivilDate } from '../../kernel/civil-date.ts';
import { refuse } from '../../kernel/errors.ts';
import { refuseFutureDate } from '../../kernel/future.ts';
import { given } from '../../kernel/given.ts';
import type { ChangeProviderDetails, RegisterProvider, ReinstateProvider, SuspendProvider } from './commands.ts';
import type { ProviderEvent } from './events.ts';
import type { ProviderState } from './state.ts';
import { isSuspended } from './state.ts';

type ProviderCommand = RegisterProvider | ChangeProviderDetails | SuspendProvider | ReinstateProvider;

/** The rule book of a provider: registration, details, suspension (SPEC section 7). */
export function decideProvider(
  command: ProviderCommand,
  day: { readonly today: CivilDate },
  state: ProviderState,
): ProviderEvent[] {
  const { providerId } = command;
  if (command.command === 'registerProvider') {
    if (state.registered) refuse('provider.already_exists', `provider ${providerId} has been registered`);
    const { name, legalForm, inn, kpp, ogrn, bank } = command;
    const details = given({ inn, kpp, ogrn, bank });
    return [{ type: 'ProviderRegistered', effectiveOn: day.today, providerId, name, legalForm, ...details }];
  }
  if (!state.registered) refuse('provider.not_found', `there is no provider ${providerId}`);
  const events = change(command, state);
  refuseFutureDate('on', command.on, day);
  return events;
}

function change(command: Exclude<ProviderCommand, RegisterProvider>, state: ProviderState): ProviderEvent[] {
  const effectiveOn = command.on;
  switch (command.command) {
    case 'changeProviderDetails': {
      const { name, inn, kpp, ogrn, bank } = command;
      return [{ type: 'ProviderDetailsChanged', effectiveOn, ...given({ name, inn, kpp, ogrn, bank }) }];
    }
    case 'suspendProvider':
      if (isSuspended(state)) refuse('provider.suspended', `provider ${command.providerId} is suspended already`);
      return [{ type: 'ProviderSuspended', effectiveOn, reason: command.reason }];
    case 'reinstateProvider':
      if (!isSuspended(state)) refuse('provider.not_suspended', `provider ${command.providerId} is not suspended`);
      return [{ type: 'ProviderReinstated', effectiveOn }];
  }
}
