// The floor of reading samples: JSON.parse of the lines that hold records, and of the records. Argument: file of such lines.
import { readFileSync } from 'node:fs';

const text = readFileSync(process.argv[2] as string, 'utf8');
const started = performance.now();
let records = 0;
for (let from = 0, to = text.indexOf('\n'); to >= 0; from = to + 1, to = text.indexOf('\n', from)) {
  const { data } = JSON.parse(text.slice(from, to)) as { data: { metadata: { record: string } } };
  const { v } = JSON.parse(data.metadata.record) as { v: number };
  records += v;
}
const wall_ms = performance.now() - started;
process.stdout.write(`${JSON.stringify({ wall_ms, records, rss_mb: process.resourceUsage().maxRSS / 1000 })}\n`);
