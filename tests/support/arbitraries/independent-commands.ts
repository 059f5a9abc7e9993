import type fc from 'fast-check';
import { type Command, commandSequence, setUpCommands } from './commands.ts';
import { courses } from './small-world.ts';

/** The contracts of the set-up, one on each of three certificates. */
const certificateOf = new Map(courses.slice(0, 3).map(({ contractId, certificateId }) => [contractId, certificateId]));

const onCertificate = new Set(['freezeCertificate', 'unfreezeCertificate', 'closeCertificate']);
const onContract = new Set(['correctAttendance', 'reverseLesson', 'terminateContract', 'releaseBlock']);

/**
 * Random commands that concern one certificate each, and the same commands certificate by certificate. Those that meet in
 * a limit, a number or an invoice depend on each other and are left out; all come at one instant, so none is too early.
 */
export const interleavings: fc.Arbitrary<[Command[], Command[]]> = commandSequence.map((commands) => {
  const at = '2020-12-20T06:00:00Z';
  const given = commands
    .slice(setUpCommands.length)
    .flatMap(singleCommands)
    .map(({ command, certificateId }, index) => ({ command: { ...command, id: `one-${index}`, at }, certificateId }));
  const grouped = given.toSorted((a, b) => b.certificateId.localeCompare(a.certificateId));
  return [commandsOf(given), commandsOf(grouped)];
});

interface OnOneCertificate {
  readonly command: Command;
  readonly certificateId: string;
}

function commandsOf(list: readonly OnOneCertificate[]): Command[] {
  return list.map(({ command }) => command);
}

function singleCommands(command: Command): OnOneCertificate[] {
  if (command.command === 'recordLesson') return singleLessons(command);
  const certificateId = onCertificate.has(command.command)
    ? command.certificateId
    : onContract.has(command.command)
      ? certificateOf.get(String(command.contractId))
      : undefined;
  return typeof certificateId === 'string' ? [{ command, certificateId }] : [];
}

/** A lesson of several contracts as one lesson per contract. */
function singleLessons(command: Command): OnOneCertificate[] {
  const entries: { contractId?: unknown }[] = Array.isArray(command.attendance) ? command.attendance : [];
  return entries.flatMap((entry) => {
    const certificateId = certificateOf.get(String(entry.contractId));
    return certificateId === undefined ? [] : [{ command: { ...command, attendance: [entry] }, certificateId }];
  });
}
