import { DatabaseSync } from 'node:sqlite';
import type { LedgerEvent } from '../src/events/catalogue.ts';
import { formatMoney } from '../src/kernel/money.ts';
import { projections } from './all.ts';
import type { AvailableRow } from './available-by-day.ts';
import { availableByDay, availableTable } from './available-by-day.ts';
import type { BalanceRow, ContractRow } from './certificates.ts';
import { balanceKeyOf, balanceTable, contractTable } from './certificates.ts';
import type { OpenIntentRow } from './commands.ts';
import { openIntentTable } from './commands.ts';
import { differencesBetween } from './differences.ts';
import { Folding } from './folding.ts';
import { mergePart } from './halves.ts';
import type { Origin, Projection } from './projection.ts';
import { rulesBroken } from './rules-broken.ts';
import type { Table } from './table.ts';
import { createIndexes, createTable, quoted } from './table-definition.ts';

/** What is replayed. */
export const REPLAYED: readonly Projection[] = [...projections, availableByDay];

/** The tables of the whole log, and those of a part on their way into them. */
type Schema = 'main' | 'part';

/** How many sentences of one kind are worth listing. */
const LISTED_AT_MOST = 20;

/** How many events of certificates are folded before it is asked whether too many rows are held. */
const EVENTS_PER_LOOK = 1_000;

/**
 * A fresh replay of the whole log beside the read models, in a temporary file. On its way it checks what has to hold
 * after every command; in the end it tells what does not hold, what is worth a remark, and where read models differ.
 */
export class Audit {
  readonly #database = new DatabaseSync('');
  #folding: Folding;
  #contractRows: Table<ContractRow>;
  #balanceRows: Table<BalanceRow>;
  readonly #findings: string[] = [];
  /**
   * What the command has touched, each thing once. A command touches few, and lists are emptied for good: a set that is
   * cleared a million times leaves a chain of old ones behind, which the collector takes up late.
   */
  #contracts: string[] = [];
  #periods: string[] = [];
  #balances: BalanceRow[] = [];
  #folded = 0;
  #certificate = '';
  #command: string | undefined;
  #broken = false;

  constructor() {
    this.#makeTables('main');
    this.#folding = this.#foldingInto('main');
    this.#contractRows = this.#folding.table(contractTable);
    this.#balanceRows = this.#folding.table(balanceTable);
  }

  /**
   * From here on every part of the streams is taken apart, into tables of its own, until {@link endParts}: so the rows in
   * memory are those of a part. Called before the first event.
   */
  beginParts(): void {
    this.#database.exec("ATTACH '' AS part");
    this.#makeTables('part');
    this.#use(this.#foldingInto('part'));
  }

