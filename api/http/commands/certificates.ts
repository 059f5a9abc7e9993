import type { CommandRoute } from './command-route.ts';
import { commandRoute } from './command-route.ts';

const resource = { kind: 'certificate', field: 'certificateId' } as const;

/** The commands on a certificate (SPEC sections 3 and 4). */
export const certificateCommands: readonly CommandRoute[] = [
  commandRoute({
    command: 'issueCertificate',
    path: '/certificates',
    summary: 'Issues a certificate',
    resource,
    example: {
      certificateId: '0000000001',
      payerId: 'uo',
      groupId: 'funded',
      holderId: 'h-1',
      birthDate: '2012-05-20',
      issuedOn: '2026-01-10',
    },
  }),
  commandRoute({
    command: 'topUpNominal',
    path: '/certificates/:certificateId/top-ups',
    summary: "Tops up a certificate's nominal for a period",
    resource,
    example: { certificateId: '0000000001', periodId: '2026' },
  }),
  commandRoute({
    command: 'adjustNominal',
    path: '/certificates/:certificateId/adjustments',
    summary: 'Changes the nominal of a period that has been topped up',
    resource,
    example: {
      certificateId: '0000000001',
      periodId: '2026',
      nominal: '14500.00',
      on: '2026-02-01',
      reason: 'order 12',
    },
  }),
  commandRoute({
    command: 'blockCourse',
    path: '/certificates/:certificateId/blocks',
    summary: "Concludes a contract: blocks the certificate's share of the whole course",
    resource,
    example: {
      contractId: 'c-1',
      certificateId: '0000000001',
      providerId: 'cdt',
      programmeId: 'chess',
      moduleId: 'm1',
      agreementId: 'a-1',
      number: '15/26',
      date: '2026-01-12',
      from: '2026-01-15',
      until: '2026-05-31',
      lessons: 36,
      price: '6000.00',
    },
  }),
  commandRoute({
    command: 'freezeCertificate',
    path: '/certificates/:certificateId/freezes',
    summary: 'Freezes a certificate: nothing is charged from a day on',
    resource,
    example: { certificateId: '0000000001', from: '2026-02-16', reason: 'illness', document: 'note 17' },
  }),
  commandRoute({
    command: 'unfreezeCertificate',
    path: '/certificates/:certificateId/unfreezes',
    summary: 'Ends a freeze that has no end yet',
    resource,
    example: { certificateId: '0000000001', on: '2026-02-23' },
  }),
  commandRoute({
    command: 'closeCertificate',
    path: '/certificates/:certificateId/closing',
    summary: 'Closes a certificate; its contracts end that day',
    resource,
    example: { certificateId: '0000000001', on: '2026-06-01', reason: 'moved' },
  }),
];
