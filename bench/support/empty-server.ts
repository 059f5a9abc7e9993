import Fastify from 'fastify';

const app = Fastify();
app.removeAllContentTypeParsers();
app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => done(null, body));
app.get('/', async () => ({}));
app.post('/lessons', async () => ({}));
const address = await app.listen({ host: '127.0.0.1', port: 0 });
process.stdout.write(`{"msg":"listening on ${address}"}\n`);
process.once('SIGTERM', () => void app.close());
