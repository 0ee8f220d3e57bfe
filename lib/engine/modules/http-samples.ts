import type { TagSet } from '../metrics/tag-set.ts';
import type { GoError } from '../net/go-errors.ts';
import type { RequestTarget } from '../net/redirect.ts';
import type { RoundTripResult, Timings } from '../net/round-trip.ts';
import type { SystemTag } from '../settings/script-options.ts';
import type { Metadata, Vu } from '../vu/vu.ts';

/** What samples of a request carry besides its own tags, as it was when the script made it. */
export interface SampleContext {
  readonly tags: TagSet;
  readonly metadata: Metadata | null;
  readonly userTags: Readonly<Record<string, string>> | null;
}

/** Records k6's samples of one request, redirects one by one. Expected are status 200 to 399, k6's default. */
export function recordHttpSamples(
  vu: Vu,
  { tags: base, metadata, userTags }: SampleContext,
  target: RequestTarget,
  { status, timings }: RoundTripResult,
  failure: GoError | null,
): void {
  const expected = status >= 200 && status < 400;
  const own = { ...base.map, ...userTags };
  const name = own['name'] ?? withoutCredentials(target.url);
  const system: Partial<Record<SystemTag, string>> = {
    name,
    url: name,
    method: target.method,
    status: String(status),
    expected_response: String(expected),
    ...(failure ? { error: failure.short, error_code: String(failure.code) } : { proto: 'HTTP/1.1' }),
    ...(status >= 400 ? { error_code: String(1000 + status) } : {}),
  };
  const wanted = Object.entries(system).filter(([tag]) => vu.has(tag as SystemTag));
  const tags = base.with({ ...userTags, ...Object.fromEntries(wanted) });
  const { builtin } = vu.run;
  vu.record(builtin.http_reqs, 1, tags, metadata);
  for (const [part, took] of Object.entries(timings)) {
    vu.record(builtin[`http_req_${part as keyof Timings}`], took, tags, metadata);
  }
  vu.record(builtin.http_req_failed, expected ? 0 : 1, tags, metadata);
}

/** A URL as it may appear in tags: user and password are masked, as k6 masks them. */
function withoutCredentials(url: string): string {
  const parsed = new URL(url);
  if (parsed.username === '' && parsed.password === '') return url;
  parsed.username = '****';
  parsed.password = '****';
  return parsed.href;
}
