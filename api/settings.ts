import { BlockList, isIP } from 'node:net';
import { z } from 'zod';
import { LedgerError } from '../src/index.ts';

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
const PROXY_RANGES = ['loopback', 'linklocal', 'uniquelocal'];
const DIGITS = /^\d{1,9}$/;

/** A value of the environment; `allowed` finishes the sentence "it takes …". */
function setting<Value>(allowed: string, read: (text: string) => Value | undefined) {
  return z.string().transform((text, context) => {
    const value = read(text);
    if (value !== undefined) return value;
    context.addIssue({ code: 'custom', message: `${text} is not allowed, it takes ${allowed}` });
    return z.NEVER;
  });
}

function wholeNumber(unit: string, least: number, most: number) {
  return setting(`${unit} from ${least} to ${most}`, (text) => {
    const number = DIGITS.test(text) ? Number(text) : Number.NaN;
    return number >= least && number <= most ? number : undefined;
  });
}

function list(allowed: string, isAllowed: (entry: string) => boolean) {
  return setting(allowed, (text) => {
    const entries = text.split(',').map((entry) => entry.trim());
    return entries.every(isAllowed) ? entries : undefined;
  });
}

const seconds = (least: number) => wholeNumber('whole seconds', least, 86_400);
const text = setting('any text', (value) => value);

/** Every setting of the server but those that name the ledger, as the environment gives it. */
const variables = z.object({
  HOST: setting('an address or a name of this machine', (value) => (/\s/.test(value) ? undefined : value)).default(
    '127.0.0.1',
  ),
  PORT: wholeNumber('a port', 0, 65_535).default(3000),
  LOG_LEVEL: setting(LOG_LEVELS.join(', '), (value) => LOG_LEVELS.find((level) => level === value)).default('info'),
  CORS_ORIGINS: list('* or origins like https://example.org, by commas', isOrigin).default([]),
  RATE_LIMIT: wholeNumber('requests a second', 0, 1_000_000).default(10_000),
  RATE_LIMIT_UNKNOWN: wholeNumber('requests a second', 0, 1_000_000).default(1_000),
  BODY_LIMIT: wholeNumber('bytes', 1_024, 100 * 1024 * 1024).default(1024 * 1024),
  REQUEST_TIMEOUT: seconds(1).default(30),
  KEEP_ALIVE_TIMEOUT: seconds(1).default(72),
  SHUTDOWN_TIMEOUT: seconds(0).default(10),
  READY_LAG: wholeNumber('events', 0, 999_999_999).default(10_000),
  METRICS_TOKEN: setting('16 characters or more without blanks', (value) =>
    /^[\w.~+/=-]{16,}$/.test(value) ? value : undefined,
  ).optional(),
  JWKS_URL: setting('a URL of http or https', (value) => (isHttpUrl(value) ? value : undefined)).optional(),
  JWT_ISSUER: text.optional(),
  JWT_AUDIENCE: text.optional(),
  TRUST_PROXY: list(`addresses, networks like 10.0.0.0/8, ${PROXY_RANGES.join(', ')}, by commas`, isProxy).default([]),
});

/** The settings of the server, checked. */
export type Settings = z.output<typeof variables>;

/**
 * Reads the settings from an environment; one that is empty counts as not given. Errors: `query.invalid`, which names
 * every wrong variable and what it takes.
 */
export function settingsOf(environment: NodeJS.ProcessEnv): Settings {
  const given = Object.entries(environment).filter(([, value]) => value !== undefined && value !== '');
  const parsed = variables.safeParse(Object.fromEntries(given));
  if (!parsed.success) {
    throw invalid(parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`));
  }
  const { JWKS_URL, JWT_ISSUER, JWT_AUDIENCE } = parsed.data;
  if (JWKS_URL === undefined && (JWT_ISSUER ?? JWT_AUDIENCE) !== undefined) {
    throw invalid(['JWT_ISSUER, JWT_AUDIENCE: mean nothing without JWKS_URL']);
  }
  return parsed.data;
}

function invalid(sentences: readonly string[]): LedgerError {
  return new LedgerError('query.invalid', sentences.join('; '));
}

/** Whether only this machine can reach what listens on a host. */
export function isLoopback(host: string): boolean {
  const version = isIP(host);
  if (version === 0) return host === 'localhost';
  const loopback = new BlockList();
  loopback.addSubnet('127.0.0.0', 8, 'ipv4');
  loopback.addAddress('::1', 'ipv6');
  return loopback.check(host, version === 4 ? 'ipv4' : 'ipv6');
}

function isOrigin(entry: string): boolean {
  return entry === '*' || (isHttpUrl(entry) && new URL(entry).origin === entry);
}

function isHttpUrl(text: string): boolean {
  return ['http:', 'https:'].includes(URL.parse(text)?.protocol ?? '');
}

function isProxy(entry: string): boolean {
  const [address = '', bits, ...more] = entry.split('/');
  const version = isIP(address);
  if (version === 0) return PROXY_RANGES.includes(entry);
  return more.length === 0 && (bits === undefined || (DIGITS.test(bits) && Number(bits) <= (version === 4 ? 32 : 128)));
}
