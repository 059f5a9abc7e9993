import type { CommandRoute } from './command-route.ts';
import { commandRoute } from './command-route.ts';

const resource = { kind: 'contract', field: 'contractId' } as const;

/** The commands on a contract; it is concluded by blocking a course on a certificate (SPEC section 3). */
export const contractCommands: readonly CommandRoute[] = [
  commandRoute({
    command: 'terminateContract',
    path: '/contracts/:contractId/terminations',
    summary: 'Ends a contract early; its money stays blocked until it is released',
    resource,
    example: { contractId: 'c-1', noticeOn: '2026-04-10', initiator: 'parent', reason: 'moved to another course' },
  }),
  commandRoute({
    command: 'releaseBlock',
    path: '/contracts/:contractId/releases',
    summary: 'Makes what is left of an ended contract available again',
    resource,
    example: { contractId: 'c-1', on: '2026-05-15' },
  }),
];
