import { readFileSync } from 'node:fs';
import type { ExpectedDigest, LedgerStatus, Progress } from '../../../src/index.ts';
import { LedgerError } from '../../../src/index.ts';
import type { Call } from '../call.ts';
import type { Interruption } from '../interruption.ts';
import { pageOptions } from '../options.ts';
import type { ProgressBar } from '../progress.ts';
import { progressBar } from '../progress.ts';
import { textTable } from '../text-table.ts';

/** `export events`: the log as JSON Lines (SPEC sections 2 and 8). */
export const exportEvents: Call = {
  name: 'export events',
  arguments: [],
  options: ['after', 'limit', 'personal', 'json'],
  summary: 'the log, one JSON object a line; each names the cursor after which an export goes on',
  details: 'Fields that disclose a person are left out unless --personal is given; the hash covers them all the same.',
  examples: ['export events > events.jsonl', 'export events --after 120000 --limit 1000'],
  reads: true,
  async run({ ledger, options, output }) {
    const asked = { ...pageOptions(options), personal: options.personal === true };
    for await (const event of ledger.events(asked)) await output.json(event);
    return 0;
  },
};

/** `status`: where the log and the read models stand. */
export const status: Call = {
  name: 'status',
  arguments: [],
  options: ['json'],
  summary: 'positions, how far read models lag behind, open commands, file sizes',
  examples: ['status', 'status --json'],
  reads: true,
  async run({ ledger, options, output }) {
    const found = await ledger.status();
    if (options.json === true) await output.json(found);
    else await output.write(statusText(found));
    return 0;
  },
};

/** `verify`: exit 1 and a list when something is wrong (SPEC section 10). */
export const verify: Call = {
  name: 'verify',
  arguments: [],
  options: ['expect', 'json'],
  summary: 'checks every event, hash chain, head and rule, and that read models equal a fresh replay',
  details: `Keep what --json prints, outside the ledger: --expect FILE then finds a change to what stood in the log at that
point, every hash recomputed or not. Exit 1 and a list when something is wrong; remarks break no rule.`,
  examples: ['verify', 'verify --json > digest.json', 'verify --expect digest.json'],
  reads: true,
  async run({ ledger, options, output, interruption }) {
    const expected = options.expect === undefined ? undefined : expectedDigest(options.expect);
    const bar = progressBar('verify', 'events');
    const found = await ledger.verify(expected, { progress: stoppable(bar, interruption) });
    bar.clear();
    if (options.json === true) {
      await output.json(found);
      return found.ok ? 0 : 1;
    }
    const { events, digest, position, findings, remarks } = found;
    await output.line(`${events} events up to position ${position ?? 'none'}, digest ${digest}`);
    for (const finding of findings) await output.line(`wrong: ${finding}`);
    for (const remark of remarks) await output.line(`remark: ${remark}`);
    await output.line(found.ok ? 'nothing is wrong' : `${findings.length} things are wrong`);
    return found.ok ? 0 : 1;
  },
};

/** `rebuild`: read models anew from the log (SPEC section 10). */
export const rebuild: Call = {
  name: 'rebuild',
  arguments: [],
  options: ['projection', 'json'],
  summary: 'builds the read models anew beside the live ones, and switches when they have caught up',
  examples: ['rebuild', 'rebuild --projection billing'],
  reads: false,
  async run({ ledger, options, output, interruption }) {
    const bar = progressBar('rebuild', 'events');
    const projection = options.projection === undefined ? {} : { projection: options.projection };
    const rebuilt = await ledger.rebuild({ ...projection, progress: stoppable(bar, interruption) });
    bar.clear();
    if (options.json === true) {
      for (const one of rebuilt) await output.json(one);
      return 0;
    }
    const rows = rebuilt.map((one) => [
      one.projection,
      String(one.rows),
      one.digest,
      one.unchanged ? 'as before' : 'differs from before',
    ]);
    const columns = [
      { title: 'projection' },
      { title: 'rows', align: 'right' as const },
      { title: 'digest' },
      { title: '' },
    ];
    await output.write(textTable(columns, rows));
    return 0;
  },
};

/** Shows how far the work has come, and stops it after Ctrl-C: it has changed nothing that counts. */
function stoppable(bar: ProgressBar, interruption: Interruption): Progress {
  return (done, total) => {
    bar.report(done, total);
    interruption.check();
  };
}

function statusText({
  events,
  streams,
  position,
  lastRecordedAt,
  readModels,
  openIntents,
  files,
}: LedgerStatus): string {
  const figures = [
    ['events', String(events)],
    ['streams', String(streams)],
    ['position', position ?? 'none'],
    ['last recorded at', lastRecordedAt ?? 'never'],
    ['read models at', readModels.position ?? 'none'],
    ['events behind', String(readModels.eventsBehind)],
    ...openIntents.map(({ commandId, command }) => ['open command', `${commandId} (${command})`]),
    ...files.map(({ file, bytes }) => [file, `${bytes} bytes`]),
  ];
  return textTable([{ title: 'what' }, { title: '' }], figures);
}

function expectedDigest(file: string): ExpectedDigest {
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new LedgerError('query.invalid', `--expect ${file} cannot be read: ${error.message}`, { cause: error });
  }
  if (typeof parsed === 'object' && parsed !== null && 'digest' in parsed && 'position' in parsed) {
    const { digest, position } = parsed;
    if (typeof digest === 'string' && (position === null || typeof position === 'string')) return { digest, position };
  }
  throw new LedgerError('query.invalid', `--expect ${file} is not what verify --json prints`);
}
