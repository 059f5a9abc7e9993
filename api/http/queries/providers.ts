import type { FastifyInstance } from 'fastify';
import { programmeStream } from '../../../src/domain/programme/events.ts';
import { providerStream } from '../../../src/domain/provider/events.ts';
import { programme, provider, registerExamples } from '../answers/registers.ts';
import type { QueryContext } from './context.ts';
import { registerRegistry } from './registry-routes.ts';

/** The questions about providers and their programmes. */
export function registerProviders(app: FastifyInstance, context: QueryContext): void {
  registerRegistry(app, context, {
    registry: 'providers',
    name: 'Providers',
    tag: 'registers',
    summary: 'Lists providers',
    item: provider,
    example: registerExamples.provider,
    personal: true,
    single: {
      path: '/providers/:providerId',
      operationId: 'getProvider',
      summary: 'Shows a provider',
      key: { providerId: 'provider' },
      notFound: 'provider.not_found',
      stream: ({ providerId = '' }) => providerStream(providerId),
    },
  });
  registerRegistry(app, context, {
    registry: 'programmes',
    name: 'Programmes',
    tag: 'registers',
    summary: 'Lists programmes with their modules',
    item: programme,
    example: registerExamples.programme,
    single: {
      path: '/programmes/:programmeId',
      operationId: 'getProgramme',
      summary: 'Shows a programme with its modules',
      key: { programmeId: 'programme' },
      notFound: 'programme.not_found',
      stream: ({ programmeId = '' }) => programmeStream(programmeId),
    },
  });
}
