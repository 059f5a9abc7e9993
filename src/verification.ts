import { Audit } from '../projections/audit.ts';
import { auditInParts } from '../projections/audit-parts.ts';
import type { ReadModelSource } from '../projections/read-model-source.ts';
import type { Progress } from '../projections/rebuild.ts';
import type { ExpectedDigest } from './application/chain-check.ts';
import type { LogVerification } from './application/verify.ts';
import { LogCheck } from './application/verify.ts';
import { wrongSnapshots } from './application/verify-snapshots.ts';
import type { Beside } from './beside.ts';
import { chainBeside, passesOver } from './beside.ts';
import type { EventStore } from './store/event-store.ts';

/** What `verify` found: a ledger is sound when there are no findings; remarks are worth knowing and break no rule. */
export interface Verification extends LogVerification {
  readonly remarks: readonly string[];
}

/** What is checked; `beside` where a second thread pays. */
export interface Verified {
  readonly store: EventStore;
  readonly models: ReadModelSource;
  readonly beside: Beside | undefined;
}

/** Checks the log, replays it beside the read models and compares the two where both stand at the same position. */
export async function verification(
  { store, models, beside }: Verified,
  { expected, progress }: { readonly expected?: ExpectedDigest | undefined; readonly progress?: Progress | undefined },
): Promise<Verification> {
  await store.flush();
  const passes = beside === undefined ? 1 : passesOver(await store.countAfter(), beside);
  // In several passes the audit comes after the check of every event's form, and then goes on with that.
  const inParts = passes > 1 ? beside : undefined;
  let audit = inParts === undefined ? new Audit() : undefined;
  const thread = beside?.start();
  try {
    const log = new LogCheck(store, {
      expected,
      observe: (event, stored, { commandId }) => audit?.fold(event, stored, commandId),
      beside: thread === undefined ? undefined : chainBeside(thread),
    });
    await log.begin();
    if (inParts !== undefined) {
      await log.readOn(progress && ((done, total) => progress(Math.floor(done / 2), total)));
      const told = (part: number) => progress?.(Math.floor((log.events * (1 + part)) / 2), log.events);
      const { position: upTo, readable } = log;
      if (readable && upTo !== undefined) audit = await auditInParts(inParts.store, { upTo, passes, told });
    }
    audit ??= new Audit();
    // Others may append meanwhile; read models and replay are compared where both stand at the same position.
    do {
      await log.readOn(progress, models.counted()?.events);
      if (log.readable) await models.catchUp({ wholeLog: true });
    } while (log.readable && models.position !== log.position);
    const differences = log.readable ? [...audit.findings(), ...audit.differencesFrom(models.database)] : [];
    if (log.readable) differences.push(...(await wrongSnapshots(store)));
    const remarks = log.readable ? audit.remarks() : [];
    const { position, digest, findings: ofLog } = await log.end();
    const findings = [...ofLog, ...differences];
    return { ok: findings.length === 0, findings, remarks, events: log.events, position, digest };
  } finally {
    audit?.close();
    await thread?.close();
  }
}
