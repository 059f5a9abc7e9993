import Fastify from 'fastify';
import { expect, test } from 'vitest';
import { RequestLog } from '../../api/http/service/request-log.ts';

test('the logger of a request is made for its first line, and names the request in every line', () => {
  const lines: string[] = [];
  const { log } = Fastify({ logger: { stream: { write: (line: string) => void lines.push(line) } } });
  let made = 0;
  const { child } = log;
  log.child = (...named) => {
    made += 1;
    return child.apply(log, named);
  };
  const request = new RequestLog(log, { requestId: 'r-1' });
  expect(made).toBe(0);
  request.warn({ code: 'x' }, 'first');
  request.info('second');
  request.debug('below the level');
  request.child({ part: 'p' }).error('third');
  expect(made).toBe(1);
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { level: 40, requestId: 'r-1', code: 'x', msg: 'first' },
    { level: 30, requestId: 'r-1', msg: 'second' },
    { level: 50, requestId: 'r-1', part: 'p', msg: 'third' },
  ]);
  expect(request.level).toBe('info');
});
