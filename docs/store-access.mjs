// Gives the ledger's user of an EventStoreDB or KurrentDB server its rights and nothing beyond: read and append to streams, read
// $all. Deleting, truncating and every change of metadata are left to administrators. It may be run again; see docs/cluster.md.
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { setTimeout as wait } from 'node:timers/promises';
import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';

const {
  LEDGER_STORE: address = '',
  LEDGER_STORE_CA_FILE: authority,
  LEDGER_STORE_USERNAME: username,
  LEDGER_STORE_PASSWORD: password,
  STORE_READER_USERNAME: reader,
  STORE_READER_PASSWORD: readerPassword,
  STORE_ADMIN_USERNAME: admin = 'admin',
  STORE_ADMIN_PASSWORD: adminPassword,
} = process.env;
if (!/^esdb(\+discover)?:/.test(address) || !username || !password || !adminPassword) {
  console.error('LEDGER_STORE, LEDGER_STORE_USERNAME, LEDGER_STORE_PASSWORD and STORE_ADMIN_PASSWORD have to be given');
  process.exit(2);
}
const [TRIES, PAUSE] = [30, 2_000];
const [, hosts = ''] = /^[^:]+:\/\/([^/?]+)/.exec(address) ?? [];
const agent = new Agent({ ca: authority && readFileSync(authority) });
const credentials = { username: admin, password: adminPassword };

await createUser(username, password);
if (reader) await createUser(reader, readerPassword ?? '');

const connection = `esdb://${hosts}?nodePreference=leader${authority ? `&tlsCAFile=${authority}` : ''}`;
const client = EventStoreDBClient.connectionString(connection);
const readers = reader ? ['$admins', username, reader] : ['$admins', username];
const administrators = { $r: '$admins', $w: '$admins', $d: '$admins', $mr: '$admins', $mw: '$admins' };
const settings = {
  $userStreamAcl: { ...administrators, $r: readers, $w: ['$admins', username] },
  $systemStreamAcl: administrators,
};
const event = jsonEvent({ type: 'update-default-acl', data: settings });
await client.appendToStream('$settings', event, { credentials });
await client.setStreamMetadata('$all', { acl: { readRoles: readers } }, { credentials });
await client.dispose();
console.log(`${username} may read and append; ${reader ? `${reader} may read; ` : ''}only administrators may delete`);

async function createUser(loginName, secret) {
  const body = JSON.stringify({ LoginName: loginName, FullName: loginName, Groups: [], Password: secret });
  let last = '';
  // A cluster that has just been started has no leader yet, and no administrator.
  for (let tried = 0; tried < TRIES; tried += 1) {
    for (const host of hosts.split(',')) {
      const status = await post(`https://${host}/users`, body).catch((error) => error.message);
      if (status === 201 || status === 409) return;
      last = `${host}: ${status}`;
    }
    await wait(PAUSE);
  }
  console.error(`user ${loginName} could not be created; ${last}`);
  process.exit(1);
}

function post(url, body) {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const options = { method: 'POST', agent, headers, auth: `${admin}:${adminPassword}`, timeout: 10_000 };
    const sent = request(url, options, (answer) => answer.resume().on('end', () => resolve(answer.statusCode)));
    sent.on('error', reject).on('timeout', () => sent.destroy(new Error('no answer within 10 s')));
    sent.end(body);
  });
}
