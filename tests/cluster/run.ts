import { spawnSync } from 'node:child_process';

const { KURRENTDB_URL: address } = process.env;
if (address === undefined) {
  console.info('not tested: the ledger on a server, since KURRENTDB_URL names no EventStoreDB or KurrentDB server');
} else {
  const files = ['tests/cluster', 'tests/store/kurrentdb-contract.test.ts', 'tests/cases.test.ts'];
  process.exitCode = spawnSync('vitest', ['run', ...files], { stdio: 'inherit' }).status ?? 1;
}
