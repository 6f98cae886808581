/** Products in plain JavaScript, for tests that check what is fitted and not how fast. */
import type { Products } from '../../../../src/analysis/probe/products';

export const plainProducts: Products = {
  async multiply(a, b, m, k, n) {
    const out = new Float32Array(m * n);
    for (let i = 0; i < m; i++) {
      for (let x = 0; x < k; x++) {
        const factor = a[i * k + x];
        for (let j = 0; j < n; j++) out[i * n + j] += factor * b[x * n + j];
      }
    }
    return out;
  },
};
