// A server of one page of metrics as a vLLM with eight engines has it, family by family, of about 200 kB; a few of its numbers change with
// every look. Ends with its standard input.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const ENGINES = 8;
const EDGES = [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80, 160];
const HISTOGRAMS = [
  'time_to_first_token_seconds',
  'inter_token_latency_seconds',
  'e2e_request_latency_seconds',
  'request_queue_time_seconds',
  'request_prefill_time_seconds',
  'request_decode_time_seconds',
  'request_inference_time_seconds',
  'iteration_tokens_total',
];
const COUNTERS = ['prompt_tokens', 'generation_tokens', 'prefix_cache_queries', 'prefix_cache_hits', 'num_preemptions'];

let looks = 0;

function page(): string {
  looks += 1;
  const lines: string[] = [];
  const family = (name: string, type: string, write: (labels: string, engine: number) => void): void => {
    lines.push(`# HELP vllm:${name} Of the benchmark.`, `# TYPE vllm:${name} ${type}`);
    for (let engine = 0; engine < ENGINES; engine++)
      write(`engine="${engine}",model_name="Qwen/Qwen2.5-7B-Instruct"`, engine);
  };
  const level = (name: string, read: (engine: number) => string): void =>
    family(name, 'gauge', (labels, engine) => lines.push(`vllm:${name}{${labels}} ${read(engine)}`));
  level('num_requests_running', (engine) => `${(looks + engine) % 7}`);
  level('kv_cache_usage_perc', () => `0.${looks}`);
  for (const name of COUNTERS)
    family(`${name}_total`, 'counter', (labels) => lines.push(`vllm:${name}_total{${labels}} ${looks * 100}`));
  for (const name of HISTOGRAMS) {
    family(name, 'histogram', (labels) => {
      EDGES.forEach((edge, i) => {
        lines.push(`vllm:${name}_bucket{le="${edge}",${labels}} ${i < 12 ? 100 : looks}`);
      });
      lines.push(`vllm:${name}_bucket{le="+Inf",${labels}} ${looks}`, `vllm:${name}_sum{${labels}} ${looks}`);
      lines.push(`vllm:${name}_count{${labels}} ${looks}`);
    });
  }
  lines.push(
    '# HELP http_request_duration_seconds Of its web server.',
    '# TYPE http_request_duration_seconds histogram',
  );
  for (let i = 0; lines.length < 2100; i++)
    lines.push(`http_request_duration_seconds_bucket{handler="/v1/chat",le="${i}"} ${i}`);
  return `${lines.join('\n')}\n`;
}

const server = createServer((_request, response) => {
  response.setHeader('content-type', 'text/plain; version=0.0.4').end(page());
});
server.listen(0, '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
process.stdin.resume().on('end', () => process.exit(0));
