import Fastify from 'fastify';
import { expect, test } from 'vitest';
import { answerProblem } from '../../api/http/problem.ts';
import { answerTogether } from '../../api/http/service/answers-together.ts';

function appWith(seen: string[]) {
  const app = Fastify();
  app.setErrorHandler(answerProblem);
  answerTogether(app);
  app.addHook('onResponse', async ({ url }) => void seen.push(`answered ${url}`));
  app.get('/:name', async ({ url }) => {
    seen.push(`found ${url}`);
    return {};
  });
  app.get('/unwritable', async (_request, reply) => reply.header('x-broken', 'two\r\nlines').send('{}'));
  app.post('/:name', async () => ({ taken: true }));
  return app;
}

test('the answers to questions that came together are written when all have been found', async () => {
  const seen: string[] = [];
  const app = appWith(seen);
  await app.ready();
  const answers = await Promise.all(['/a', '/b', '/c'].map((url) => app.inject(url)));
  expect(answers.map(({ statusCode, body }) => [statusCode, body])).toEqual(Array(3).fill([200, '{}']));
  expect(seen).toEqual(['found /a', 'found /b', 'found /c', 'answered /a', 'answered /b', 'answered /c']);
  await app.close();
});

test('a command is answered at once', async () => {
  const app = appWith([]);
  const [question, command] = [app.inject('/a'), app.inject({ method: 'POST', url: '/a' })];
  const first = await Promise.race([question.then(() => 'question'), command.then(() => 'command')]);
  expect(first).toBe('command');
  expect((await command).json()).toEqual({ taken: true });
  await question;
  await app.close();
});

test('an answer that cannot be written fails by itself, as it would alone', async () => {
  const app = appWith([]);
  const [broken, other] = await Promise.all([app.inject('/unwritable'), app.inject('/a')]);
  expect(other.statusCode).toBe(200);
  expect(broken).toMatchObject({ statusCode: 500, body: expect.stringContaining('x-broken') });
  await app.close();
});
