import type { PageData, VersionedPageData } from '../report-data.ts';
import { comparisonPage } from './comparison-page.ts';
import { element } from './dom.ts';
import { drawCharts } from './figure.ts';
import { indexPage } from './index-page.ts';
import { repeatsPage } from './repeats-page.ts';
import { runPage } from './run-page.ts';
import { sweepPage } from './sweep-page.ts';

const data = JSON.parse(document.getElementById('report-data')?.textContent ?? 'null') as VersionedPageData;
const page = document.getElementById('report') as HTMLElement;
page.append(...build(data), element('footer', {}, `k6-llm-perf ${data.version}`));
drawCharts();
// Tests and print scripts wait for it.
document.documentElement.dataset['drawn'] = 'true';

function build(given: PageData): Node[] {
  if (given.kind === 'run') return runPage(given);
  if (given.kind === 'index') return indexPage(given);
  if (given.kind === 'repeats') return repeatsPage(given);
  return given.kind === 'sweep' ? sweepPage(given) : comparisonPage(given);
}
