/** Calls `act` when the time is over, unless the returned function is called before. */
export function afterLimit(limitMs: number, act: () => void): () => void {
  let calledOff = false;
  const timer = setTimeout(() => {
    // One turn of the event loop: if this process was what stood still, the answer is waiting already.
    setImmediate(() => {
      if (!calledOff) act();
    });
  }, limitMs);
  return () => {
    calledOff = true;
    clearTimeout(timer);
  };
}
