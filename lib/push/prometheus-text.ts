import type { PushedRun } from './headline-numbers.ts';

const PREFIX = 'k6_llm_perf_';

/**
 * A run in Prometheus's text format 0.0.4: a family a metric, gauges all.
 * https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export function formatPrometheus({ labels, numbers }: PushedRun): string {
  let last = '';
  const lines = numbers.flatMap(({ name, help, statistic, value }) => {
    const metric = `${PREFIX}${name}`;
    const pairs = Object.entries({ ...labels, statistic }).flatMap(([key, text]) =>
      text === null ? [] : [`${key}="${escapeLabel(text)}"`],
    );
    const head = metric === last ? [] : [`# HELP ${metric} ${help}`, `# TYPE ${metric} gauge`];
    last = metric;
    return [...head, `${metric}{${pairs.join(',')}} ${value}`];
  });
  return `${lines.join('\n')}\n`;
}

/**
 * Where the Pushgateway takes it: a group for each run, so that none takes the place of another. A URL with a path of its own is
 * kept as it is. https://github.com/prometheus/pushgateway#url
 */
export function placePrometheus(url: string, { labels: { run_id, point } }: PushedRun): string {
  const place = new URL(url);
  if (place.pathname !== '/') return url;
  const group = Object.entries({ job: 'k6_llm_perf', run_id, point }).flatMap(([name, text]) =>
    text === null || text === '' ? [] : [encodeGroup(name, text)],
  );
  place.pathname = `/metrics/${group.join('/')}`;
  return place.href;
}

/** What cannot be part of a path goes as base64. */
function encodeGroup(name: string, text: string): string {
  if (/^[\w-][\w.-]*$/.test(text)) return `${name}/${text}`;
  return `${name}@base64/${Buffer.from(text).toString('base64url')}`;
}

function escapeLabel(text: string): string {
  return text.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n');
}
