import http, { type RefinedParams } from 'k6/http';
import { LOOK_MS } from '../server/server-reading.ts';
import type { ServerPage } from './server-reader.ts';

/**
 * Reads a page of metrics, by a request of k6's own, which has the tag of its scenario and is never in `http_req_failed`.
 * Redirects are not followed: the headers are for this server alone.
 */
export async function readServerPage(url: string, headers: Readonly<Record<string, string>>): Promise<ServerPage> {
  try {
    const { status, body } = await http.asyncRequest('GET', url, null, {
      headers,
      redirects: 0,
      timeout: LOOK_MS,
      tags: { name: 'server metrics' },
      responseType: 'text',
      responseCallback: null,
      throw: true,
    } as unknown as RefinedParams<'text'>);
    return status === 200 ? { text: body, error: null } : { text: '', error: `status ${status}` };
  } catch (error) {
    // The URL is before the reason, and may hold a key.
    return { text: '', error: String(error).replace(/^.*(": |Error: )/, '') };
  }
}
