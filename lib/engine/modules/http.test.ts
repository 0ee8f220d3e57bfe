import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jsonLines, runScript } from '../../../tests/support/engine/run-script.ts';
import { startHttpServer, type TestServer } from '../../../tests/support/engine/servers.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startHttpServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    switch (request.url) {
      case '/json':
        response.setHeader('x-a', ['1', '2']);
        response.end('{"a":{"b":[1,{"c":3}]},"d.e":5}');
        break;
      case '/echo':
        response.end(`${request.method} ${body} ${request.headers['content-type'] ?? '-'}`);
        break;
      case '/bad':
        response.statusCode = 503;
        response.end('no');
        break;
      case '/gzip':
        response.setHeader('content-encoding', 'gzip');
        response.end(gzipSync('inside'));
        break;
      case '/br':
        response.setHeader('content-encoding', 'br');
        response.end(brotliCompressSync('inside'));
        break;
      case '/moved':
        response.writeHead(302, { location: '/echo' });
        response.end();
        break;
      case '/kept':
        response.writeHead(308, { location: '/echo' });
        response.end();
        break;
      case '/cut':
        response.write('part', () => response.socket?.end());
        break;
      default:
      // Never answers.
    }
  });
});
afterAll(() => server.close());

/** Runs `body` in one iteration; it may `print` values, which come back parsed. */
async function run(body: string, options = '{ iterations: 1 }') {
  const result = await runScript(`
    import http from 'k6/http';
    export const options = ${options};
    const URL = ${JSON.stringify(server.url)};
    const print = (value) => console.log(JSON.stringify(value));
    export default async function () { ${body} }
    export function handleSummary() { return { stdout: '' }; }
  `);
  const values = jsonLines(result);
  return { result, values };
}

