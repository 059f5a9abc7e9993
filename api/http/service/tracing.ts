import type { Span } from '@opentelemetry/api';
import {
  context,
  ProxyTracerProvider,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/**
 * A span for each request, continuing the caller's trace, where the operator has registered an OpenTelemetry SDK before
 * (`node --import`). Without one no hook is set, so that it costs nothing.
 */
export function traceRequests(app: FastifyInstance): void {
  if (!isRegistered()) return;
  const tracer = trace.getTracer('certificate-ledger');
  const spans = new WeakMap<FastifyRequest, Span>();
  app.addHook('onRequest', (request, _reply, done) => {
    const { method, headers, routeOptions, url } = request;
    const route = routeOptions.url;
    const attributes = {
      'http.request.method': method,
      'url.path': url.split('?')[0] ?? url,
      ...(route === undefined ? {} : { 'http.route': route }),
    };
    const parent = propagation.extract(ROOT_CONTEXT, headers);
    const name = route === undefined ? method : `${method} ${route}`;
    const span = tracer.startSpan(name, { kind: SpanKind.SERVER, attributes }, parent);
    spans.set(request, span);
    context.with(trace.setSpan(parent, span), done);
  });
  app.addHook('onResponse', (request, { statusCode }, done) => {
    const span = spans.get(request);
    span?.setAttribute('http.response.status_code', statusCode);
    if (statusCode >= 500) span?.setStatus({ code: SpanStatusCode.ERROR });
    span?.end();
    done();
  });
}

function isRegistered(): boolean {
  const provider = trace.getTracerProvider();
  return (
    !(provider instanceof ProxyTracerProvider) || provider.getDelegate() !== new ProxyTracerProvider().getDelegate()
  );
}
