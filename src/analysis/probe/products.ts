/** The one heavy operation that fitting a probe needs from the machine. Types only. */

export interface Products {
  /** [m, k] · [k, n] → [m, n], row by row; float32. */
  multiply(a: Float32Array, b: Float32Array, m: number, k: number, n: number): Promise<Float32Array>;
}
