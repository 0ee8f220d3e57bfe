// What a report does with samples: reads them, and sums up their records. Argument: file of k6's --out json.
import { readRecords } from '../../lib/records/node-record-reader.ts';
import { createRunDataBuilder } from '../../lib/stats/run-data.ts';
import { summarizeData } from '../../lib/stats/summarize-data.ts';

const started = performance.now();
const builder = createRunDataBuilder();
const { records, problemCount } = await readRecords([process.argv[2] as string], builder.add);
const summary = summarizeData(builder.build(), {
  concurrency: 1,
  expectedRequests: null,
  percentileRule: 'quick-start',
});
const wall_ms = performance.now() - started;
if (problemCount > 0 || summary.completed_requests !== records) throw new Error('the generated samples are not right');
process.stdout.write(`${JSON.stringify({ wall_ms, records, rss_mb: process.resourceUsage().maxRSS / 1000 })}\n`);
