import type { Call } from './call.ts';
import { optionsOf } from './call.ts';
import { GLOBAL_OPTIONS, LEDGER_OPTIONS, optionAbout, optionSynopsis } from './options.ts';

/** What `--help` prints: every call in a line. */
export function overview(calls: readonly Call[]): string {
  const lines = calls.map((call) => [synopsis(call), call.summary] as const);
  return `certificate-ledger CALL [options]

${twoColumns(lines)}
Of every call that works on a ledger:
${twoColumns([...LEDGER_OPTIONS, ...GLOBAL_OPTIONS].map((name) => [optionSynopsis(name), optionAbout(name)] as const))}
CALL --help shows a call's options and examples.
Exit codes: 0 done; 1 refused, not found or something wrong; 2 unreadable input or ledger, or interrupted.
`;
}

/** What `CALL --help` prints. */
export function helpOf(call: Call): string {
  const options = optionsOf(call).map((name) => [optionSynopsis(name), optionAbout(name)] as const);
  const details = call.details === undefined ? '' : `\n${call.details}\n`;
  const examples = call.examples.map((example) => `  certificate-ledger ${example}\n`).join('');
  return `certificate-ledger ${synopsis(call)} [options]

${call.summary}
${details}
${twoColumns(options)}
Examples:
${examples}`;
}

function synopsis({ name, arguments: words }: Call): string {
  return [name, ...words].join(' ');
}

function twoColumns(lines: readonly (readonly [string, string])[]): string {
  const width = Math.max(...lines.map(([first]) => first.length));
  return lines.map(([first, second]) => `  ${first.padEnd(width)}  ${second}\n`).join('');
}
