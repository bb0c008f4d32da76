import type { Product } from './product.ts';

const LIMIT_MS = 60_000;

/** The supervisor starts a killed server again by itself; `/readyz` says when it is back. */
export async function untilReady(product: Product): Promise<void> {
  const limit = Date.now() + LIMIT_MS;
  while (Date.now() < limit) {
    try {
      const { ok } = await fetch(`${product.url}/readyz`);
      if (ok) return;
    } catch {
      // Not listening yet: the connection is refused at once, so ask a little later.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  throw new Error(`The server did not come back:\n${product.output()}`);
}
