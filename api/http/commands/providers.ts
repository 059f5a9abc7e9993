import type { CommandRoute } from './command-route.ts';
import { commandRoute } from './command-route.ts';

const resource = { kind: 'provider', field: 'providerId' } as const;

/** The commands on a provider (SPEC section 7). */
export const providerCommands: readonly CommandRoute[] = [
  commandRoute({
    command: 'registerProvider',
    path: '/providers',
    summary: 'Registers a provider',
    resource,
    example: { providerId: 'cdt', name: 'МБОУ ДО ЦДТ', legalForm: 'organisation', ogrn: '1026800000000' },
  }),
  commandRoute({
    command: 'changeProviderDetails',
    path: '/providers/:providerId/details',
    summary: 'Changes details of a provider from a day on',
    resource,
    example: { providerId: 'cdt', on: '2026-01-10', inn: '6827000001' },
  }),
  commandRoute({
    command: 'suspendProvider',
    path: '/providers/:providerId/suspensions',
    summary: 'Suspends a provider: no contract is concluded from a day on',
    resource,
    example: { providerId: 'cdt', on: '2026-06-01', reason: 'inspection' },
  }),
  commandRoute({
    command: 'reinstateProvider',
    path: '/providers/:providerId/reinstatements',
    summary: 'Ends the suspension of a provider',
    resource,
    example: { providerId: 'cdt', on: '2026-06-15' },
  }),
];
