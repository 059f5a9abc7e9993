import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { ledgerOptions } from '../../api/ledger-options.ts';
import { openLedger } from '../../src/index.ts';
import { Connection } from '../../src/store/kurrentdb/connection.ts';
import { serverAddress } from '../../src/store/kurrentdb/server-address.ts';

describe('the address of a server', () => {
  test('may name several hosts, and who connects', async () => {
    const connection = new Connection('esdb://ledger%40uo:se%3Acret@one:2113,two:2113,three:2113?tls=false');
    expect(connection.entry.credentials).toEqual({ username: 'ledger@uo', password: 'se:cret' });
    await connection.close();
  });

  test('in the environment stays where a flag names a file: that is the one of the read models', () => {
    const environment = { LEDGER_STORE: 'esdb://one', LEDGER_DB: 'node.db' };
    expect(ledgerOptions({ db: 'other.db' }, environment, false)).toMatchObject({
      store: 'esdb://one',
      readModels: 'other.db',
    });
    expect(ledgerOptions({ store: 'sqlite:own.db', db: 'other.db' }, environment, false)).toMatchObject({
      store: 'sqlite:own.db',
      readModels: 'other.db',
    });
    expect(ledgerOptions({ db: 'other.db' }, { LEDGER_STORE: 'sqlite:own.db' }, false).store).toBe('sqlite:other.db');
  });

  test.each(['esdb://one?tls=false&ledger=a&ledger=b', 'esdb://one?tls=false?ledger=a'])(
    'never opens another ledger than the one it seems to name: %s',
    async (store) => {
      await expect(openLedger({ store })).rejects.toMatchObject({ code: 'query.invalid' });
    },
  );

  test.each(['', 'a.b', '$settings', 'a b', 'x'.repeat(65)])('names no ledger by %j', async (name) => {
    const opened = openLedger({ store: `esdb://one?tls=false&ledger=${encodeURIComponent(name)}` });
    await expect(opened).rejects.toMatchObject({ code: 'query.invalid', message: /names no ledger/ });
  });

  test('that is none is no question, and its password is not repeated', async () => {
    for (const store of ['esdb://', 'esdb://u:secret@one,two?tls=perhaps&ledger=a']) {
      const opened = openLedger({ store, readOnly: true });
      await expect(opened).rejects.toMatchObject({
        code: 'query.invalid',
        message: expect.not.stringContaining('secret'),
      });
    }
  });

  test('of a cluster leads to the leader, and lets an election take its time', () => {
    expect(serverAddress('esdb://one,two?tls=false').client).toBe(
      'esdb://one,two?tls=false&nodePreference=leader&maxDiscoverAttempts=50&discoveryInterval=200',
    );
    expect(serverAddress('esdb+discover://all?nodePreference=random&max_discover_attempts=3').client).toBe(
      'esdb+discover://all?nodePreference=random&maxDiscoverAttempts=3&discoveryInterval=200',
    );
    expect(serverAddress('esdb://one:2113?tls=false').client).toBe('esdb://one:2113?tls=false');
  });

  test('leaves it to the environment or a file who connects, and by which authority the server is known', () => {
    const directory = mkdtempSync(join(tmpdir(), 'ledger-address-'));
    const [password, caFile] = [join(directory, 'password'), join(directory, 'ca.crt')];
    writeFileSync(password, 'fi:le\n');
    writeFileSync(caFile, '');
    const environment = {
      LEDGER_STORE_USERNAME: 'uo',
      LEDGER_STORE_PASSWORD_FILE: password,
      LEDGER_STORE_CA_FILE: caFile,
    };
    const { server } = ledgerOptions({ store: 'esdb://one' }, environment, false);
    expect(serverAddress('esdb://one', server)).toEqual({
      client: `esdb://one?tlsCAFile=${encodeURIComponent(caFile)}`,
      credentials: { username: 'uo', password: 'fi:le' },
    });
    expect(serverAddress('esdb://other:pass@one?tls=false', server)).toEqual({
      client: 'esdb://one?tls=false',
      credentials: { username: 'other', password: 'pass' },
    });
    rmSync(directory, { recursive: true });
  });

  const refused = {
    'esdb://u:secret@one?tlsVerifyCert=false': /tlsCAFile/,
    'esdb://u:secret@one?tls=false&colour=blue': /colour is not known/,
    'esdb://u:secret@one?throwOnAppendFailure=false': /throwOnAppendFailure/,
    'esdb://u:secret@one?tlsCAFile=/nowhere/ca.crt': /\/nowhere\/ca.crt, is not there/,
    'esdb://secret@one?tls=false': /without a password/,
    'esdb://u:%E0%A4%A@one?tls=false': /password is not encoded/,
  };
  for (const [address, sentence] of Object.entries(refused)) {
    test(`${address} is refused with what is wrong in it, and its password is told to nobody`, async () => {
      const opened = openLedger({ store: address, readOnly: true });
      const error = await opened.then(
        () => expect.unreachable(),
        (thrown: unknown) => thrown,
      );
      expect(error).toMatchObject({ code: 'query.invalid', message: expect.stringMatching(sentence) });
      expect(inspect(error, { depth: 10 })).not.toContain('secret');
    });
  }

  test('of another kind is refused without its password', async () => {
    const opened = openLedger({ store: 'kurrentdb://u:secret@one' });
    await expect(opened).rejects.toMatchObject({
      code: 'query.invalid',
      message: expect.not.stringContaining('secret'),
    });
  });
});
