/** What `--help` prints. */
export const help = `certificate-ledger CALL [options]

  import FILE [--clock file] [--stop-on-error]   run a command file, one JSON object a line; results on stdout
                                                 import town.jsonl --clock file
  balance CERT [--period P] [--on D] [--as-of T] the figures of one certificate
                                                 balance 0017 --on 2020-09-30 --as-of 2020-10-01T00:00:00Z
  explain CERT [--on D] [--as-of T] [--json]     the events behind the figures, with running totals
                                                 explain 0017 --on 2020-09-30
  balances [--payer P] [--on D] [--as-of T]      the same for every certificate, one JSON object a line
  invoices issue --month M [--on D] [--payer P] [--provider P]
                                                 invoices issue --month 2020-09 --on 2020-10-01
  invoices list [--month M]                      whole invoices, one JSON object a line
  invoices show NUMBER                           invoices show cdt-2020-0001
  verify [--json] [--expect FILE]                check events, hash chain and heads
  rebuild                                        fold the read models anew from the log
  demo [--out DIR] [--seed N]                    a generated municipality, imported, invoiced and verified

  --db FILE (LEDGER_DB, ledger.db)   --store sqlite:FILE | memory: (LEDGER_STORE)
  Exit codes: 0 done, 1 some refused or something wrong, 2 unreadable input or ledger.
`;