  /** A part has been taken. Errors: the file's own where two parts have made a row that only one of them could have. */
  endPart({ isFirst }: { readonly isFirst: boolean }): void {
    this.#checkTouched();
    this.#database.exec('BEGIN');
    this.#folding.flush();
    for (const table of REPLAYED.flatMap(({ tables }) => tables)) {
      const { merge, ...plain } = table;
      // There is nothing yet that the first one would have to have in common with others.
      const definition = isFirst || merge === undefined ? plain : { ...plain, merge };
      mergePart(this.#database, definition, { into: `main.${quoted(table.name)}`, from: 'part' });
      this.#database.exec(`DELETE FROM part.${quoted(table.name)}`);
    }
    this.#database.exec('COMMIT');
    this.#folding.release();
  }

  /** The events that come after all parts are taken as they come. */
  endParts(): void {
    this.#use(this.#foldingInto('main'));
  }

  /** Whether an event could not be replayed. */
  get isBroken(): boolean {
    return this.#broken;
  }

  /** Takes the next event of the log. */
  fold(event: LedgerEvent, origin: Origin, commandId: string): void {
    if (this.#broken) return;
    if (commandId !== this.#command || origin.stream !== this.#certificate) this.#checkTouched();
    this.#command = commandId;
    this.#certificate = origin.stream;
    try {
      this.#folding.foldDecoded(event, origin);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.#broken = true;
      this.#find(
        `stream ${origin.stream}, revision ${origin.revision}: ${event.type} cannot be replayed: ${error.message}`,
      );
      return;
    }
    if (!origin.stream.startsWith('certificate-')) return;
    if ('contractId' in event) addOnce(this.#contracts, event.contractId);
    if ('periodId' in event) addOnce(this.#periods, event.periodId);
    this.#folded += 1;
    if (this.#folded % EVENTS_PER_LOOK === 0 && this.#folding.isFull) this.#write();
  }

  /** What does not hold, over all streams together, once every event has been taken. */
  findings(): readonly string[] {
    this.#checkTouched();
    this.#write();
    if (this.#broken) return this.#findings;
    const tables = projections.flatMap((projection) => projection.tables);
    this.#database.exec(tables.map((table) => createIndexes(table, table.name)).join('\n'));
    return [...this.#findings, ...rulesBroken(this.#database)];
  }

  /** What is right by the rules and still worth knowing (SPEC section 3): dates on which `available` is negative. */
  remarks(): readonly string[] {
    const name = quoted(availableTable.name);
    const rows = this.#database
      .prepare(
        `SELECT "certificateId", "periodId", "on", available AS change FROM (
           SELECT "certificateId", "periodId", "on", sum("change") OVER day AS available FROM ${name}
           WINDOW day AS (PARTITION BY "certificateId", "periodId" ORDER BY "on")
         ) WHERE available < 0 ORDER BY "certificateId", "on"`,
      )
      .iterate() as Iterable<unknown> as Iterable<AvailableRow>;
    const negative = Array.from(
      rows,
      ({ certificateId, periodId, on, change }) =>
        `certificate ${certificateId}, period ${periodId}: on ${on} available is ${formatMoney(change)}`,
    );
    const intents = this.#database
      .prepare(`SELECT "commandId", "command" FROM ${quoted(openIntentTable.name)} ORDER BY "commandId"`)
      .all() as unknown as OpenIntentRow[];
    const open = intents.map(
      ({ commandId, command }) =>
        `command ${commandId} (${command}) has begun and is not completed; it is finished when the ledger is next opened`,
    );
    return [...negative, ...open];
  }

  /** Where read models that stand at the same position differ from this replay. */
  differencesFrom(readModels: DatabaseSync): readonly string[] {
    if (this.#broken) return [];
    const differences: string[] = [];
    for (const { name, tables } of projections) {
      for (const table of tables) {
        differences.push(...differencesBetween(table, readModels, this.#database, LISTED_AT_MOST - differences.length));
      }
      if (differences.length >= LISTED_AT_MOST) return [...differences, `and more, from ${name} on: rebuild mends it`];
    }
    return differences;
  }

  close(): void {
    this.#database.close();
  }

  #makeTables(schema: Schema): void {
    const pragmas = ['journal_mode = OFF', 'synchronous = OFF', 'cache_size = -32768'];
    for (const pragma of pragmas) this.#database.exec(`PRAGMA ${schema}.${pragma}`);
    const tables = REPLAYED.flatMap((projection) => projection.tables);
    this.#database.exec(tables.map((table) => createTable(table, `${schema}.${quoted(table.name)}`)).join('\n'));
  }

  #foldingInto(schema: Schema): Folding {
    return new Folding(this.#database, REPLAYED, (table) => {
      const name = `${schema}.${quoted(table)}`;
      return { read: name, write: name, overlay: false };
    });
  }

  #use(folding: Folding): void {
    this.#folding = folding;
    this.#contractRows = folding.table(contractTable);
    this.#balanceRows = folding.table(balanceTable);
  }

  #write(): void {
    this.#database.exec('BEGIN');
    this.#folding.flush();
    this.#database.exec('COMMIT');
    if (this.#folding.isFull) this.#folding.makeRoom();
  }

  /** After a command nothing may be negative, and every sum has to be that of its parts (SPEC section 3). */
  #checkTouched(): void {
    if (this.#contracts.length === 0 && this.#periods.length === 0) return;
    for (const contractId of this.#contracts) {
      const contract = this.#contractRows.get(contractId);
      if (contract === undefined) continue;
      addOnce(this.#balances, this.#contractRows.getOwner(contractId, this.#balanceRows, balanceKeyOf));
      if (!isSound(contract)) this.#find(contractSentence(contract, this.#command));
    }
    const certificateId = this.#certificate.slice('certificate-'.length);
    for (const periodId of this.#periods) {
      const balance = this.#balanceRows.get(certificateId, periodId);
      if (balance !== undefined) addOnce(this.#balances, balance);
    }
    for (const balance of this.#balances) {
      if (!isConserved(balance)) this.#find(balanceSentence(balance, this.#command));
    }
    this.#balances = [];
    this.#contracts = [];
    this.#periods = [];
  }

  #find(sentence: string): void {
    if (this.#findings.length < LISTED_AT_MOST) this.#findings.push(sentence);
    else if (this.#findings.length === LISTED_AT_MOST) this.#findings.push('and more of this kind');
  }
}

function addOnce<Thing>(list: Thing[], thing: Thing): void {
  if (!list.includes(thing)) list.push(thing);
}

function isSound({ share, charged, released, lessons, lessonsCharged }: ContractRow): boolean {
  return (
    charged >= 0 && released >= 0 && charged + released <= share && lessonsCharged >= 0 && lessonsCharged <= lessons
  );
}

function isConserved({ nominal, available, blocked, charged, expired }: BalanceRow): boolean {
  const parts = [available, blocked, charged, expired];
  return parts.every((part) => part >= 0) && nominal === available + blocked + charged + expired;
}

function contractSentence({ contractId, share, charged, released, ...contract }: ContractRow, command = ''): string {
  const figures = `share ${formatMoney(share)}, charged ${formatMoney(charged)}, released ${formatMoney(released)}`;
  const lessons = `${contract.lessonsCharged} of ${contract.lessons} lessons charged`;
  return `contract ${contractId} after command ${command}: ${figures}, ${lessons}`;
}

function balanceSentence({ certificateId, periodId, ...balance }: BalanceRow, command = ''): string {
  const { nominal, available, blocked, charged, expired } = balance;
  const figures = Object.entries({ nominal, available, blocked, charged, expired })
    .map(([figure, amount]) => `${figure} ${formatMoney(amount)}`)
    .join(', ');
  return `certificate ${certificateId}, period ${periodId} after command ${command}: ${figures}`;
}
