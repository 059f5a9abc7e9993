import { describe, expect, test } from 'vitest';
import { decideProvider } from '../../src/domain/provider/decide.ts';
import type { ProviderEvent } from '../../src/domain/provider/events.ts';
import type { ProviderState } from '../../src/domain/provider/state.ts';
import { evolveProvider, initialProviderState, isSuspendedOn } from '../../src/domain/provider/state.ts';
import type { Sent } from '../support/given-when-then.ts';
import { specify } from '../support/given-when-then.ts';

const { given } = specify<ProviderState, ProviderEvent, { readonly today: string }>({
  initialState: initialProviderState,
  evolve: evolveProvider,
  decide(command, day, state) {
    switch (command.command) {
      case 'registerProvider':
      case 'changeProviderDetails':
      case 'suspendProvider':
      case 'reinstateProvider':
        return decideProvider(command, day, state);
      default:
        throw new RangeError(`${command.command} is no command on a provider`);
    }
  },
});

const day = { today: '2020-03-01' };
const registered: ProviderEvent = {
  type: 'ProviderRegistered',
  effectiveOn: '2020-03-01',
  providerId: 'cdt',
  name: 'ЦДТ',
  legalForm: 'organisation',
};
const register: Sent = { command: 'registerProvider', providerId: 'cdt', name: 'ЦДТ', legalForm: 'organisation' };
const suspend = (on: string): Sent => ({ command: 'suspendProvider', providerId: 'cdt', on, reason: 'проверка' });
const reinstate = (on: string): Sent => ({ command: 'reinstateProvider', providerId: 'cdt', on });
const suspended = (effectiveOn: string): ProviderEvent => ({
  type: 'ProviderSuspended',
  effectiveOn,
  reason: 'проверка',
});
const reinstated = (effectiveOn: string): ProviderEvent => ({ type: 'ProviderReinstated', effectiveOn });

describe('when a provider is registered (SPEC section 7)', () => {
  test('once, with any legal form', () => {
    given([]).when(register, day).thenEvents([registered]);
    given([registered]).when(register, day).thenRefused('provider.already_exists', /cdt/);
  });

  test('details change from `on`', () => {
    const change = (on: string): Sent => ({ command: 'changeProviderDetails', providerId: 'cdt', on, ogrn: '1' });
    given([registered])
      .when(change('2020-03-01'), day)
      .thenEvents([{ type: 'ProviderDetailsChanged', effectiveOn: '2020-03-01', ogrn: '1' }]);
    given([registered])
      .when(change('2020-03-02'), day)
      .thenRefused('date.in_future', /2020-03-02.*2020-03-01/);
    given([]).when(change('2020-03-02'), day).thenRefused('provider.not_found', /cdt/);
  });
});

describe('when a provider is suspended (SPEC sections 4 and 7)', () => {
  test('it is, from `on` until it is reinstated', () => {
    given([registered])
      .when(suspend('2020-02-01'), day)
      .thenEvents([suspended('2020-02-01')]);
    given([registered, suspended('2020-02-01')])
      .when(reinstate('2020-02-10'), day)
      .thenEvents([reinstated('2020-02-10')]);
    const state = [registered, suspended('2020-02-01'), reinstated('2020-02-10')].reduce(
      evolveProvider,
      initialProviderState(),
    );
    const days = ['2020-01-31', '2020-02-01', '2020-02-09', '2020-02-10'];
    expect(days.map((date) => isSuspendedOn(date, state))).toEqual([false, true, true, false]);
  });

  test('a second suspension does not lift the first before its end', () => {
    const history = [registered, suspended('2020-02-01'), reinstated('2020-02-10'), suspended('2020-03-01')];
    const state = history.reduce(evolveProvider, initialProviderState());
    const days = ['2020-02-09', '2020-02-10', '2020-03-01', '2031-01-01'];
    expect(days.map((date) => isSuspendedOn(date, state))).toEqual([true, false, true, true]);
  });

  test('not twice, and nobody is reinstated who is not suspended', () => {
    given([registered, suspended('2020-02-01')])
      .when(suspend('2020-03-02'), day)
      .thenRefused('provider.suspended', /cdt/);
    given([registered]).when(reinstate('2020-03-02'), day).thenRefused('provider.not_suspended', /cdt/);
    given([registered, suspended('2020-02-01'), reinstated('2020-02-10')])
      .when(reinstate('2020-02-11'), day)
      .thenRefused('provider.not_suspended');
  });

  test('the future is looked at last', () => {
    given([]).when(suspend('2020-03-02'), day).thenRefused('provider.not_found', /cdt/);
    given([registered])
      .when(suspend('2020-03-02'), day)
      .thenRefused('date.in_future', /2020-03-02.*2020-03-01/);
    given([registered, suspended('2020-02-01')])
      .when(reinstate('2020-03-02'), day)
      .thenRefused('date.in_future');
  });
});
