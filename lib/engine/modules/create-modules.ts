import type { Vu } from '../vu/vu.ts';
import { createDataModule } from './data.ts';
import { createExecutionModule } from './execution.ts';
import { createHttpModule } from './http.ts';
import { createK6Module } from './k6.ts';
import { createMetricsModule } from './metrics.ts';
import type { ModuleName, ModuleObjects } from './module-table.ts';
import { createSecretsModule } from './secrets.ts';
import { createSseModule } from './sse.ts';

const FACTORIES: Readonly<Record<ModuleName, (vu: Vu) => object>> = {
  k6: createK6Module,
  'k6/metrics': createMetricsModule,
  'k6/execution': createExecutionModule,
  'k6/data': createDataModule,
  'k6/http': createHttpModule,
  'k6/secrets': createSecretsModule,
  'k6/x/sse': createSseModule,
};

/** The modules of one VU, each made when its copy of the script imports it: `sse_event` exists only with `k6/x/sse`, as in k6. */
export function createModules(vu: Vu): ModuleObjects {
  const made: Partial<Record<ModuleName, object>> = {};
  const modules = {} as Record<ModuleName, object>;
  for (const name of Object.keys(FACTORIES) as ModuleName[]) {
    Object.defineProperty(modules, name, {
      get: () => {
        made[name] ??= FACTORIES[name](vu);
        return made[name];
      },
    });
  }
  return modules;
}
