// What a program of a user does: measures a service through the package's own exports, and prints what it got.
import { ConfigError, runPerfBenchmark } from 'k6-llm-perf';

const [url, outputsDir, engine] = process.argv.slice(2);
const load = { url, parallel: 1, model: 'qwen2.5', number: 15, api: 'openai', dataset: 'openqa', stream: true, engine };
const { summary, percentiles, outputDir, exitCode } = await runPerfBenchmark({ ...load, outputsDir });
let refusal = null;
try {
  await runPerfBenchmark({ ...load, parallel: 0, number: -1 });
} catch (error) {
  refusal = { isConfigError: error instanceof ConfigError, keys: error.problems.map(({ key }) => key) };
}
console.log(JSON.stringify({ summary, percentiles, outputDir, exitCode, refusal }));
