import type { CivilDate } from '../../kernel/civil-date.ts';
import { unreachable } from '../../kernel/errors.ts';
import type { ProviderEvent } from './events.ts';

export interface ProviderState {
  registered: boolean;
  /** In order of recording; the last one is open while it has no `until`. */
  readonly suspensions: { readonly from: CivilDate; until?: CivilDate }[];
}

export function initialProviderState(): ProviderState {
  return { registered: false, suspensions: [] };
}

/** Whether the provider is suspended on a date: from `on` until it is reinstated (SPEC section 4, rule 3). */
export function isSuspendedOn(date: CivilDate, state: ProviderState): boolean {
  return state.suspensions.some(({ from, until }) => from <= date && (until === undefined || date < until));
}

/** Whether the last suspension has not been lifted. */
export function isSuspended(state: ProviderState): boolean {
  const last = state.suspensions.at(-1);
  return last !== undefined && last.until === undefined;
}

/** Folds one event into the state, which it may change: the caller owns it. */
export function evolveProvider(state: ProviderState, event: ProviderEvent): ProviderState {
  switch (event.type) {
    case 'ProviderRegistered':
      state.registered = true;
      return state;
    case 'ProviderDetailsChanged':
      return state;
    case 'ProviderSuspended':
      state.suspensions.push({ from: event.effectiveOn });
      return state;
    case 'ProviderReinstated': {
      const last = state.suspensions.at(-1);
      if (last !== undefined) last.until = event.effectiveOn;
      return state;
    }
    default:
      return unreachable(event);
  }
}
