import Fastify from 'fastify';
import { expect, test, vi } from 'vitest';
import { RequestLog } from '../../api/http/service/request-log.ts';

test('the logger of a request is made for its first line, and names the request in every line', () => {
  const lines: string[] = [];
  const { log } = Fastify({ logger: { stream: { write: (line: string) => void lines.push(line) } } });
  const made = vi.spyOn(log, 'child');
  const request = new RequestLog(log, { requestId: 'r-1' });
  expect(made).not.toHaveBeenCalled();
  request.warn({ code: 'x' }, 'first');
  request.info('second');
  request.debug('below the level');
  expect(made).toHaveBeenCalledTimes(1);
  request.child({ part: 'p' }).error('third');
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { level: 40, requestId: 'r-1', code: 'x', msg: 'first' },
    { level: 30, requestId: 'r-1', msg: 'second' },
    { level: 50, requestId: 'r-1', part: 'p', msg: 'third' },
  ]);
  expect(request.level).toBe('info');
});
