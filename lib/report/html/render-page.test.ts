import { describe, expect, it } from 'vitest';
import { renderPage } from './render-page.ts';

const assets = { script: 'run()', style: 'p{}', scriptHash: 'aGFzaA==' };
const data = { kind: 'sweep', model: 'm', started_at: null, points: [], results: [], notes: [], args: {} } as const;

describe('renderPage', () => {
  it('lets no text end the element that holds the data, nor the title', () => {
    const html = renderPage({ ...data, model: '</script></title><b>&"' }, assets);
    expect(html).toContain('<title>&lt;/script&gt;&lt;/title&gt;&lt;b&gt;&amp;&quot;: load sweep</title>');
    expect(html.match(/<\/script>/g)).toHaveLength(2);
    const json = /<script type="application\/json" id="report-data">(.*)<\/script>/.exec(html)?.[1] as string;
    expect(json).not.toContain('<');
    expect(JSON.parse(json)).toMatchObject({ kind: 'sweep', model: '</script></title><b>&"' });
  });

  it('allows its own script by its hash, and no connection', () => {
    const html = renderPage(data, assets);
    expect(html).toContain("default-src 'none'; script-src 'sha256-aGFzaA=='");
    expect(html).toContain('<script>run()</script>');
    expect(html).not.toMatch(/(?:src|href)="(?!data:)/);
  });
});
