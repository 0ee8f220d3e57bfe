/** `k6/secrets`: the engine has no secret source, so asking for a secret fails as in a k6 that was started without one. */
export function createSecretsModule(): object {
  const refuse = (): Promise<never> =>
    Promise.reject(new Error('no secret sources are configured: the Node engine has none; run this script with k6'));
  return { get: refuse, source: () => ({ get: refuse }) };
}
