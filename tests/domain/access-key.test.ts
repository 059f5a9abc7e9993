import { describe, expect, test } from 'vitest';
import type { AccessKeyOrder } from '../../src/domain/access-key/commands.ts';
import { accessKeyOrder } from '../../src/domain/access-key/commands.ts';
import { createAccessKey, revokeAccessKey } from '../../src/domain/access-key/decide.ts';
import type { AccessKeyEvent } from '../../src/domain/access-key/events.ts';
import { evolveAccessKeys, initialAccessKeysState } from '../../src/domain/access-key/state.ts';

const today = '2026-03-10';
const created = (keyId: string, digest: string): AccessKeyEvent => {
  return { type: 'AccessKeyCreated', effectiveOn: '2026-03-01', keyId, role: 'payer', payerId: 'uo', digest };
};
const revoked = (keyId: string): AccessKeyEvent => ({ type: 'AccessKeyRevoked', effectiveOn: '2026-03-05', keyId });

function given(...events: readonly AccessKeyEvent[]) {
  const state = events.reduce(evolveAccessKeys, initialAccessKeysState());
  return {
    state,
    whenCreated: (keyId: string, order: AccessKeyOrder) =>
      createAccessKey({ ...order, keyId }, { today, digest: 'd-new' }, state),
    whenRevoked: (keyId: string) => revokeAccessKey(keyId, { today }, state),
  };
}

describe('when a key is made', () => {
  test('the event carries its scope and the digest of its secret', () => {
    expect(given().whenCreated('k', { role: 'provider', providerId: 'cdt' })).toEqual([
      {
        type: 'AccessKeyCreated',
        effectiveOn: today,
        keyId: 'k',
        role: 'provider',
        providerId: 'cdt',
        digest: 'd-new',
      },
    ]);
    expect(given().whenCreated('k', { role: 'operator' })).toEqual([
      { type: 'AccessKeyCreated', effectiveOn: today, keyId: 'k', role: 'operator', digest: 'd-new' },
    ]);
  });

  test('its id was never that of another key, a revoked one included', () => {
    const refusal = expect.objectContaining({ code: 'key.already_exists', message: expect.stringContaining('k1') });
    expect(() => given(created('k1', 'd1')).whenCreated('k1', { role: 'operator' })).toThrow(refusal);
    expect(() => given(created('k1', 'd1'), revoked('k1')).whenCreated('k1', { role: 'operator' })).toThrow(refusal);
  });
});

describe('when a key is revoked', () => {
  test('it is, once', () => {
    expect(given(created('k1', 'd1')).whenRevoked('k1')).toEqual([
      { type: 'AccessKeyRevoked', effectiveOn: today, keyId: 'k1' },
    ]);
    expect(given(created('k1', 'd1'), revoked('k1')).whenRevoked('k1')).toEqual([]);
  });

  test('a key that is not there is told', () => {
    const refusal = expect.objectContaining({ code: 'key.not_found', message: expect.stringContaining('k2') });
    expect(() => given(created('k1', 'd1')).whenRevoked('k2')).toThrow(refusal);
  });

  test('nobody is known by it any more, by the others still', () => {
    const { state } = given(created('k1', 'd1'), created('k2', 'd2'), revoked('k1'));
    expect(state.inForce.has('d1')).toBe(false);
    expect(state.inForce.get('d2')).toMatchObject({ keyId: 'k2', payerId: 'uo' });
    expect([...state.keys.values()].map(({ keyId, revokedOn }) => [keyId, revokedOn])).toEqual([
      ['k1', '2026-03-05'],
      ['k2', undefined],
    ]);
  });
});

describe('what a key is scoped to', () => {
  const fits: readonly AccessKeyOrder[] = [
    { role: 'operator' },
    { role: 'payer', payerId: 'uo' },
    { role: 'auditor', payerId: 'uo' },
    { role: 'provider', providerId: 'cdt' },
  ];
  test.each(fits)('fits %j', (order) => {
    expect(accessKeyOrder.safeParse(order).success).toBe(true);
  });

  const fitsNot: readonly object[] = [
    { role: 'operator', payerId: 'uo' },
    { role: 'operator', providerId: 'cdt' },
    { role: 'payer' },
    { role: 'payer', providerId: 'cdt' },
    { role: 'payer', payerId: 'uo', providerId: 'cdt' },
    { role: 'auditor' },
    { role: 'provider' },
    { role: 'provider', payerId: 'uo' },
    { role: 'admin' },
    { payerId: 'uo' },
    { role: 'payer', payerId: '' },
    { role: 'operator', keyId: '' },
    { role: 'operator', colour: 'red' },
  ];
  test.each(fitsNot)('does not fit %j', (order) => {
    expect(accessKeyOrder.safeParse(order).success).toBe(false);
  });
});
