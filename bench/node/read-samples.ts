// What a report does with samples: reads them, and sums up their records. Argument: file of k6's --out json.
import { readRecords } from '../../lib/records/node-record-reader.ts';
import { createRunAccumulator } from '../../lib/stats/run-accumulator.ts';

const started = performance.now();
const accumulator = createRunAccumulator();
const { records, problemCount } = await readRecords([process.argv[2] as string], accumulator.add);
const summary = accumulator.summarize({ concurrency: 1, expectedRequests: null, percentileRule: 'quick-start' });
const wall_ms = performance.now() - started;
if (problemCount > 0 || summary.completed_requests !== records) throw new Error('the generated samples are not right');
process.stdout.write(`${JSON.stringify({ wall_ms, records, rss_mb: process.resourceUsage().maxRSS / 1000 })}\n`);
