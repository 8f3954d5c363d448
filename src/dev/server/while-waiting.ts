/** Waits for `work`, and reports every 15 seconds how long it has taken. */
export async function whileWaiting<Result>(
  work: PromiseLike<Result>,
  onProgress: (seconds: number) => void,
  every = 15_000,
): Promise<Result> {
  const begun = Date.now();
  const timer = setInterval(() => onProgress(Math.round((Date.now() - begun) / 1000)), every);
  try {
    return await work;
  } finally {
    clearInterval(timer);
  }
}
