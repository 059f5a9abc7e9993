import { existsSync } from 'node:fs';
import type { Credentials } from '@eventstore/db-client';
import { LedgerError } from '../../kernel/errors.ts';

/** How a server is entered, where its address does not say it: what stands in the address is in every list of processes. */
export interface ServerAccess {
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** The file of the certificate authority by which the server is known. */
  readonly caFile?: string | undefined;
}

/** An address as the client takes it, without anything secret: the client repeats it in what it says. */
export interface ServerAddress {
  readonly client: string;
  readonly credentials: Credentials | undefined;
}

/** What an address may say behind its question mark; the client passes over other names, and prints the whole address. */
const PARAMETERS = [
  'tls',
  'tlsCAFile',
  'tlsVerifyCert',
  'userCertFile',
  'userKeyFile',
  'nodePreference',
  'maxDiscoverAttempts',
  'discoveryInterval',
  'gossipTimeout',
  'connectionName',
  'defaultDeadline',
  'keepAliveInterval',
  'keepAliveTimeout',
  'throwOnAppendFailure',
];

/**
 * What holds for a cluster unless its address says otherwise: commands go to the leader at once, and a client looks for a
 * new one for as long as an election may take, ten seconds, before it gives up.
 */
const OF_A_CLUSTER = { nodePreference: 'leader', maxDiscoverAttempts: '50', discoveryInterval: '200' };

/** Not by way of a URL: a cluster's address names several hosts, which no URL may. Errors: `query.invalid`. */
export function serverAddress(address: string, access: ServerAccess = {}): ServerAddress {
  const [plain = '', question = ''] = splitOnce(address, '?');
  const [, scheme = '', user, hosts = ''] = /^(esdb(?:\+discover)?:\/\/)(?:([^@/]*)@)?(.*)$/.exec(plain) ?? [];
  if (hosts === '') throw new LedgerError('query.invalid', NO_ADDRESS);
  const parameters = parametersOf(question);
  if (access.caFile !== undefined && parameters.get('tls') !== 'false' && !parameters.has('tlsCAFile')) {
    parameters.set('tlsCAFile', access.caFile);
  }
  const caFile = parameters.get('tlsCAFile');
  if (caFile !== undefined && !existsSync(caFile)) {
    throw new LedgerError('query.invalid', `the file of the certificate authority, ${caFile}, is not there`);
  }
  if (hosts.includes(',') || scheme.startsWith('esdb+discover')) {
    for (const [name, value] of Object.entries(OF_A_CLUSTER)) if (!parameters.has(name)) parameters.set(name, value);
  }
  const said = [...parameters].map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
  return { client: `${scheme}${hosts}${said === '' ? '' : `?${said}`}`, credentials: credentialsOf(user, access) };
}

/** The sentence for an address that the client cannot read. */
export const NO_ADDRESS = 'the address of the store is not one that EventStoreDB takes: esdb://…';

function parametersOf(question: string): Map<string, string> {
  const parameters = new Map<string, string>();
  for (const pair of question === '' ? [] : question.split('&')) {
    const [given = '', value = ''] = splitOnce(pair, '=');
    const name = PARAMETERS.find((known) => known.toLowerCase() === given.trim().toLowerCase().replace(/[_-]/g, ''));
    if (name === undefined) throw new LedgerError('query.invalid', `the address of the store: ${given} is not known`);
    parameters.set(name, decoded(value, name));
  }
  if (parameters.get('tlsVerifyCert') === 'false') {
    const sentence =
      'tlsVerifyCert=false: the server is known by its certificate; name the authority that has signed it, by tlsCAFile or LEDGER_STORE_CA_FILE';
    throw new LedgerError('query.invalid', sentence);
  }
  // With it the client tells a wrong revision of a stream that has moved on.
  if (parameters.get('throwOnAppendFailure') === 'false') {
    throw new LedgerError('query.invalid', 'throwOnAppendFailure=false is not taken in the address of a store');
  }
  return parameters;
}

/** What the address says goes before what stands elsewhere. */
function credentialsOf(user: string | undefined, { username, password }: ServerAccess): Credentials | undefined {
  if (user !== undefined) {
    const [name = '', secret] = splitOnce(user, ':');
    const known = secret ?? password;
    if (name === '' || known === undefined) {
      throw new LedgerError('query.invalid', 'the address of the store names a user without a password');
    }
    return { username: decoded(name, 'user'), password: secret === undefined ? known : decoded(secret, 'password') };
  }
  if (username === undefined && password === undefined) return undefined;
  if (username === undefined || password === undefined) {
    throw new LedgerError('query.invalid', 'LEDGER_STORE_USERNAME and LEDGER_STORE_PASSWORD are given together');
  }
  return { username, password };
}

function decoded(text: string, name: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new LedgerError('query.invalid', `the address of the store: ${name} is not encoded as a URL asks for`);
  }
}

function splitOnce(text: string, by: string): [string, string?] {
  const at = text.indexOf(by);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + by.length)];
}
