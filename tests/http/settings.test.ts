import { describe, expect, test } from 'vitest';
import { isLoopback, settingsOf } from '../../api/settings.ts';

describe('when the settings are read', () => {
  test('an empty environment gives the defaults, and so does a variable that is empty', () => {
    const settings = settingsOf({ PORT: '', CORS_ORIGINS: '' });
    expect(settings).toMatchObject({ HOST: '127.0.0.1', PORT: 3000, LOG_LEVEL: 'info', CORS_ORIGINS: [] });
    expect(settings.JWKS_URL).toBeUndefined();
  });

  test('lists are told apart by commas', () => {
    expect(settingsOf({ CORS_ORIGINS: 'https://a.example, http://b.example:8080' }).CORS_ORIGINS).toEqual([
      'https://a.example',
      'http://b.example:8080',
    ]);
    expect(settingsOf({ TRUST_PROXY: 'loopback,10.0.0.0/8' }).TRUST_PROXY).toEqual(['loopback', '10.0.0.0/8']);
  });

  test.each([
    ['PORT', '65536', 'a port from 0 to 65535'],
    ['PORT', '3000x', 'a port from 0 to 65535'],
    ['HOST', '127.0.0.1 3000', 'an address'],
    ['LOG_LEVEL', 'verbose', 'fatal, error, warn, info, debug, trace, silent'],
    ['CORS_ORIGINS', 'https://a.example/path', 'origins like https://example.org'],
    ['RATE_LIMIT', '-1', 'requests a second from 0'],
    ['BODY_LIMIT', '10', 'bytes from 1024'],
    ['REQUEST_TIMEOUT', '0', 'whole seconds from 1'],
    ['METRICS_TOKEN', 'short', '16 characters or more'],
    ['JWKS_URL', 'file:///keys', 'a URL of http or https'],
    ['TRUST_PROXY', '10.0.0.0/33', 'networks like 10.0.0.0/8'],
  ])('%s=%s is refused by name, with what is allowed', (name, value, allowed) => {
    expect(() => settingsOf({ [name]: value })).toThrow(`${name}: ${value} is not allowed, it takes `);
    expect(() => settingsOf({ [name]: value })).toThrow(allowed);
  });

  test('every wrong one is named at once', () => {
    expect(() => settingsOf({ PORT: 'x', LOG_LEVEL: 'y' })).toThrow(/PORT: x .*; LOG_LEVEL: y /);
  });

  test('what belongs to tokens means nothing without a place of their keys', () => {
    expect(() => settingsOf({ JWT_ISSUER: 'https://sso.example' })).toThrow('without JWKS_URL');
  });

  test.each([
    ['127.0.0.1', true],
    ['127.8.8.8', true],
    ['::1', true],
    ['localhost', true],
    ['0.0.0.0', false],
    ['::', false],
    ['10.0.0.1', false],
    ['ledger.example', false],
  ])('only this machine reaches %s: %s', (host, expected) => {
    expect(isLoopback(host)).toBe(expected);
  });
});
