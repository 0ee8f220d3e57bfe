// Draws the pictures of docs/load.md: node docs/draw-loads.mjs [RESULTS of the bench part omission]
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const { outputFiles } = await build({
  stdin: { contents: "export { planStarts } from './lib/load/plan-starts.ts'", resolveDir: root },
  ...{ bundle: true, platform: 'node', format: 'esm', write: false },
});
const { planStarts } = await import(
  `data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`
);

const INK = '#6b7280';
const BLUE = '#2563eb';
const RED = '#dc2626';
const text = (x, y, words, more = '') =>
  `<text x="${x}" y="${y}" font-family="sans-serif" font-size="11" fill="${INK}" ${more}>${words}</text>`;
const line = (x1, y1, x2, y2, color = INK) =>
  `<path d="M${x1} ${y1}L${x2} ${y2}" stroke="${color}" stroke-width="1" fill="none"/>`;

function save(name, width, height, parts, title) {
  const head = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img"><title>${title}</title>`;
  writeFileSync(
    fileURLToPath(new URL(`images/${name}.svg`, import.meta.url)),
    `${head}\n${parts.join('\n')}\n</svg>\n`,
  );
}

const SECONDS = 30;
const TOOK = 2;

/** Requests, each with its start and how long it takes: starts as ticks, and below them how many are under way. */
function drawLoad(name, title, requests) {
  const [width, top, bottom, base] = [300, 4, 18, 58];
  const x = (second) => Math.round((second / SECONDS) * (width - 10) * 10) / 10 + 5;
  const ticks = requests.map(([start]) => `M${x(start)} ${top}V${bottom}`).join('');
  const moments = Array.from({ length: 301 }, (_, i) => (i * SECONDS) / 300);
  const counts = moments.map((time) => requests.filter(([start, took]) => start <= time && time < start + took).length);
  const most = Math.max(...counts);
  const area = moments
    .map((time, i) => `L${x(time)} ${Math.round((base - (counts[i] / most) * 34) * 10) / 10}`)
    .join('');
  const parts = [
    `<path d="${ticks}" stroke="${BLUE}" stroke-width="1"/>`,
    `<path d="M${x(0)} ${base}${area}L${x(SECONDS)} ${base}Z" fill="${BLUE}" fill-opacity="0.25"/>`,
    line(5, base, width - 5, base),
    text(5, base + 13, '0 s'),
    text(width / 2, base + 13, `at most ${most} under way`, 'text-anchor="middle"'),
    text(width - 5, base + 13, `${SECONDS} s`, 'text-anchor="end"'),
  ];
  save(`load-${name}`, width, 76, parts, title);
}

/** Users who send their next request when the last one has been answered, after 1.6 to 2.4 s. */
function closedLoop(firsts) {
  return firsts.flatMap((first, user) => {
    const requests = [];
    for (let [start, turn] = [first, 0]; start < SECONDS; turn++) {
      const took = 1.6 + ((user * 7 + turn * 3) % 9) / 10;
      requests.push([start, took]);
      start += took;
    }
    return requests;
  });
}

const plan = (parts) =>
  planStarts({
    ...{ rate: null, rateStages: null, ramp: null, times: null, arrival: 'poisson', shape: 1, seed: 42 },
    ...{ number: null, durationS: SECONDS, ...parts },
  }).map((ms) => [ms / 1000, TOOK]);
const users = Array.from({ length: 8 }, (_, user) => user);

// The table of docs/load.md names the flags of each.
drawLoad('closed', 'closed loop: 8 users', closedLoop(users.map(() => 0)));
drawLoad('ramp-up', 'closed loop: 8 users who come over 12 s', closedLoop(users.map((user) => user * 1.5)));
drawLoad(
  'stages',
  'closed loop: one user, then in a straight line to 8',
  closedLoop(users.map((user) => (user === 0 ? 0 : 6 + (user * 24) / 8))),
);
drawLoad('constant', 'open loop, constant gaps', plan({ rate: 3, arrival: 'constant' }));
drawLoad('poisson', 'open loop, Poisson', plan({ rate: 3 }));
drawLoad('bursts', 'open loop, gamma gaps of burstiness 0.2', plan({ rate: 3, arrival: 'gamma', shape: 0.2 }));
const rateStages = [
  { target: 1, durationS: 10 },
  { target: 8, durationS: 20 },
];
drawLoad('rate-stages', 'open loop whose rate grows from 1/s to 8/s', plan({ rateStages, durationS: null }));
const recorded = [
  0.4, 0.9, 1, 1.2, 4, 7.5, 7.6, 7.7, 7.9, 8.3, 8.4, 12, 15.1, 15.2, 19, 22, 22.1, 22.3, 22.4, 27, 28.8,
];
drawLoad('schedule', 'open loop at recorded times', plan({ times: recorded }));

/** Each request where it was due, and how long it took from there. */
function drawStall(name, title, points, p99) {
  const [width, height, left, base, most] = [640, 220, 44, 190, 2400];
  const x = (ms) => Math.round((left + (ms / 62_000) * (width - left - 8)) * 10) / 10;
  const y = (ms) => Math.round((base - (Math.min(ms, most) / most) * (base - 24)) * 10) / 10;
  const dots = points.map(([due, took]) => `M${x(due)} ${y(took)}h0`).join('');
  const parts = [
    text(left, 14, title),
    ...[0, 1000, 2000].map(
      (ms) =>
        `${line(left, y(ms), width - 8, y(ms))}${text(left - 6, y(ms) + 4, `${ms / 1000} s`, 'text-anchor="end"')}`,
    ),
    ...[0, 20, 40, 60].map((second) => text(x(second * 1000), base + 18, `${second} s`, 'text-anchor="middle"')),
    `<path d="${dots}" stroke="${BLUE}" stroke-width="3" stroke-linecap="round" stroke-opacity="0.5"/>`,
    line(left, y(p99), width - 8, y(p99), RED),
    text(width - 8, y(p99) - 5, `p99 ${Math.round(p99)} ms`, `text-anchor="end" style="fill:${RED}"`),
  ];
  save(name, width, height, parts, title);
}

const results = fileURLToPath(new URL('../bench/results/', import.meta.url));
const files = process.argv[2]
  ? [process.argv[2]]
  : readdirSync(results)
      .filter((file) => /^\d{4}-/.test(file))
      .map((file) => results + file);
const figures = files.flatMap((file) => JSON.parse(readFileSync(file, 'utf8')).figures);
const { values } = figures.filter(({ part, values: { engine } }) => part === 'omission' && engine === 'k6').at(-1);
const points = (list) => list.split(' ').map((point) => point.split(':').map(Number));
drawStall('stall-open', 'open loop, 20 requests/s, latency from the schedule (k6)', points(values.open), values.shown);
drawStall('stall-closed', 'closed loop, 2 at a time, latency (k6)', points(values.closed), values.hidden);
