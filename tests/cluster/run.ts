import { spawnSync } from 'node:child_process';

const { KURRENTDB_URL: address, KURRENTDB_NODES: nodes } = process.env;

if (address === undefined) {
  console.info('not tested: the ledger on a server, since KURRENTDB_URL names no EventStoreDB or KurrentDB server');
}
if (nodes === undefined) {
  console.info(
    'not tested: a leader that dies, servers that are stopped and started, since KURRENTDB_NODES names no file [{"url","pid","start"}] of nodes that may be killed',
  );
}

/** Questions over a whole ledger read past everything else that is on the server. */
const PATIENCE = ['--testTimeout', '120000', '--hookTimeout', '120000'];
/** A connection that one file has lost is not the next one's. */
const APART = '--isolate';

/** These kill the servers of `KURRENTDB_NODES`, each by itself. */
const disturbing = ['tests/cluster/failover.test.ts', 'tests/cluster/stop.test.ts'];
const failed = [
  ...(address === undefined
    ? []
    : [
        vitest(
          ['tests/cluster', 'tests/store/kurrentdb-contract.test.ts', 'tests/cases.test.ts'],
          disturbing.flatMap((file) => ['--exclude', file]),
        ),
      ]),
  ...(nodes === undefined ? [] : [vitest(disturbing, ['--no-file-parallelism'])]),
];
process.exitCode = failed.find((code) => code !== 0) ?? 0;

function vitest(files: readonly string[], options: readonly string[]): number {
  return spawnSync('vitest', ['run', ...files, ...options, ...PATIENCE, APART], { stdio: 'inherit' }).status ?? 1;
}
