import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { ExpectedDigest } from '../../../src/application/chain-check.ts';
import type { LogVerification } from '../../../src/application/verify.ts';
import { verify } from '../../../src/application/verify.ts';
import type { StoredEvent } from '../../../src/events/envelope.ts';
import { SqliteEventStore } from '../../../src/store/sqlite/sqlite-event-store.ts';
import { copyInto } from '../nodes/node.ts';
import { block, lesson, schoolWorld } from '../nodes/school-world.ts';
import { wholeLog } from '../store/stored-forms.ts';

/** A small ledger in a file, and somebody with a database client who changes it behind the ledger's back. */
export class TamperedFile {
  readonly folder = mkdtempSync(join(tmpdir(), 'ledger-tampered-'));
  readonly pristine = join(this.folder, 'pristine.db');
  file = '';
  #copies = 0;
  log: readonly StoredEvent[] = [];
  #client: DatabaseSync | undefined;

  async fill(): Promise<void> {
    const world = await schoolWorld({
      toppedUp: ['01', '02'],
      afterwards: [
        block('k1', '01', { date: '2020-08-01', from: '2020-08-01' }),
        block('k2', '02', { date: '2020-08-01', from: '2020-08-01', moduleId: 'm2' }),
        lesson('l1', '2020-08-10', 'k1', 'k2'),
        {
          command: 'freezeCertificate',
          certificateId: '01',
          from: '2020-09-01',
          until: '2020-09-05',
          reason: 'болезнь',
        },
        { command: 'issueInvoices', month: '2020-08', on: '2020-09-02' },
        { command: 'acceptInvoice', number: 'club-2020-0001', on: '2020-09-03' },
      ],
    });
    const store = new SqliteEventStore(this.pristine);
    await copyInto(world, store);
    await store.flush();
    this.log = await wholeLog(store, 1000);
    await store.close();
    this.restore();
  }

  /** The file as it was before anybody touched it. */
  restore(): void {
    this.#client?.close();
    this.#client = undefined;
    this.#copies += 1;
    this.file = join(this.folder, `copy-${this.#copies}.db`);
    copyFileSync(this.pristine, this.file);
  }

  get client(): DatabaseSync {
    if (this.#client === undefined) {
      this.#client = new DatabaseSync(this.file);
      this.#client.exec('PRAGMA synchronous = OFF; PRAGMA journal_mode = WAL');
    }
    return this.#client;
  }

  /** Runs a change and tells how many rows it has met. */
  run(sql: string, ...parameters: (string | number | Uint8Array)[]): number {
    return Number(this.client.prepare(sql).run(...parameters).changes);
  }

  async verified(expected?: ExpectedDigest): Promise<LogVerification> {
    const store = new SqliteEventStore(this.file, { readOnly: true });
    try {
      return await verify(store, expected);
    } finally {
      await store.close();
    }
  }

  remove(): void {
    this.#client?.close();
    rmSync(this.folder, { recursive: true });
  }
}
