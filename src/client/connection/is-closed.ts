/**
 * Whether a server that is reached like this lets in nobody without a certificate: then it answers nobody but those to whom one was
 * given. A token alone does not say that: a server without an authorizer takes any.
 */
export function isClosed(options: object | undefined): boolean {
  const { tls } = (options ?? {}) as { readonly tls?: unknown };
  return typeof tls === 'object' && tls !== null && 'clientCertPair' in tls && !!tls.clientCertPair;
}
