import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Ledger } from '../../src/index.ts';
import { LedgerError } from '../../src/index.ts';
import { isCivilDate } from '../../src/kernel/civil-date.ts';
import { civilDateAt, instantOf, parseInstant } from '../../src/kernel/instant.ts';
import type { Options } from './options.ts';

/** `balance CERT`: the figures of one certificate (SPEC section 10). */
export async function showBalance(ledger: Ledger, certificateId: string, options: Options): Promise<number> {
  const balance = await ledger.balance(certificateId, pointInTime(options));
  const periods = balance.periods.filter(({ periodId }) => options.period === undefined || periodId === options.period);
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify({ ...balance, periods })}\n`);
    return 0;
  }
  const columns = ['periodId', 'nominal', 'available', 'blocked', 'charged', 'expired'] as const;
  const rows = periods.map((period) => columns.map((column) => period[column].padStart(14)).join(''));
  const head = columns.map((column) => column.padStart(14)).join('');
  process.stdout.write(
    `certificate ${certificateId}${balance.frozen ? ', frozen' : ''}\n${[head, ...rows].join('\n')}\n`,
  );
  return 0;
}

/** `explain CERT`: the events with their effects and running totals (SPEC section 10). */
export async function explain(ledger: Ledger, certificateId: string, options: Options): Promise<number> {
  const lines = await ledger.explain(certificateId, pointInTime(options));
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify(lines)}\n`);
    return 0;
  }
  for (const { effectiveOn, type, contractId = '', effect, totals } of lines) {
    const changed = Object.entries(effect ?? {}).filter(([, amount]) => amount !== '0.00');
    const effects = changed.map(([figure, amount]) => `${figure} ${amount}`).join(', ');
    const available = totals === undefined ? '' : `  available ${totals.available}, blocked ${totals.blocked}`;
    process.stdout.write(`${effectiveOn}  ${type} ${contractId}  ${effects}${available}\n`);
  }
  return 0;
}

/** `balances`: one object a line (SPEC section 10). */
export async function showBalances(ledger: Ledger, options: Options): Promise<number> {
  const payer = options.payer === undefined ? {} : { payerId: options.payer };
  for await (const balance of ledger.balances({ ...pointInTime(options), ...payer })) {
    process.stdout.write(`${JSON.stringify(balance)}\n`);
  }
  return 0;
}

/** `invoices issue`: runs the month (SPEC section 6). */
export async function issueInvoices(ledger: Ledger, options: Options): Promise<number> {
  const { month, payer, provider } = options;
  if (month === undefined) throw new LedgerError('query.invalid', '--month is missing');
  const on = options.on ?? civilDateAt(instantOf(new Date()), 'Europe/Moscow');
  try {
    const { outcome } = await ledger.execute({
      command: 'issueInvoices',
      id: options.id ?? randomUUID(),
      month,
      on,
      ...(payer === undefined ? {} : { payerId: payer }),
      ...(provider === undefined ? {} : { providerId: provider }),
    });
    process.stdout.write(`${JSON.stringify(outcome)}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof LedgerError) || error.code.startsWith('store.')) throw error;
    process.stderr.write(`${error.code}: ${error.message}\n`);
    return 1;
  }
}

/** `invoices list` and `invoices show NUMBER` (SPEC section 10). */
export async function listInvoices(
  ledger: Ledger,
  [call, number]: readonly string[],
  options: Options,
): Promise<number> {
  const filter = { ...(options.month === undefined ? {} : { month: options.month }) };
  if (call !== 'list' && call !== 'show') throw new LedgerError('query.invalid', 'invoices takes: issue, list, show');
  if (call === 'show' && number === undefined) throw new LedgerError('query.invalid', 'NUMBER is missing');
  let found = 0;
  for await (const invoice of ledger.invoices(call === 'show' ? { number: number ?? '' } : filter)) {
    process.stdout.write(`${JSON.stringify(invoice)}\n`);
    found += 1;
  }
  if (call === 'list' || found > 0) return 0;
  process.stderr.write(`invoice.not_found: there is no invoice ${number}\n`);
  return 1;
}

/** `verify`: exit 1 and a list when something is wrong (SPEC section 10). */
export async function verifyLedger(ledger: Ledger, options: Options): Promise<number> {
  const expected = options.expect === undefined ? undefined : JSON.parse(readFileSync(options.expect, 'utf8'));
  const result = await ledger.verify(expected);
  if (options.json === true) process.stdout.write(`${JSON.stringify(result)}\n`);
  else
    process.stdout.write(
      `${result.events} events, digest ${result.digest}\n${result.findings.map((f) => `- ${f}\n`).join('')}`,
    );
  return result.ok ? 0 : 1;
}

function pointInTime(options: Options): { on?: string; asOf?: string } {
  const { on, 'as-of': asOfText } = options;
  if (on !== undefined && !isCivilDate(on)) throw new LedgerError('query.invalid', `--on ${on} is no date YYYY-MM-DD`);
  const asOf = asOfText === undefined ? undefined : parseInstant(asOfText);
  if (asOfText !== undefined && asOf === undefined) {
    throw new LedgerError('query.invalid', `--as-of ${asOfText} is no instant YYYY-MM-DDThh:mm:ssZ`);
  }
  return { ...(on === undefined ? {} : { on }), ...(asOf === undefined ? {} : { asOf }) };
}
