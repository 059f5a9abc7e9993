import type { FastifyRequest } from 'fastify';
import Negotiator from 'negotiator';
import { RequestError } from './request-error.ts';

/** The one of the media types that the caller likes best. Errors: `request.not_acceptable`, naming those there are. */
export function acceptedOf<Type extends string>(request: FastifyRequest, types: readonly Type[]): Type {
  const accepted = new Negotiator(request.raw).mediaType([...types]);
  const found = types.find((type) => type === accepted);
  if (found !== undefined) return found;
  throw new RequestError('request.not_acceptable', `Accept: this is answered as ${types.join(' or ')} alone`);
}
