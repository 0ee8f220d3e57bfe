import { expect, it } from 'vitest';
import { createFolder } from '../../../tests/support/cli.ts';
import { renderConfigForArgsFile } from '../../config/args-file.ts';
import { showPromptSettings } from '../../config/prompt-flags.ts';
import type { JsonObject } from '../../shared/json.ts';
import { prepareRun, withRunsBefore } from './perf-run.ts';
import { asOneOfSeveral } from './point-run.ts';

it('says before the load that earlier runs sent the same prompts, where no report will, and once', () => {
  const prepare = (tables: string) =>
    prepareRun({
      settings: { MODEL: 'm', URL: 'http://a/v1', DATASET: 'random', NUMBER: '10', TABLES: tables },
      ...{ problems: [], environment: {}, passThrough: [], cwd: createFolder() },
    });
  const none = prepare('none');
  const args = JSON.parse(
    JSON.stringify({ ...renderConfigForArgsFile(none.config, (text) => text), ...showPromptSettings(none.env) }),
  ) as JsonObject;
  const before = [{ path: 'outputs/x', from: 0, count: 5, startedAt: '', args }];
  const count = (texts: readonly string[]) => texts.filter((text) => /^50 % of the 10 prompts/.test(text)).length;
  const places = (run: typeof none) => [count(run.notes), count(run.datasetNotes)];
  expect([false, true].map((isPrinted) => places(withRunsBefore(none, before, isPrinted)))).toEqual([
    [1, 1],
    [0, 1],
  ]);
  // Of several runs, reports are printed with all tables alone, which is what a file has; those of probes never are.
  const stdout = { write: () => true };
  const ofSeveral = (tables: string, to: typeof stdout | null) =>
    places(asOneOfSeveral(prepare(tables), 0, before, to));
  expect([ofSeveral('none', stdout), ofSeveral('main', stdout), ofSeveral('all', stdout)]).toEqual([
    [1, 1],
    [1, 1],
    [0, 1],
  ]);
  expect(ofSeveral('all', null)).toEqual([1, 1]);
});
