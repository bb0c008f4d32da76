import { createServer } from 'node:http';
import { greet } from './greet.js';

const port = Number(process.env.PORT ?? 8080);

createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  if (pathname !== '/greet') {
    response.writeHead(404).end();
    return;
  }
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ text: greet(searchParams.get('name') ?? undefined) }));
}).listen(port, '127.0.0.1', () => console.log(`greeter listens on port ${port}`));
