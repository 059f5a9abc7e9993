import { isUtf8 } from 'node:buffer';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { acceptedOf } from './accept.ts';
import { PROBLEM_JSON } from './problem.ts';
import { RequestError } from './request-error.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The media types a route answers in; JSON where it does not say so. */
    produces?: readonly string[];
  }
}

const JSON_TYPE = 'application/json';
const CHARSET = /;\s*charset\s*=\s*"?([^\s";]*)/i;

/** Refuses what is sent or asked for in a form that is not taken here, before a body is read. */
export function requireForms(app: FastifyInstance): void {
  app.addHook('onRequest', (request, _reply, done) => {
    refuseWithoutHost(request);
    refuseEncodings(request);
    refuseOtherAnswers(request);
    done();
  });
}

/**
 * JSON bodies reach the routes as text, since a parsed object no longer tells that it named a member twice. Bytes that are
 * not UTF-8 are refused: read with replacements, two different bodies could become one.
 */
export function takeJsonAsText(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<Buffer>(JSON_TYPE, { parseAs: 'buffer' }, (_request, body, done) => {
    if (isUtf8(body)) done(null, body.toString('utf8'));
    else done(new RequestError('request.invalid', 'the body is not UTF-8'));
  });
  refuseOtherTypes(app, JSON_TYPE);
}

/** Answers bodies of any other type than those that have a parser, naming the one that is taken. */
export function refuseOtherTypes(app: FastifyInstance, type: string): void {
  app.addContentTypeParser('*', ({ is404 }, _body, done) => {
    // Where there is no such route there is nothing to say about what it would take.
    if (is404) done(null, undefined);
    else done(new RequestError('request.unsupported_media_type', `Content-Type: has to be ${type}`));
  });
}

/** Whoever leaves it out of HTTP/1.1 may have meant another server (RFC 9112, 3.2). */
function refuseWithoutHost({ headers, raw }: FastifyRequest): void {
  if (headers.host !== undefined || raw.httpVersion !== '1.1') return;
  throw new RequestError('request.invalid', 'Host: is missing');
}

/** A compressed body could be a thousand times as long as what came, and is not needed for commands. */
function refuseEncodings({ headers }: FastifyRequest): void {
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding.trim().toLowerCase() !== 'identity') {
    throw new RequestError('request.unsupported_media_type', 'Content-Encoding: is not taken; send the body as it is');
  }
  const type = headers['content-type'];
  const charset = type === undefined || type === JSON_TYPE ? undefined : CHARSET.exec(type)?.[1];
  if (charset !== undefined && charset.toLowerCase() !== 'utf-8') {
    throw new RequestError('request.unsupported_media_type', 'Content-Type: the charset has to be utf-8');
  }
}

function refuseOtherAnswers(request: FastifyRequest): void {
  if (request.headers.accept === undefined || request.is404) return;
  const { access, produces = [JSON_TYPE, PROBLEM_JSON] } = request.routeOptions.config;
  // Pages and probes are open to everybody, and take whatever their readers ask for.
  if (access === 'everybody') return;
  acceptedOf(request, produces);
}
