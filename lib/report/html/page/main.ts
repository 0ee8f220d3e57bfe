import type { PageData } from '../report-data.ts';
import { element } from './dom.ts';
import { drawCharts } from './figure.ts';
import { runPage } from './run-page.ts';
import { sweepPage } from './sweep-page.ts';

const data = JSON.parse(document.getElementById('report-data')?.textContent ?? 'null') as PageData;
const page = document.getElementById('report') as HTMLElement;
page.append(...(data.kind === 'run' ? runPage(data) : sweepPage(data)));
page.append(element('footer', {}, `k6-llm-perf ${data.version}`));
drawCharts();
// Tests and print scripts wait for it.
document.documentElement.dataset['drawn'] = 'true';
