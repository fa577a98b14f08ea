/** A signal that ends the waiting, on Ctrl-C or when the time is over; never the request. */
export function stopSignals(limitSeconds: number | undefined) {
  const controller = new AbortController();
  let byHand = false;
  const onInterrupt = () => {
    byHand = true;
    controller.abort();
  };
  process.once('SIGINT', onInterrupt);
  const timer =
    limitSeconds === undefined ? undefined : setTimeout(() => controller.abort(), limitSeconds * 1_000);
  return {
    signal: controller.signal,
    interrupted: () => byHand,
    release(): void {
      clearTimeout(timer);
      process.off('SIGINT', onInterrupt);
    },
  };
}
