import { loadavg } from 'node:os';
import { measureCatchUp } from './support/cluster-catch-up.ts';
import { measureCommands } from './support/cluster-commands.ts';

/**
 * The ledger on a server against the server's client by itself, in the same run on the same server: `commands`, `catch-up`
 * or, without a name, both. `catch-up CONTRACTS` takes another size.
 */
export async function run([what, contracts]: readonly string[]): Promise<void> {
  const address = process.env.KURRENTDB_URL;
  if (address === undefined) {
    process.stdout.write(
      'not measured: the ledger on a server, since KURRENTDB_URL names no EventStoreDB or KurrentDB\n',
    );
    return;
  }
  process.stdout.write(`load before: ${loadavg()[0]?.toFixed(2)}\n`);
  if (what === undefined || what === 'commands') await measureCommands(address);
  if (what === undefined || what === 'catch-up') await measureCatchUp(address, Number(contracts ?? 3_334));
}
