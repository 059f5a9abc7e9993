import { describe, expect, test } from 'vitest';
import { openLedger } from '../../src/index.ts';
import { Connection } from '../../src/store/kurrentdb/connection.ts';

describe('the address of a server', () => {
  test('may name several hosts, and who connects', async () => {
    const connection = new Connection('esdb://ledger%40uo:se%3Acret@one:2113,two:2113,three:2113?tls=false');
    expect(connection.credentials).toEqual({ username: 'ledger@uo', password: 'se:cret' });
    await connection.close();
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
});
