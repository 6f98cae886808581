/** Work that is done when it is first asked for. Engine only. */

/** The first success is kept; what fails is tried again when asked again. */
export function once<R>(start: () => Promise<R>): () => Promise<R> {
  let pending: Promise<R> | null = null;
  return () => {
    pending ??= Promise.resolve()
      .then(start)
      .catch((error) => {
        pending = null;
        throw error;
      });
    return pending;
  };
}