describe('k6/http', () => {
  it('gives promises of responses with status, canonical headers, body and json', async () => {
    const { values } = await run(`
      const r = await http.get(URL + '/json');
      print([r.status, r.status_text, r.headers['X-A'], r.json().a.b[0], r.json('a.b.1.c'), r.json('a.b.#'), r.json('d\\\\.e'), r.json('nope') === undefined]);
      print([r.url, r.error, r.error_code, r.proto]);
    `);
    expect(values).toEqual([
      [200, '200 OK', '1, 2', 1, 3, 2, 5, true],
      [`${server.url}/json`, '', 0, 'HTTP/1.1'],
    ]);
  });

  it('sends bodies: text, forms and bytes', async () => {
    const { values } = await run(`
      print((await http.post(URL + '/echo', 'text', { headers: { 'Content-Type': 'a/b' } })).body);
      print((await http.put(URL + '/echo', { a: 'b c', d: [1, 2] })).body);
      print((await http.patch(URL + '/echo', new Uint8Array([104, 105]).buffer)).body);
      print((await http.del(URL + '/echo')).body);
      print((await http.request('options', URL + '/echo')).body);
      print((await http.head(URL + '/echo')).status);
      print((await http.asyncRequest('POST', URL + '/echo', 'x')).body);
    `);
    expect(values).toEqual([
      'POST text a/b',
      'PUT a=b+c&d=1&d=2 application/x-www-form-urlencoded',
      'PATCH hi -',
      'DELETE  -',
      'OPTIONS  -',
      200,
      'POST x -',
    ]);
  });

  it('undoes compression and gives bytes or nothing when asked', async () => {
    const { values } = await run(`
      print((await http.get(URL + '/gzip')).body);
      print((await http.get(URL + '/br')).body);
      print(new Uint8Array((await http.get(URL + '/gzip', { responseType: 'binary' })).body).length);
      print((await http.get(URL + '/gzip', { responseType: 'none' })).body);
    `);
    expect(values).toEqual(['inside', 'inside', 6, null]);
  });

  it('follows redirects as Go does', async () => {
    const { values, result } = await run(`
      const r = await http.post(URL + '/moved', 'x');
      print([r.url, r.body]);
      print((await http.post(URL + '/kept', 'x')).body);
      print((await http.post(URL + '/moved', 'x', { redirects: 0 })).status);
    `);
    expect(values).toEqual([[`${server.url}/echo`, 'GET  -'], 'POST x -', 302]);
    expect(result.data.metrics['http_reqs']?.values['count']).toBe(5);
  });

  it('turns failures into responses with the codes and texts of k6', async () => {
    const { values, result } = await run(`
      const show = (r) => print([r.status, r.error, r.error_code, r.body]);
      show(await http.get('http://127.0.0.1:1/'));
      show(await http.get(URL + '/never', { timeout: 100 }));
      show(await http.get(URL + '/cut'));
      show(await http.get('nonsense'));
      show(await http.get(URL + '/bad'));
    `);
    expect(values).toEqual([
      [0, 'dial: connection refused', 1212, null],
      [0, 'request timeout', 1050, null],
      [0, 'unexpected EOF', 1000, 'part'],
      [0, 'unsupported protocol scheme ""', 1000, null],
      [503, '', 1503, 'no'],
    ]);
    expect(result.stderr).toContain(
      'Request Failed: Get "http://127.0.0.1:1/": dial tcp 127.0.0.1:1: connect: connection refused',
    );
    // The response was there when its body broke off: no frame, as in k6.
    expect(result.stderr).toContain('Request Failed: unexpected EOF');
    expect(result.data.metrics['http_req_failed']?.values).toEqual({ rate: 1, passes: 4, fails: 0 });
  });

  it('throws them with the option throw', async () => {
    const { values } = await run(
      `try { await http.get('http://127.0.0.1:1/'); } catch (e) { print(e.message); }`,
      '{ iterations: 1, throw: true }',
    );
    expect(values).toEqual(['Get "http://127.0.0.1:1/": dial tcp 127.0.0.1:1: connect: connection refused']);
  });

  it('keeps connections between requests of a VU', async () => {
    const before = server.connections();
    await run(`for (let i = 0; i < 3; i++) await http.get(URL + '/json');`);
    expect(server.connections() - before).toBe(1);
  });

  it('measures the parts of a request; duration is sending, waiting and receiving', async () => {
    const { values } = await run(`
      const first = (await http.get(URL + '/json')).timings;
      const second = (await http.get(URL + '/json')).timings;
      print([first.connecting > 0, second.connecting, first.waiting > 0, first.blocked >= first.connecting,
        Math.abs(first.duration - first.sending - first.waiting - first.receiving) < 1e-9]);
    `);
    expect(values).toEqual([[true, 0, true, true, true]]);
  });

  it('tags samples as k6 does', async () => {
    const result = await runScript(
      `import http from 'k6/http';
       export default async function () { await http.get('${server.url}/bad', { tags: { name: 'N', mine: 'x' } }); }
       export function handleSummary() { return { stdout: '' }; }`,
      { out: ['json=OUT/samples.json'] },
    );
    const point = result
      .read('samples.json')
      .split('\n')
      .find((line) => line.startsWith('{"metric":"http_reqs"'));
    expect((JSON.parse(point ?? '{}') as { data: { tags: object } }).data.tags).toEqual({
      error_code: '1503',
      expected_response: 'false',
      group: '',
      method: 'GET',
      mine: 'x',
      name: 'N',
      proto: 'HTTP/1.1',
      scenario: 'default',
      status: '503',
      url: 'N',
    });
  });

  it('names what it lacks', async () => {
    const { values } = await run(`
      try { http.batch([]); } catch (e) { print(e.message); }
      try { await http.get(URL + '/json', { cookies: { a: 'b' } }); } catch (e) { print(e.message); }
    `);
    expect(values).toEqual([
      "k6/http has no 'batch' in the Node engine; run this script with k6",
      "k6/http has no parameter 'cookies' in the Node engine; run this script with k6",
    ]);
  });
});
