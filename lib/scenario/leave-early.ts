import type { ApiRequest } from '../api/api.ts';
import { streams } from '../api/build-request.ts';
import type { PasteStyle } from '../config/describe-problem.ts';
import type { RunConfig } from '../config/parameters.ts';
import { isLeaving } from '../load/leaving-users.ts';
import { endsTtft } from '../measure/ttft.ts';
import type { Problem } from '../shared/errors.ts';
import type { Milliseconds } from '../shared/units.ts';

/** How the user of one request leaves. */
interface Leave {
  /** As it is sent: its own limit is when its user leaves, which ends it in silence, too. */
  readonly request: ApiRequest;
  /** Since it was sent; null where the first token decides. */
  readonly afterMs: Milliseconds | null;
  /** Whether an event is the one with which they leave; undefined where the time decides. */
  readonly isEnough: ((data: string, name: string) => boolean) | undefined;
}

/** null: they stay until the end. */
export function planLeave(request: ApiRequest, index: number, config: RunConfig): Leave | null {
  const { cancelRate, cancelAfter, seed, ttftRule } = config;
  if (cancelAfter === null || !isLeaving(index, seed, cancelRate)) return null;
  if (cancelAfter === 'first-token') {
    const isEnough: Leave['isEnough'] = (data, name) => endsTtft(request.api.readEvent(data, name), ttftRule);
    return { request, afterMs: null, isEnough };
  }
  const afterMs = cancelAfter * 1000;
  return { request: { ...request, totalTimeoutMs: afterMs }, afterMs, isEnough: undefined };
}

/** Why nobody can leave with the first token: there is no stream, or its transport does not show events. */
export function findNoFirstToken(config: RunConfig, seesEvents: boolean, style: PasteStyle): Problem[] {
  if (config.cancelAfter !== 'first-token' || (seesEvents && streams(config))) return [];
  return [
    {
      key: 'CANCEL_AFTER (--cancel-after)',
      got: `"first-token", and ${streams(config) ? 'k6/http shows no events' : 'there is none without streaming'}`,
      allowed: 'a length of time; first-token in streams of k6/x/sse and of the Node engine',
      paste: style === 'flag' ? '--cancel-after 2s' : '-e CANCEL_AFTER=2s',
    },
  ];
}
