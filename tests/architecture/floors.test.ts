import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { ICruiseResult } from 'dependency-cruiser';
import { describe, expect, it, onTestFinished } from 'vitest';

const repository = join(import.meta.dirname, '../..');
const CONFIG = '.dependency-cruiser.mjs';

/** Runs the rules over the tree under `root`; with JSON output the tool leaves the verdict to its reader. */
async function cruise(root: string): Promise<ICruiseResult> {
  const tool = join(repository, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [tool, '--config', CONFIG, '--output-type', 'json', '{src,projections,api,tests,bench}/**/*.ts'],
    { cwd: root, maxBuffer: 256 * 1024 * 1024 },
  );
  return JSON.parse(stdout);
}

function violations({ summary }: ICruiseResult): string[] {
  return summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`).sort();
}

/** Writes a tree of its own, with the rules of this repository beside it. */
async function build(files: Record<string, string>): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'floors-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  await cp(join(repository, CONFIG), join(root, CONFIG));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  return root;
}

describe('the floors', () => {
  it('hold in this repository', async () => {
    const result = await cruise(repository);
    expect(violations(result)).toEqual([]);
    expect(result.modules.some(({ source }) => source === 'src/index.ts')).toBe(true);
  });

  it('allow what stands below', async () => {
    const result = await cruise(await build(sound));
    expect(violations(result)).toEqual([]);
    const seen = result.modules.map(({ source }) => source);
    expect(seen).toEqual(expect.arrayContaining(Object.keys(sound).filter((path) => path.endsWith('.ts'))));
  });

  it('forbid the rest, every rule at least once', async () => {
    const files = Object.fromEntries(broken.map(({ file, text }) => [file, text]));
    const result = await cruise(await build({ ...sound, ...files }));
    const expected = broken.flatMap(({ file, breaks }) =>
      Object.entries(breaks).map(([rule, to]) => `${rule}: ${file} → ${to}`),
    );
    expect(violations(result)).toEqual(expected.sort());

    const rules = result.summary.ruleSetUsed?.forbidden?.map(({ name }) => name) ?? [];
    const fired = result.summary.violations.map(({ rule }) => rule.name);
    expect(rules.length).toBeGreaterThan(0);
    expect(rules.filter((name) => !fired.includes(name ?? ''))).toEqual([]);
  });
});

/** A house in which every room uses all it may. */
const sound: Record<string, string> = {
  'package.json': '{ "type": "module", "dependencies": { "listed": "1.0.0" }, "devDependencies": { "tool": "1.0.0" } }',
  'node_modules/listed/index.js': 'export {};',
  'node_modules/tool/index.js': 'export {};',
  'node_modules/unlisted/index.js': 'export {};',
  'src/kernel/money.ts':
    "import 'listed';\nimport 'node:crypto';\nexport type Money = bigint;\nexport const zero = 0n;",
  'src/domain/payer/events.ts': "import type { Money } from '../../kernel/money.ts';\nexport type PayerEvent = Money;",
  'src/domain/payer/decide.ts':
    "import type { PayerEvent } from './events.ts';\nimport { zero } from '../../kernel/money.ts';\n" +
    'export const decide = (): PayerEvent => zero;',
  'src/domain/invoice/decide.ts': "import { zero } from '../../kernel/money.ts';\nexport const decide = () => zero;",
  'src/events/codec.ts':
    "import '../domain/payer/events.ts';\nimport '../kernel/money.ts';\nimport 'node:crypto';\nexport const codec = 1;",
  'src/store/event-store.ts':
    "import '../events/codec.ts';\nimport '../kernel/money.ts';\nexport interface EventStore {}",
  'src/store/paging.ts': "import './event-store.ts';\nimport '../events/codec.ts';\nexport const paging = 1;",
  'src/store/sqlite/store.ts':
    "import 'node:sqlite';\nimport './schema.ts';\nimport '../event-store.ts';\nimport '../paging.ts';\n" +
    "import '../../events/codec.ts';\nimport '../../kernel/money.ts';",
  'src/store/sqlite/schema.ts': 'export {};',
  'src/store/kurrentdb/store.ts': "import '../event-store.ts';",
  'src/application/ledger.ts':
    "import '../kernel/money.ts';\nimport '../domain/payer/decide.ts';\nimport '../events/codec.ts';\n" +
    "import type { EventStore } from '../store/event-store.ts';\nexport type Ledger = EventStore;",
  'projections/balances.ts':
    "import 'node:sqlite';\nimport './runner.ts';\nimport '../src/kernel/money.ts';\nimport '../src/events/codec.ts';\n" +
    "import '../src/store/event-store.ts';\nimport type { PayerEvent } from '../src/domain/payer/events.ts';\n" +
    'export type Balance = PayerEvent;',
  'projections/runner.ts': 'export {};',
  'src/open-ledger.ts':
    "import './application/ledger.ts';\nimport './store/sqlite/store.ts';\nimport './domain/payer/decide.ts';\n" +
    "import '../projections/balances.ts';",
  'src/index.ts': "export * from './open-ledger.ts';\nexport * from './kernel/money.ts';",
  'api/cli/main.ts': "import '../../src/index.ts';\nimport '../../projections/balances.ts';\nimport './table.ts';",
  'api/cli/table.ts': 'export {};',
  'tests/ledger.test.ts':
    "import 'tool';\nimport '../api/cli/main.ts';\nimport '../src/domain/payer/decide.ts';\nimport '../bench/run.ts';",
  'bench/run.ts': "import 'tool';\nimport '../src/store/sqlite/store.ts';",
};

/** One file per way to break a rule, with all the rules it breaks and where the import leads. A cycle is told once. */
const broken: { file: string; text: string; breaks: Record<string, string> }[] = [
  {
    file: 'src/kernel/knows-events.ts',
    text: "import '../events/codec.ts';",
    breaks: { 'kernel-stands-alone': 'src/events/codec.ts' },
  },
  {
    file: 'src/domain/payer/knows-events.ts',
    text: "import type {} from '../../events/codec.ts';",
    breaks: { 'domain-on-kernel': 'src/events/codec.ts' },
  },
  {
    file: 'src/domain/payer/knows-neighbour.ts',
    text: "import type {} from '../invoice/decide.ts';",
    breaks: { 'domain-folders-apart': 'src/domain/invoice/decide.ts' },
  },
  {
    file: 'src/domain/payer/reads-file.ts',
    text: "import 'node:fs';",
    breaks: { 'domain-is-pure': 'fs' },
  },
  {
    file: 'src/events/knows-store.ts',
    text: "import '../store/event-store.ts';",
    breaks: { 'events-on-domain': 'src/store/event-store.ts' },
  },
  {
    file: 'src/store/event-store.ts',
    text: "import './sqlite/schema.ts';",
    breaks: { 'port-on-events': 'src/store/sqlite/schema.ts', 'store-on-events': 'src/store/sqlite/schema.ts' },
  },
  {
    file: 'src/store/knows-application.ts',
    text: "import '../application/ledger.ts';",
    breaks: { 'store-on-events': 'src/application/ledger.ts' },
  },
  {
    file: 'src/store/sqlite/knows-domain.ts',
    text: "import '../../domain/payer/events.ts';",
    breaks: { 'adapters-on-port': 'src/domain/payer/events.ts' },
  },
  {
    file: 'src/store/kurrentdb/knows-neighbour.ts',
    text: "import '../sqlite/schema.ts';",
    breaks: { 'adapters-on-port': 'src/store/sqlite/schema.ts' },
  },
  {
    file: 'src/application/opens-file.ts',
    text: "import 'node:sqlite';",
    breaks: { 'sqlite-in-its-rooms': 'node:sqlite' },
  },
  {
    file: 'src/store/kurrentdb/opens-file.ts',
    text: "import 'node:sqlite';",
    breaks: { 'sqlite-in-its-rooms': 'node:sqlite' },
  },
  {
    file: 'api/connects.ts',
    text: "import '@kurrent/kurrentdb-client';",
    breaks: { 'kurrentdb-in-its-room': '@kurrent/kurrentdb-client', 'no-unresolvable': '@kurrent/kurrentdb-client' },
  },
  {
    file: 'src/application/knows-adapter.ts',
    text: "import '../store/sqlite/schema.ts';",
    breaks: { 'application-on-port': 'src/store/sqlite/schema.ts' },
  },
  {
    file: 'src/application/knows-read-model.ts',
    text: "import '../../projections/runner.ts';",
    breaks: { 'application-on-port': 'projections/runner.ts' },
  },
  {
    file: 'projections/knows-decider.ts',
    text: "import type {} from '../src/domain/payer/decide.ts';",
    breaks: { 'projections-on-events': 'src/domain/payer/decide.ts' },
  },
  {
    file: 'projections/knows-application.ts',
    text: "import '../src/application/ledger.ts';",
    breaks: { 'projections-on-events': 'src/application/ledger.ts' },
  },
  {
    file: 'projections/runs-domain.ts',
    text: "import '../src/domain/payer/events.ts';",
    breaks: { 'projections-take-types': 'src/domain/payer/events.ts' },
  },
  {
    file: 'projections/knows-api.ts',
    text: "import '../api/cli/table.ts';",
    breaks: { 'projections-on-events': 'api/cli/table.ts' },
  },
  {
    file: 'src/index.ts',
    text: "import '../api/cli/table.ts';",
    breaks: { 'root-below-api': 'api/cli/table.ts' },
  },
  {
    file: 'src/attic/box.ts',
    text: 'export {};',
    breaks: {},
  },
  {
    file: 'api/opens-attic.ts',
    text: "import '../src/attic/box.ts';",
    breaks: { 'src-has-known-rooms': 'src/attic/box.ts' },
  },
  {
    file: 'api/knows-tests.ts',
    text: "import '../tests/support.ts';",
    breaks: { 'api-on-library': 'tests/support.ts' },
  },
  {
    file: 'tests/support.ts',
    text: 'export {};',
    breaks: {},
  },
  {
    file: 'src/kernel/hen.ts',
    text: "import type { Egg } from './egg.ts';\nexport interface Hen { egg: Egg }",
    breaks: {},
  },
  {
    file: 'src/kernel/egg.ts',
    text: "import type { Hen } from './hen.ts';\nexport interface Egg { hen: Hen }",
    breaks: { 'no-cycles': 'src/kernel/hen.ts' },
  },
  {
    file: 'src/kernel/uses-tool.ts',
    text: "import 'tool';",
    breaks: { 'no-dev-dependencies': 'node_modules/tool/index.js' },
  },
  {
    file: 'src/kernel/uses-unlisted.ts',
    text: "import 'unlisted';",
    breaks: { 'no-unlisted-dependencies': 'node_modules/unlisted/index.js' },
  },
  {
    file: 'src/kernel/looks-for-nothing.ts',
    text: "import './nothing.ts';",
    breaks: { 'no-unresolvable': './nothing.ts' },
  },
];
